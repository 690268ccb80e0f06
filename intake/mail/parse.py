"""From the bytes of a mail to all that can be read from it. Nothing here raises for any bytes."""

import re
from collections.abc import Callable
from typing import TypeVar

from intake.mail import (
    addresses,
    attachments,
    authentication,
    auto,
    bodies,
    bounces,
    headers,
    protection,
    safety,
    structure,
    wording,
)
from intake.mail import words as encoded
from intake.mail.attachments import Files
from intake.mail.bodies import Bodies, Piece
from intake.mail.limits import MAX_RAW, Defects, guarded
from intake.mail.records import Address, AutoVerdict, Bounce, ParsedMail, SpamVerdict, Unreadable
from intake.mail.structure import Part
from intake.mail.wording import Wording

_DELIVERED_TO = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "x-forwarded-to",
    "x-rcpt-to",
    "apparently-to",
    "resent-to",
)
_RECEIVED_FOR = re.compile(rb"\sfor\s+<?([^\s<>;]{3,254}@[^\s<>;]{1,254}?)>?\s*(?:;|$|\()", re.I)
_MAX_RECEIVED = 10

Value = TypeVar("Value")
_NONE: tuple[str, ...] = ()


def parse_safely(raw: bytes) -> ParsedMail | Unreadable:
    """The mail; or why no ticket can be made of it: too large, nothing in it, nothing readable."""
    if len(raw) > MAX_RAW:
        return Unreadable("larger than 25 MB")
    if not raw.strip(b"\x00\t\n\r "):
        return Unreadable("the message is empty")
    mail = parse(raw)
    found = (mail.text, mail.html, mail.subject, mail.from_email, mail.attachments)
    if not any(found) and mail.defects:
        return Unreadable(mail.defects[0].rstrip("."))
    return mail


def parse(raw: bytes) -> ParsedMail:
    """All that can be read. What is broken is left empty, with a sentence in `defects`."""
    defects = Defects()
    nothing = Part([], b"")
    root = guarded(
        lambda: structure.read(raw, defects), nothing, defects, "The parts could not be read."
    )
    reader = _Reader(root, defects)
    return reader.mail()


