"""What leaves: replies as mail, acknowledgements, confirmations; and what is said when it fails."""

import base64
import email
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from core import desk
from core.actor import Actor
from core.models import Desk, Event
from customers.models import Person, PersonAddress
from mailboxes import signing
from mailboxes.models import Mailbox
from outbox.models import OutboxMessage
from promises.models import Promise
from promises.services import Draft, make
from tests.cast import NOW, actor
from tickets import services
from tickets.models import Message, Ticket
from tickets.services import Body, Incoming, files, letters

SYSTEM = Actor.system()
LATER = NOW + timedelta(hours=1)


def _last_event(kind: str) -> Event:
    return Event.objects.filter(kind=kind).order_by("-id")[0]


def _sent(key: str) -> EmailMessage:
    payload = OutboxMessage.objects.get(idem_key=key).payload
    parsed = email.message_from_bytes(base64.b64decode(payload["raw"]), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def _reply(ticket: Ticket, agent: User, **changed: Any) -> Message:
    message = services.reply(
        ticket.pk, **{"text_md": "Hello **you**", "actor": actor(agent), "at": LATER, **changed}
    )
    letters.post_message(_last_event("ticket.replied"))
    return message


# ---- replies


def test_a_reply_leaves_as_mail_that_threads(ticket: Ticket, agent: User) -> None:
    Desk.objects.update(name="Kestrel")
    desk.forget()
    message = _reply(ticket, agent, cc=["pim@bakery.example"])
    mail = _sent(f"message:{message.pk}")
    mailbox = Mailbox.objects.get()
    assert mail["From"] == "Amara van Kestrel <support@desk.example>"
    assert mail["To"] == "Marieke de Wolf <marieke@bakkerijdewolf.example>"
    assert mail["Cc"] == "pim@bakery.example"
    assert mail["Subject"] == f"Re: Grinder jams, opening on Saturday [#{ticket.number}]"
    assert mail["In-Reply-To"] == mail["References"] == "<first@bakkerijdewolf.example>"
    assert signing.message_pk_of(mail["Message-ID"]) == message.pk
    assert signing.ticket_id_of(mail["Reply-To"]) == ticket.pk
    assert signing.reply_address(mailbox, ticket.pk) in mail["Reply-To"]
    assert mail["Date"].datetime == LATER
    assert mail["Auto-Submitted"] is None
    message.refresh_from_db()
    assert f"<{message.rfc_message_id}>" == mail["Message-ID"]


def test_it_says_what_was_typed_and_quotes_the_customer(ticket: Ticket, agent: User) -> None:
    Mailbox.objects.update(signature="Kestrel & Co\nUtrecht")
    mail = _sent(f"message:{_reply(ticket, agent).pk}")
    assert _text(mail) == (
        "Hello you\n\n-- \nKestrel & Co\nUtrecht\n\n"
        "Op donderdag 19 november 2026 om 14:00 schreef Marieke de Wolf:\n"
        "> Since yesterday the grinder stops.\n"
    )
    html = mail.get_body(("html",))
    assert html is not None
    assert "<p>Hello <strong>you</strong></p>" in html.get_content()
    assert "<p>-- <br>Kestrel &amp; Co<br>Utrecht</p>" in html.get_content()
    assert "<blockquote><p>Since yesterday" in html.get_content()


def test_the_envelope_names_everybody_and_the_mailbox(ticket: Ticket, agent: User) -> None:
    message = _reply(ticket, agent, cc=["pim@bäckerei.example"])
    row = OutboxMessage.objects.get(idem_key=f"message:{message.pk}")
    assert row.payload["sender"] == "support@desk.example"
    assert row.payload["recipients"] == [
        "marieke@bakkerijdewolf.example",
        "pim@xn--bckerei-5wa.example",
    ]
    assert row.lane == f"mailbox:{Mailbox.objects.get().pk}"
    assert (row.ticket_id, row.not_after) == (ticket.pk, None)


def test_a_reply_leaves_once(ticket: Ticket, agent: User) -> None:
    message = _reply(ticket, agent)
    before = OutboxMessage.objects.get(idem_key=f"message:{message.pk}").payload
    letters.post_message(_last_event("ticket.replied"))
    assert OutboxMessage.objects.get().payload == before


def test_a_reply_carries_its_files(ticket: Ticket, agent: User) -> None:
    stored = files.store(SimpleUploadedFile("Rechnung ü.pdf", b"%PDF-1.7", "application/pdf"))
    mail = _sent(f"message:{_reply(ticket, agent, files=[stored]).pk}")
    attached = list(mail.iter_attachments())
    assert [(part.get_filename(), part.get_content()) for part in attached] == [
        ("Rechnung ü.pdf", b"%PDF-1.7")
    ]


def test_a_thread_s_references_stay_short_and_end_with_what_is_answered(
    ticket: Ticket, agent: User
) -> None:
    for number in range(12):
        incoming = Incoming(
            body=Body.plain("x"),
            author_id=ticket.requester_id,
            rfc_message_id=f"<{number}@c.example>",
        )
        services.receive_reply(ticket.pk, incoming=incoming, actor=SYSTEM, at=NOW)
    flagged = Incoming(body=Body.plain("x"), rfc_message_id="<flagged@x.example>", flagged=True)
    services.receive_reply(ticket.pk, incoming=flagged, actor=SYSTEM, at=NOW)
    mail = _sent(f"message:{_reply(ticket, agent).pk}")
    references = mail["References"].split()
    assert references[0] == "<first@bakkerijdewolf.example>"
    assert references[1:] == [f"<{number}@c.example>" for number in range(7, 12)]
    assert mail["In-Reply-To"] == "<11@c.example>"


def test_our_opening_leaves_too_and_a_customer_s_does_not(customer: Person, agent: User) -> None:
    values: dict[str, Any] = {"requester_id": customer.pk, "subject": "A fault", "at": NOW}
    services.open(
        **values, body=Body.typed("We found a fault"), channel="agent", actor=actor(agent)
    )
    letters.post_message(_last_event("ticket.opened"))
    assert OutboxMessage.objects.count() == 1
    services.open(**values, body=Body.plain("x"), channel="email", actor=SYSTEM)
    letters.post_message(_last_event("ticket.opened"))
    assert OutboxMessage.objects.count() == 1


def test_notes_never_leave(ticket: Ticket, agent: User) -> None:
    services.add_note(ticket.pk, text_md="Secret", actor=actor(agent), at=LATER)
    letters.post_message(_last_event("ticket.noted"))
    services.wait_for_customer(ticket.pk, note="Secret", actor=actor(agent), at=LATER)
    letters.post_message(_last_event("ticket.waiting_for_customer"))
    assert not OutboxMessage.objects.exists()


def test_a_requester_without_address_is_told_to_the_team(ticket: Ticket, agent: User) -> None:
    PersonAddress.objects.all().delete()
    message = _reply(ticket, agent)
    letters.post_message(_last_event("ticket.replied"))
    note = Message.objects.get(kind="note")
    assert note.body_text == (
        "This reply was not sent: Marieke de Wolf has no address that mail can reach."
    )
    assert (note.author_kind, note.is_public) == ("system", False)
    data = _last_event("ticket.delivery_failed").data
    assert (data["message_id"], data["failed_message_id"]) == (note.pk, message.pk)
    assert not OutboxMessage.objects.exists()


def test_copies_still_go_out_when_the_requester_has_no_address(ticket: Ticket, agent: User) -> None:
    PersonAddress.objects.all().delete()
    mail = _sent(f"message:{_reply(ticket, agent, cc=['pim@bakery.example']).pk}")
    assert (mail["To"], mail["Cc"]) == ("pim@bakery.example", None)
    assert Message.objects.filter(kind="note").exists()


# ---- promises


def _draft(**changed: Any) -> Draft:
    values: dict[str, Any] = {
        "topic": "Call Marieke",
        "shape": "at",
        "on": "2026-11-20",
        "time": "15:00",
        "consent": True,
        "customer_requested_time": True,
        "owner_confirms": True,
    }
    return Draft(**{**values, **changed})


def _make(ticket: Ticket, agent: User, *, at: datetime = LATER, **changed: Any) -> Promise:
    return make(ticket.pk, draft=_draft(**changed), actor=actor(agent), at=at)


def test_a_promise_made_with_a_reply_stands_in_it(ticket: Ticket, agent: User) -> None:
    message = _reply(ticket, agent, promise=_draft())
    letters.confirm_promise(_last_event("promise.made"))
    said = "We bellen u op vrijdag 20 november 2026 om 15:00 (Amsterdam, GMT+01:00)."
    assert message.body_text == f"Hello you\n\n{said}"
    assert said in _text(_sent(f"message:{message.pk}"))
    assert OutboxMessage.objects.count() == 1
    promise = Promise.objects.get()
    assert promise.made_with_message_id == message.pk
    events = Event.objects.filter(ticket_id=ticket.pk).order_by("id")
    assert [event.data["v"] for event in events] == [2, 3]


def test_a_promise_is_confirmed_in_the_customer_s_language_and_zone(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    Person.objects.update(locale="fr", zone="America/New_York")
    promise = _make(ticket, agent, shape="by")
    letters.confirm_promise(_last_event("promise.made"))
    mail = _sent(f"promise:{promise.pk}:1:confirm")
    assert (
        "Nous vous appellerons le vendredi 20 novembre 2026, à 15:00 au plus tard"
        " (New York, UTC-05:00)." in _text(mail)
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Precedence"] == "bulk"
    assert mail["Content-Language"] == "fr"
    letter = Message.objects.get(kind="letter")
    assert (letter.direction, letter.author_kind, letter.language) == ("out", "system", "fr")
    row = OutboxMessage.objects.get()
    assert row.not_after == promise.until_at
    data = _last_event("ticket.letter_sent").data
    assert (data["letter"], data["message_id"]) == ("promise_confirmation", letter.pk)


def test_a_promise_is_confirmed_once(ticket: Ticket, agent: User) -> None:
    _make(ticket, agent)
    for _twice in range(2):
        letters.confirm_promise(_last_event("promise.made"))
    assert Message.objects.filter(kind="letter").count() == OutboxMessage.objects.count() == 1


def test_a_promise_that_has_ended_is_not_confirmed(ticket: Ticket, agent: User) -> None:
    _make(ticket, agent)
    Promise.objects.update(state="kept", ended_at=LATER)
    letters.confirm_promise(_last_event("promise.made"))
    assert not OutboxMessage.objects.exists()


def test_a_confirmation_waits_for_contact_hours(ticket: Ticket, agent: User) -> None:
    night = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    _make(ticket, agent, at=night)
    letters.confirm_promise(_last_event("promise.made"))
    morning = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    assert OutboxMessage.objects.get().next_at == morning


def test_a_confirmation_does_not_wait_beyond_the_promise(ticket: Ticket, agent: User) -> None:
    night = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    _make(ticket, agent, at=night, time="06:00")
    letters.confirm_promise(_last_event("promise.made"))
    assert OutboxMessage.objects.get().next_at < night + timedelta(days=30)
    assert OutboxMessage.objects.get().next_at != datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


def test_who_has_no_address_gets_no_confirmation_and_the_record_says_so(
    ticket: Ticket, agent: User
) -> None:
    PersonAddress.objects.all().delete()
    _make(ticket, agent)
    for _twice in range(2):
        letters.confirm_promise(_last_event("promise.made"))
    assert _last_event("ticket.letter_withheld").data["reason"] == "no_address"
    assert Event.objects.filter(kind="ticket.letter_withheld").count() == 1


def test_a_ticket_gets_only_so_many_automatic_letters(ticket: Ticket, agent: User) -> None:
    for _number in range(7):
        _make(ticket, agent)
        letters.confirm_promise(_last_event("promise.made"))
    assert Message.objects.filter(kind="letter").count() == 5
    assert _last_event("ticket.letter_withheld").data["reason"] == "limit_5_in_60_min"


# ---- acknowledgements


def _arrive(
    person: Person, *, at: datetime = NOW, address: str = "", **changed: Any
) -> tuple[Ticket, Event]:
    address = address or "marieke@bakkerijdewolf.example"
    incoming = Incoming(
        **{
            "body": Body.plain("Buy my pills"),
            "author_id": person.pk,
            "author_address": address,
            "subject": "Buy my pills",
            "may_answer": True,
            "authenticated": True,
            **changed,
        }
    )
    ticket = services.open(
        requester_id=person.pk,
        subject="Buy my pills",
        body=incoming.body,
        channel="email",
        actor=SYSTEM,
        at=at,
        incoming=incoming,
    )
    event = _last_event("ticket.opened")
    letters.acknowledge(event)
    return ticket, event


def test_a_new_request_is_acknowledged_in_fixed_words(customer: Person) -> None:
    Desk.objects.update(name="Kestrel")
    desk.forget()
    ticket, event = _arrive(customer)
    mail = _sent(f"acknowledge:{ticket.pk}")
    assert mail["Subject"] == f"We hebben uw aanvraag ontvangen [#{ticket.number}]"
    assert "Bedankt voor uw bericht." in _text(mail)
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Helpdesk-Loop"] == "support@desk.example"
    assert mail["To"] == "marieke@bakkerijdewolf.example"
    assert "pills" not in mail.as_string()
    assert OutboxMessage.objects.get().not_after == NOW + timedelta(hours=4)
    letters.acknowledge(event)
    assert OutboxMessage.objects.count() == Message.objects.filter(kind="letter").count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"may_answer": False},
        {"authenticated": False},
        {"auto_generated": True},
        {"flagged": True},
        {"author_kind": "third_party"},
        {"address": "support+1.x@desk.example"},
        {"address": "no address"},
    ],
)
def test_who_must_not_be_answered_is_not(customer: Person, changed: dict[str, Any]) -> None:
    _arrive(customer, **changed)
    assert not OutboxMessage.objects.exists()


