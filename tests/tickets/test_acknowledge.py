"""New requests are acknowledged where that can harm nobody; failed mail is told to the team."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from core import desk
from core.actor import Actor
from core.models import Desk, Event
from customers.models import Person
from outbox.models import OutboxMessage
from tests.cast import NOW, actor
from tests.tickets.letterbox import last_event, sent_mail, text_of
from tickets import services
from tickets.models import Message, Ticket
from tickets.services import Body, Incoming, letters

SYSTEM = Actor.system()
LATER = NOW + timedelta(hours=1)


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
    event = last_event("ticket.opened")
    letters.acknowledge(event)
    return ticket, event


def test_a_new_request_is_acknowledged_in_fixed_words(customer: Person) -> None:
    Desk.objects.update(name="Kestrel")
    desk.forget()
    ticket, event = _arrive(customer)
    mail = sent_mail(f"acknowledge:{ticket.pk}")
    assert mail["Subject"] == f"We hebben uw aanvraag ontvangen [#{ticket.number}]"
    assert "Bedankt voor uw bericht." in text_of(mail)
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
    assert last_event("ticket.letter_withheld").data["reason"] == "limit_1_in_10_min"


def test_nobody_gets_more_than_five_acknowledgements_a_day(customer: Person) -> None:
    for hour in range(8):
        _arrive(customer, at=NOW + timedelta(hours=hour))
    assert OutboxMessage.objects.count() == 5
    assert last_event("ticket.letter_withheld").data["reason"] == "limit_5_in_1440_min"


def test_the_desk_stops_acknowledging_in_a_flood(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "PER_DESK", ((3, timedelta(minutes=10)),))
    for number in range(5):
        person = Person.objects.create(name=f"P{number}")
        _arrive(person, address=f"p{number}@x.example")
    assert OutboxMessage.objects.count() == 3
    assert last_event("ticket.letter_withheld").data["reason"] == "limit_3_in_10_min"


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
    data = last_event("ticket.delivery_failed").data
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