class _Reader:
    """One mail on its way: each thing is read under its own guard, in order of dependence."""

    def __init__(self, root: Part, defects: Defects) -> None:
        self._root = root
        self._defects = defects
        labels = (part.parameters.get("charset", "") for part in root.walk())
        self._hint = next((label for label in labels if label), "")

    def mail(self) -> ParsedMail:
        root, defects = self._root, self._defects
        was_opaque = self._read(lambda: protection.opened(root, defects), False, "signature")
        subject = self._read(lambda: headers.subject(root, defects, hint=self._hint), "", "subject")
        senders = self._addresses("from")
        sender = senders[0] if senders else Address("")
        found = self._read(lambda: bodies.read(root, defects), Bodies(), "body")
        self._read(lambda: _locate(found, root), None, "body")
        words = self._read(lambda: wording.read(found, subject), Wording(), "body")
        files = self._files(found, words)
        words = self._completed(words, files, found, subject)
        return_path, null_sender = self._read(self._return_path, ("", False), "return path")
        bounce = self._bounce(words, subject, sender, null_sender=null_sender)
        verdict = self._verdict(subject, sender, bounce, null_sender=null_sender)
        replies_to = self._read(
            lambda: headers.message_ids(root.all_headers("in-reply-to")), _NONE, "thread"
        )
        return ParsedMail(
            message_id=self._read(lambda: headers.message_id(root), "", "Message-ID"),
            in_reply_to=replies_to[0] if replies_to else "",
            references=self._references(replies_to),
            date=self._read(lambda: headers.date(root, defects), None, "date"),
            subject=subject,
            from_email=sender.email,
            from_name=sender.name,
            senders=senders,
            reply_to=self._addresses("reply-to"),
            to=self._addresses("to"),
            cc=self._addresses("cc"),
            delivered_to=self._read(self._delivered_to, (), "recipients"),
            return_path=return_path,
            null_sender=null_sender,
            loops=self._read(self._loops, (), "loop marks"),
            text=words.text,
            full_text=words.full_text,
            html=words.html,
            html_new=words.html_new,
            forwarded=words.forwarded,
            attachments=files.attachments,
            auto=verdict,
            bounce=bounce,
            encrypted=found.encrypted
            or self._read(lambda: protection.is_encrypted(root), False, "encryption"),
            signed=was_opaque or found.signed or protection.is_signed(root),
            spam=self._read(lambda: authentication.spam(root), SpamVerdict(), "spam verdict"),
            authentications=self._read(
                lambda: authentication.results(root), (), "authentication results"
            ),
            defects=tuple(defects),
        )

    def _bounce(
        self, words: Wording, subject: str, sender: Address, *, null_sender: bool
    ) -> Bounce | None:
        return self._read(
            lambda: bounces.read(
                self._root,
                text=words.full_text,
                subject=subject,
                from_email=sender.email,
                null_sender=null_sender,
            ),
            None,
            "report",
        )

    def _verdict(
        self, subject: str, sender: Address, bounce: Bounce | None, *, null_sender: bool
    ) -> AutoVerdict:
        return self._read(
            lambda: auto.verdict(
                self._root,
                from_email=sender.email,
                subject=subject,
                is_bounce=bounce is not None,
                null_sender=null_sender,
            ),
            AutoVerdict(may_answer=False),
            "sender",
        )

    def _read(self, read: Callable[[], Value], default: Value, what: str) -> Value:
        return guarded(read, default, self._defects, f"The {what} could not be read.")

    def _addresses(self, name: str) -> tuple[Address, ...]:
        values = self._root.all_headers(name)
        return self._read(
            lambda: addresses.read_all(values, self._defects, hint=self._hint), (), f"{name} header"
        )

    def _references(self, replies_to: tuple[str, ...]) -> tuple[str, ...]:
        """The thread: References, and what In-Reply-To names besides."""
        found = self._read(
            lambda: headers.message_ids(self._root.all_headers("references")), _NONE, "thread"
        )
        return (*found, *(one for one in replies_to if one not in found))

    def _return_path(self) -> tuple[str, bool]:
        values = self._root.all_headers("return-path")
        if not values:
            return "", False
        found = addresses.read_all(values[:1], Defects())
        return (
            (found[0].email, False)
            if found
            else ("", values[0].strip() in {b"<>", b"<MAILER-DAEMON>"})
        )

    def _delivered_to(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for name in _DELIVERED_TO:
            for address in addresses.read_all(self._root.all_headers(name), Defects()):
                found[address.email] = None
        for received in self._root.all_headers("received")[:_MAX_RECEIVED]:
            match = _RECEIVED_FOR.search(received)
            email = addresses.normalised(match.group(1).decode("utf-8", "replace")) if match else ""
            if email:
                found[email] = None
        return tuple(found)

    def _loops(self) -> tuple[str, ...]:
        values = [*self._root.all_headers("x-loop"), *self._root.all_headers("x-helpdesk-loop")]
        return tuple(encoded.decode(value, Defects())[:200] for value in values[:20])

    def _files(self, found: Bodies, words: Wording) -> Files:
        return self._read(
            lambda: attachments.read(
                self._root, found.used, found.files, words.html, self._defects
            ),
            Files(),
            "attachments",
        )

    def _completed(self, words: Wording, files: Files, found: Bodies, subject: str) -> Wording:
        """Words for a mail that has none of its own: from a winmail.dat, or about encryption."""
        if words.full_text.strip() or words.html:
            return words
        pieces = [Piece(safety.prepared(files.html, self._defects), True)] if files.html else []
        pieces = pieces or ([Piece(files.text, False)] if files.text else [])
        if not pieces and self._read(
            lambda: protection.is_encrypted(self._root), False, "encryption"
        ):
            pieces = [Piece(protection.ENCRYPTED_TEXT, False)]
        other = Bodies(as_text=pieces, as_html=pieces)
        return self._read(lambda: wording.read(other, subject), words, "body") if pieces else words


def _locate(found: Bodies, root: Part) -> None:
    """HTML that names its pictures by Content-Location names them by Content-ID from here on."""
    places = attachments.locations(root)
    if not places:
        return
    found.as_html = [
        Piece(_with_content_ids(piece.text, places), True) if piece.is_html else piece
        for piece in found.as_html
    ]


def _with_content_ids(html: str, places: dict[str, str]) -> str:
    for location, content_id in list(places.items())[:50]:
        for mark in ('"', "'"):
            html = html.replace(f"src={mark}{location}{mark}", f"src={mark}cid:{content_id}{mark}")
    return html
