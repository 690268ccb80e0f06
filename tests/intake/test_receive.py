"""A mail comes in, and becomes a ticket or a message: once, and only where it may."""

import io
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

import tickets.services
from accounts.models import User
from core import crypto
from core.actor import Actor
from customers.models import PersonAddress
from intake import services
from intake.mail.child import ParserChild
from intake.management.commands.receive_email import receive
from intake.models import InboundMail
from intake.services.answers import Answer
from mailboxes import signing
from mailboxes.models import Mailbox
from tests.cast import NOW, actor
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(scope="module")
def parser() -> Iterator[ParserChild]:
    with ParserChild() as child:
        yield child


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox.objects.get()


def mail(
    *,
    sender: str = "Marieke de Wolf <marieke@bakkerijdewolf.example>",
    subject: str = "Grinder jams",
    message_id: str = "<a1@bakkerijdewolf.example>",
    text: str = "It stops after two shots.",
    **headers: str,
) -> bytes:
    lines = [f"From: {sender}", f"Subject: {subject}", "Date: Thu, 19 Nov 2026 13:00:00 +0000"]
    if message_id:
        lines.append(f"Message-ID: {message_id}")
    headers.setdefault("To", "support@desk.example")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += ["Content-Type: text/plain; charset=utf-8", "", text, ""]
    return "\r\n".join(lines).encode()


class Desk:
    """The mail channel of a desk."""

    def __init__(self, mailbox: Mailbox, parser: ParserChild) -> None:
        self.mailbox = mailbox
        self.parser = parser

    def take(self, raw: bytes, *, limits: bool = True) -> Answer:
        return receive(raw, mailbox=self.mailbox, parser=self.parser, limits=limits)


@pytest.fixture
def desk(mailbox: Mailbox, parser: ParserChild) -> Desk:
    return Desk(mailbox, parser)


def test_a_mail_opens_a_ticket_and_every_key_is_filled(desk: Desk) -> None:
    answer = desk.take(mail())
    ticket = Ticket.objects.get()
    message = ticket.messages.get()
    assert answer == {
        "status": "created",
        "reason": "",
        "ticket": ticket.number,
        "message_id": message.pk,
        "subject": "Grinder jams",
        "from_email": "marieke@bakkerijdewolf.example",
        "from_name": "Marieke de Wolf",
        "to": ["support@desk.example"],
        "cc": [],
        "text": "It stops after two shots.",
        "html": "",
        "attachments": [],
        "auto_generated": False,
    }
    assert (ticket.status, ticket.channel, ticket.requester_name) == (
        "new",
        "email",
        "Marieke de Wolf",
    )


def test_the_same_mail_again_is_ignored_with_everything_still_read(desk: Desk) -> None:
    first = desk.take(mail())
    again = desk.take(mail())
    assert again["status"] == "ignored"
    assert again["ticket"] == first["ticket"]
    assert again["text"] == first["text"]
    assert Message.objects.count() == 1


def test_a_second_delivery_over_other_relays_is_the_same_mail(desk: Desk) -> None:
    desk.take(
        b"Received: from a.example by b.example; Thu, 19 Nov 2026 13:00:01 +0000\r\n" + mail()
    )
    assert desk.take(b"Received: from c.example by b.example\r\n" + mail())["status"] == "ignored"


def test_another_mail_under_a_known_message_id_is_kept_and_flagged(desk: Desk) -> None:
    desk.take(mail())
    answer = desk.take(mail(text="Something else entirely."))
    assert answer["status"] == "created"
    assert "same Message-ID" in str(answer["reason"])
    assert InboundMail.objects.filter(other_content=True).count() == 1


def test_a_second_delivery_takes_no_bytes_away_from_another_mailbox(mailbox: Mailbox) -> None:
    other = Mailbox.objects.create(name="Billing", address="billing@desk.example")
    one_way, another_way = mail(Received="by one"), mail(Received="by another")
    services.take_in(one_way, mailbox=mailbox)
    kept = services.take_in(another_way, mailbox=other)
    assert not services.take_in(another_way, mailbox=mailbox).is_new
    assert default_storage.exists(kept.mail.raw_path)


def test_bytes_that_no_row_needs_are_not_kept(mailbox: Mailbox, tmp_path: Path) -> None:
    services.take_in(mail(Received="by one"), mailbox=mailbox)
    services.take_in(mail(Received="by another"), mailbox=mailbox)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_the_same_mail_in_two_mailboxes_makes_one_ticket(desk: Desk) -> None:
    other = Mailbox.objects.create(name="Sales", address="sales@desk.example")
    first = desk.take(mail())
    second = Desk(other, desk.parser).take(mail())
    assert second["status"] == "ignored"
    assert second["ticket"] == first["ticket"]
    assert Ticket.objects.count() == 1
    assert InboundMail.objects.filter(same_as__isnull=False).count() == 1