def test_somebody_we_have_written_to_is_believed(
    ticket: Ticket, customer: Person, agent: User
) -> None:
    Ticket.objects.update(last_agent_message_at=NOW)
    _arrive(customer, authenticated=False)
    assert OutboxMessage.objects.exists()


def test_nobody_is_acknowledged_after_he_was_answered(customer: Person, agent: User) -> None:
    ticket, event = _arrive(customer, may_answer=False)
    services.reply(ticket.pk, text_md="Here", actor=actor(agent), at=LATER)
    event.data["may_answer"] = True
    letters.acknowledge(event)
    assert not OutboxMessage.objects.exists()


def test_a_thousand_forged_mails_bring_their_victim_one(customer: Person) -> None:
    for second in range(30):
        _arrive(customer, at=NOW + timedelta(seconds=second))
    assert OutboxMessage.objects.count() == 1
    assert _last_event("ticket.letter_withheld").data["reason"] == "limit_1_in_10_min"


def test_nobody_gets_more_than_five_acknowledgements_a_day(customer: Person) -> None:
    for hour in range(8):
        _arrive(customer, at=NOW + timedelta(hours=hour))
    assert OutboxMessage.objects.count() == 5
    assert _last_event("ticket.letter_withheld").data["reason"] == "limit_5_in_1440_min"


