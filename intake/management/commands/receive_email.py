"""`manage.py receive_email`: a mail from a pipe, treated exactly as the mail channel does."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

import mailboxes.services
from core.errors import NotFound
from intake import services
from intake.mail.child import ParserChild
from intake.mail.records import ParsedMail
from intake.services.answers import Answer
from mailboxes.models import Mailbox


class Command(BaseCommand):
    help = (
        "Read one raw mail (RFC 5322) from standard input, or each file of a folder, and make a"
        " ticket or a message of it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")
        parser.add_argument("--mbox-dir", type=Path, metavar="DIR", help="each file of DIR")
        parser.add_argument("--no-limits", action="store_true", help="lift rate limits")

    def handle(self, **options: Any) -> None:
        try:
            mailbox = mailboxes.services.active()
        except NotFound as error:
            raise CommandError("No mailbox is active. Switch one on under Settings.") from error
        limits = not options["no_limits"]
        folder: Path | None = options["mbox_dir"]
        if folder is not None and not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        if folder is None and sys.stdin.isatty():
            raise CommandError("Give the mail on standard input, or name a folder: --mbox-dir DIR.")
        with ParserChild() as parser:
            for found in _mails(folder):
                answer = receive(found[1], mailbox=mailbox, parser=parser, limits=limits)
                if folder is not None:
                    answer = {"file": found[0], **answer}
                self._say(answer, as_json=options["json"] or folder is not None)

    def _say(self, answer: Answer, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            self.stdout.flush()
            return
        number = f" #{answer['ticket']}" if answer["ticket"] else ""
        reason = f" ({answer['reason']})" if answer["reason"] else ""
        self.stdout.write(f"{answer['status']}{number}{reason}")


def receive(raw: bytes, *, mailbox: Mailbox, parser: ParserChild, limits: bool) -> Answer:
    """What became of one mail; it is stored and committed before it is read."""
    try:
        taken = services.take_in(raw, mailbox=mailbox, to_read_now=True)
    except services.TooLarge:
        megabytes = services.LARGEST_STORED // 1024 // 1024
        reason = f"larger than {megabytes} MB"
        return services.answer(None, ParsedMail(), status="rejected", reason=reason)
    done = services.process(taken.mail.pk, parser=parser, token=taken.token, limits=limits)
    if not taken.is_new and not done.here:
        return services.answer(
            done.mail, done.parsed, status="ignored", reason="This mail was taken in before."
        )
    reason = done.mail.reason if done.mail.outcome else "It is stored, and a worker will read it."
    return services.answer(
        done.mail, done.parsed, status=done.mail.outcome or "rejected", reason=reason
    )


def _mails(folder: Path | None) -> Iterator[tuple[str, bytes]]:
    if folder is None:
        yield "", sys.stdin.buffer.read(services.LARGEST_STORED + 1)
        return
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_file():
            yield path.name, path.read_bytes()