def test_an_answer_to_the_signed_address_joins_the_ticket(
    desk: Desk, ticket: Ticket, mailbox: Mailbox
) -> None:
    answer = desk.take(mail(subject="Re: something", To=signing.reply_address(mailbox, ticket.pk)))
    assert (answer["status"], answer["ticket"]) == ("appended", ticket.number)
    message = Message.objects.get(pk=answer["message_id"])
    assert message.author_kind == Message.AuthorKind.CUSTOMER
    assert message.flagged_at is None


def test_an_answer_to_our_signed_message_id_joins_the_ticket(
    desk: Desk, ticket: Ticket, agent: User
) -> None:
    ours = tickets.services.reply(ticket.pk, text_md="Which bag?", actor=actor(agent), at=NOW)
    answer = desk.take(mail(In_Reply_To=f"<{signing.message_id(ours.pk, 'desk.example')}>"))
    assert (answer["status"], answer["ticket"]) == ("appended", ticket.number)


def test_a_stranger_with_the_right_token_is_kept_from_the_customer_until_accepted(
    desk: Desk, ticket: Ticket, mailbox: Mailbox
) -> None:
    raw = mail(sender="x@elsewhere.example", To=signing.reply_address(mailbox, ticket.pk))
    answer = desk.take(raw)
    assert answer["status"] == "appended"
    assert "until an agent accepts it" in str(answer["reason"])
    message = Message.objects.get(pk=answer["message_id"])
    assert message.flagged_at is not None
    assert not message.is_public


@pytest.mark.parametrize(
    "headers",
    [
        {"subject": "Re: [#{number}] Grinder jams"},
        {"In_Reply_To": "<first@bakkerijdewolf.example>"},
    ],
)
def test_a_stranger_who_guesses_opens_a_ticket_of_his_own(
    desk: Desk, ticket: Ticket, headers: dict[str, str]
) -> None:
    Message.objects.update(rfc_message_id="first@bakkerijdewolf.example")
    filled = {key: value.format(number=ticket.number) for key, value in headers.items()}
    answer = desk.take(mail(sender="x@elsewhere.example", **filled))
    assert answer["status"] == "created"
    assert answer["ticket"] != ticket.number


def test_the_requester_joins_by_number_or_by_his_own_mail(desk: Desk, ticket: Ticket) -> None:
    Message.objects.update(rfc_message_id="first@bakkerijdewolf.example")
    by_number = desk.take(mail(subject=f"Re: [#{ticket.number}] Grinder"))
    by_mail = desk.take(
        mail(message_id="<a2@x.example>", In_Reply_To="<first@bakkerijdewolf.example>")
    )
    assert by_number["ticket"] == by_mail["ticket"] == ticket.number


@pytest.mark.parametrize("tampered", ["+{id}.aaaaaaaaaaaaaaaaaaaa@", "+{other}.{mac}@", "+{id}.@"])
def test_a_forged_token_opens_a_ticket_of_its_own(
    desk: Desk, ticket: Ticket, tampered: str
) -> None:
    mac = crypto.mac("reply address", str(ticket.pk))
    tag = tampered.format(id=ticket.pk, other=ticket.pk + 1, mac=mac)
    answer = desk.take(mail(sender="x@elsewhere.example", To=f"support{tag}desk.example"))
    assert answer["status"] == "created"


def test_a_mail_on_a_closed_ticket_opens_a_linked_follow_up(
    desk: Desk, ticket: Ticket, mailbox: Mailbox, agent: User
) -> None:
    tickets.services.solve(ticket.pk, actor=actor(agent), at=NOW)
    tickets.services.close(ticket.pk, actor=Actor.system(), at=NOW)
    answer = desk.take(mail(To=signing.reply_address(mailbox, ticket.pk)))
    assert answer["status"] == "created"
    assert Ticket.objects.get(number=answer["ticket"]).follow_up_of == ticket


def test_our_own_mail_that_comes_back_is_ignored(desk: Desk) -> None:
    assert desk.take(mail(sender="support@desk.example"))["status"] == "ignored"
    assert not Ticket.objects.exists()


def test_a_vacation_notice_leaves_the_status_alone(
    desk: Desk, ticket: Ticket, mailbox: Mailbox
) -> None:
    Ticket.objects.update(status="pending")
    raw = mail(To=signing.reply_address(mailbox, ticket.pk), Auto_Submitted="auto-replied")
    answer = desk.take(raw)
    assert (answer["status"], answer["auto_generated"]) == ("appended", True)
    ticket.refresh_from_db()
    assert ticket.status == "pending"


def test_a_bounce_is_told_on_its_ticket(desk: Desk, ticket: Ticket, agent: User) -> None:
    ours = tickets.services.reply(ticket.pk, text_md="Which bag?", actor=actor(agent), at=NOW)
    message_id = signing.message_id(ours.pk, "desk.example")
    raw = (
        "From: MAILER-DAEMON@mx.example\r\nTo: support@desk.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <dsn@mx.example>\r\n"
        "Date: Thu, 19 Nov 2026 13:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nCould not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        "Final-Recipient: rfc822; marieke@bakkerijdewolf.example\r\nAction: failed\r\n"
        "Status: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{message_id}>\r\n\r\n--b--\r\n"
    ).encode()
    answer = desk.take(raw)
    assert (answer["status"], answer["ticket"]) == ("bounced", ticket.number)
    assert Ticket.objects.count() == 1
    assert PersonAddress.objects.get().undeliverable_at is not None
    desk.take(mail())
    assert PersonAddress.objects.get().undeliverable_at is None