def test_the_desk_stops_acknowledging_in_a_flood(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "PER_DESK", ((3, timedelta(minutes=10)),))
    for number in range(5):
        person = Person.objects.create(name=f"P{number}")
        _arrive(person, address=f"p{number}@x.example")
    assert OutboxMessage.objects.count() == 3
    assert _last_event("ticket.letter_withheld").data["reason"] == "limit_3_in_10_min"


# ---- failures


def _dead(ticket: Ticket, kind: str = "outbox.dead") -> Event:
    failed = OutboxMessage.objects.create(
        idem_key="message:1",
        channel="email",
        lane="mailbox:1",
        payload={"recipients": ["marieke@bakkerijdewolf.example"]},
        last_error="550 <b>no such user</b>",
        ticket_id=ticket.pk,
    )
    return Event.objects.create(
        kind=kind,
        subject_kind="outbox_message",
        subject_id=failed.pk,
        ticket_id=ticket.pk,
        actor_kind="system",
        at=LATER,
    )


@pytest.mark.parametrize("status", ["open", "closed"])
def test_a_mail_that_failed_is_told_to_the_team_once(ticket: Ticket, status: str) -> None:
    Ticket.objects.update(status=status, closed_at=NOW if status == "closed" else None)
    event = _dead(ticket)
    for _twice in range(2):
        letters.delivery_failed(event)
    note = Message.objects.get(kind="note")
    assert note.body_text == (
        "A mail to marieke@bakkerijdewolf.example could not be delivered: 550 <b>no such user</b>"
    )
    assert "<b>" not in note.body_html
    ticket.refresh_from_db()
    assert ticket.status == status
    data = _last_event("ticket.delivery_failed").data
    assert data["cause"] == event.pk
    assert data["message_id"] == note.pk


def test_a_mail_that_came_too_late_is_told_too(ticket: Ticket) -> None:
    letters.delivery_failed(_dead(ticket, "outbox.expired"))
    assert Message.objects.get(kind="note").body_text == (
        "A mail to marieke@bakkerijdewolf.example was not sent: its time had passed."
    )


def test_failed_mail_of_no_ticket_is_not_the_desk_s_matter(ticket: Ticket) -> None:
    event = _dead(ticket)
    event.ticket_id = None
    letters.delivery_failed(event)
    assert not Message.objects.filter(kind="note").exists()