@pytest.mark.parametrize("raw", [b"", b"\0\xff\xfe" * 50, b"From nobody\r\n\r\n", b"\r\n\r\n\r\n"])
def test_any_bytes_are_dealt_with(desk: Desk, raw: bytes) -> None:
    answer = desk.take(raw)
    assert answer["status"] in {"created", "rejected"}
    assert InboundMail.objects.exclude(state="pending").count() == 1


def test_a_mail_too_large_to_read_is_kept_in_quarantine(desk: Desk) -> None:
    answer = desk.take(mail(text="x" * 26_300_000))
    assert answer["status"] == "rejected"
    assert answer["reason"] == "quarantined: larger than 25 MB"
    assert InboundMail.objects.get().state == "quarantine"


def test_who_sends_without_end_is_stopped_unless_limits_are_lifted(desk: Desk) -> None:
    desk.take(mail())
    row = InboundMail.objects.get()
    for number in range(59):
        row.pk, row.dedup_key, row.content_sha256 = None, f"mid:{number}", str(number)
        row.save(force_insert=True)
    assert "quarantined: more than 60" in str(desk.take(mail(message_id="<n@x>"))["reason"])
    assert desk.take(mail(message_id="<m@x>"), limits=False)["status"] == "created"


def test_a_mail_whose_reader_died_before_is_read_by_the_worker(
    desk: Desk, mailbox: Mailbox
) -> None:
    services.take_in(mail(), mailbox=mailbox)
    assert services.process_pending() == 1
    assert Ticket.objects.count() == 1
    assert services.process_pending() == 0


def test_workers_leave_a_mail_to_the_command_that_took_it_in(mailbox: Mailbox) -> None:
    taken = services.take_in(mail(), mailbox=mailbox, to_read_now=True)
    assert services.process_pending() == 0
    with ParserChild() as parser:
        done = services.process(taken.mail.pk, parser=parser, token=taken.token)
    assert (done.mail.outcome, done.parsed.subject) == ("created", "Grinder jams")


@pytest.mark.django_db(transaction=True)
def test_a_second_delivery_waits_for_whoever_reads_the_first(
    desk: Desk, mailbox: Mailbox, parser: ParserChild
) -> None:
    first = services.take_in(mail(), mailbox=mailbox, to_read_now=True)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(_take_and_hang_up, mailbox)
        services.process(first.mail.pk, parser=parser, token=first.token)
        answer = second.result(timeout=60)
    assert (answer["status"], answer["ticket"]) == ("ignored", Ticket.objects.get().number)
    assert answer["subject"] == "Grinder jams"


def test_a_mail_that_kills_its_reader_ends_in_quarantine_and_can_be_tried_again(
    desk: Desk, mailbox: Mailbox, administrator: User, agent: User
) -> None:
    taken = services.take_in(mail(), mailbox=mailbox)
    InboundMail.objects.update(attempts=3)
    services.process_pending()
    row = InboundMail.objects.get()
    assert (row.state, row.outcome) == ("quarantine", "rejected")
    services.retry(taken.mail.pk, actor=actor(administrator), at=NOW)
    services.process_pending()
    assert Ticket.objects.count() == 1


def _take_and_hang_up(mailbox: Mailbox) -> Answer:
    try:
        with ParserChild() as parser:
            return receive(mail(), mailbox=mailbox, parser=parser, limits=True)
    finally:
        connection.close()


def _run(raw: bytes, *args: str) -> list[Answer]:
    out = io.StringIO()
    kept, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(raw))
    try:
        call_command("receive_email", *args, stdout=out)
    finally:
        sys.stdin = kept
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_command_answers_with_one_json_object() -> None:
    (answer,) = _run(mail(), "--json")
    assert answer["status"] == "created"


def test_a_folder_gives_one_line_for_each_file_in_the_order_of_names(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    for name, text in (("b.eml", "two"), ("a.eml", "one"), ("c.eml", "three")):
        folder.joinpath(name).write_bytes(mail(message_id=f"<{name}@x.example>", text=text))
    answers = _run(b"", "--json", "--mbox-dir", str(folder))
    assert [(answer["file"], answer["text"]) for answer in answers] == [
        ("a.eml", "one"),
        ("b.eml", "two"),
        ("c.eml", "three"),
    ]


def test_misuse_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is not a folder"):
        _run(b"", "--mbox-dir", str(tmp_path / "none"))
    Mailbox.objects.update(is_active=False)
    with pytest.raises(CommandError, match="No mailbox is active"):
        _run(mail(), "--json")
