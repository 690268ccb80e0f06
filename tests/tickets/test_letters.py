"""What leaves: replies as mail, and promises confirmed in writing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from calendars.arithmetic import WEEK_DAYS
from calendars.models import CalendarVersion
from core import desk
from core.actor import Actor
from core.models import Desk, Event
from customers.models import Person, PersonAddress
from helpdesk import announce
from mailboxes import signing
from mailboxes.models import Mailbox
from outbox.models import OutboxMessage
from promises.events import ENDINGS
from promises.models import Promise
from promises.services import Draft, make, void
from tests.cast import NOW, actor
from tests.tickets.letterbox import last_event, sent_mail, text_of
from tickets import services
from tickets.models import Message, Ticket
from tickets.services import Body, Incoming, files, letters

SYSTEM = Actor.system()
LATER = NOW + timedelta(hours=1)


def _reply(ticket: Ticket, agent: User, **changed: Any) -> Message:
    message = services.reply(
        ticket.pk, **{"text_md": "Hello **you**", "actor": actor(agent), "at": LATER, **changed}
    )
    letters.post_message(last_event("ticket.replied"))
    return message


# ---- replies


def test_a_reply_leaves_as_mail_that_threads(ticket: Ticket, agent: User) -> None:
    Desk.objects.update(name="Kestrel")
    desk.forget()
    message = _reply(ticket, agent, cc=["pim@bakery.example"])
    mail = sent_mail(f"message:{message.pk}")
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
    mail = sent_mail(f"message:{_reply(ticket, agent).pk}")
    assert text_of(mail) == (
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
    letters.post_message(last_event("ticket.replied"))
    assert OutboxMessage.objects.get().payload == before


def test_a_reply_carries_its_files(ticket: Ticket, agent: User) -> None:
    stored = files.store(SimpleUploadedFile("Rechnung ü.pdf", b"%PDF-1.7", "application/pdf"))
    mail = sent_mail(f"message:{_reply(ticket, agent, files=[stored]).pk}")
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
    mail = sent_mail(f"message:{_reply(ticket, agent).pk}")
    references = mail["References"].split()
    assert references[0] == "<first@bakkerijdewolf.example>"
    assert references[1:] == [f"<{number}@c.example>" for number in range(7, 12)]
    assert mail["In-Reply-To"] == "<11@c.example>"


def test_our_opening_leaves_too_and_a_customer_s_does_not(customer: Person, agent: User) -> None:
    values: dict[str, Any] = {"requester_id": customer.pk, "subject": "A fault", "at": NOW}
    services.open(
        **values, body=Body.typed("We found a fault"), channel="agent", actor=actor(agent)
    )
    letters.post_message(last_event("ticket.opened"))
    assert OutboxMessage.objects.count() == 1
    services.open(**values, body=Body.plain("x"), channel="email", actor=SYSTEM)
    letters.post_message(last_event("ticket.opened"))
    assert OutboxMessage.objects.count() == 1


def test_notes_never_leave(ticket: Ticket, agent: User) -> None:
    services.add_note(ticket.pk, text_md="Secret", actor=actor(agent), at=LATER)
    letters.post_message(last_event("ticket.noted"))
    services.wait_for_customer(ticket.pk, note="Secret", actor=actor(agent), at=LATER)
    letters.post_message(last_event("ticket.waiting_for_customer"))
    assert not OutboxMessage.objects.exists()


def test_a_requester_without_address_is_told_to_the_team(ticket: Ticket, agent: User) -> None:
    PersonAddress.objects.all().delete()
    message = _reply(ticket, agent)
    letters.post_message(last_event("ticket.replied"))
    note = Message.objects.get(kind="note")
    assert note.body_text == (
        "This reply was not sent: Marieke de Wolf has no address that mail can reach."
    )
    assert (note.author_kind, note.is_public) == ("system", False)
    data = last_event("ticket.delivery_failed").data
    assert (data["message_id"], data["failed_message_id"]) == (note.pk, message.pk)
    assert not OutboxMessage.objects.exists()


def test_copies_still_go_out_when_the_requester_has_no_address(ticket: Ticket, agent: User) -> None:
    PersonAddress.objects.all().delete()
    mail = sent_mail(f"message:{_reply(ticket, agent, cc=['pim@bakery.example']).pk}")
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
    letters.confirm_promise(last_event("promise.made"))
    said = "We bellen u op vrijdag 20 november 2026 om 15:00 (Amsterdam, GMT+01:00)."
    assert message.body_text == f"Hello you\n\n{said}"
    assert said in text_of(sent_mail(f"message:{message.pk}"))
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
    letters.confirm_promise(last_event("promise.made"))
    mail = sent_mail(f"promise:{promise.pk}:1:confirm")
    assert (
        "Nous vous appellerons le vendredi 20 novembre 2026, à 15:00 au plus tard"
        " (New York, UTC-05:00)." in text_of(mail)
    )
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Precedence"] == "bulk"
    assert mail["Content-Language"] == "fr"
    letter = Message.objects.get(kind="letter")
    assert (letter.direction, letter.author_kind, letter.language) == ("out", "system", "fr")
    row = OutboxMessage.objects.get()
    assert row.not_after == promise.until_at
    data = last_event("ticket.letter_sent").data
    assert (data["letter"], data["message_id"]) == ("promise_confirmation", letter.pk)


def test_a_day_that_ends_at_midnight_is_called_by_its_own_name(ticket: Ticket, agent: User) -> None:
    always = [{"day": day, "start": "00:00", "end": "24:00"} for day in WEEK_DAYS]
    CalendarVersion.objects.update(windows=always)
    promise = _make(ticket, agent, shape="by_day", time="")
    letters.confirm_promise(last_event("promise.made"))
    assert promise.until_wall == "2026-11-21T00:00"
    text = text_of(sent_mail(f"promise:{promise.pk}:1:confirm"))
    assert "vrijdag 20 november 2026, 23:59" in text


def test_a_promise_is_confirmed_once(ticket: Ticket, agent: User) -> None:
    _make(ticket, agent)
    for _twice in range(2):
        letters.confirm_promise(last_event("promise.made"))
    assert Message.objects.filter(kind="letter").count() == OutboxMessage.objects.count() == 1


def test_a_promise_that_has_ended_is_not_confirmed(ticket: Ticket, agent: User) -> None:
    _make(ticket, agent)
    Promise.objects.update(state="kept", ended_at=LATER)
    letters.confirm_promise(last_event("promise.made"))
    assert not OutboxMessage.objects.exists()


def test_a_confirmation_waits_for_contact_hours(ticket: Ticket, agent: User) -> None:
    night = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    _make(ticket, agent, at=night)
    letters.confirm_promise(last_event("promise.made"))
    morning = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    assert OutboxMessage.objects.get().next_at == morning


def test_a_confirmation_that_waits_does_not_outlive_its_promise(
    ticket: Ticket, agent: User
) -> None:
    night = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    promise = _make(ticket, agent, at=night)
    letters.confirm_promise(last_event("promise.made"))
    void(promise.pk, actor=actor(agent), at=night + timedelta(minutes=1))
    for _twice in range(2):
        letters.withdraw_confirmation(last_event("promise.voided"))
    assert OutboxMessage.objects.get().state == OutboxMessage.State.CANCELLED
    withheld = Event.objects.get(kind="ticket.letter_withheld")
    assert withheld.data["reason"] == "promise_ended"


def test_every_end_of_a_promise_withdraws_its_confirmation() -> None:
    for kind in ENDINGS:
        assert announce.WITHDRAW in announce.REACTIONS[kind]


def test_a_confirmation_does_not_wait_beyond_the_promise(ticket: Ticket, agent: User) -> None:
    night = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    _make(ticket, agent, at=night, time="06:00")
    letters.confirm_promise(last_event("promise.made"))
    assert OutboxMessage.objects.get().next_at < night + timedelta(days=30)
    assert OutboxMessage.objects.get().next_at != datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


def test_who_has_no_address_gets_no_confirmation_and_the_record_says_so(
    ticket: Ticket, agent: User
) -> None:
    PersonAddress.objects.all().delete()
    _make(ticket, agent)
    for _twice in range(2):
        letters.confirm_promise(last_event("promise.made"))
    assert last_event("ticket.letter_withheld").data["reason"] == "no_address"
    assert Event.objects.filter(kind="ticket.letter_withheld").count() == 1


def test_a_ticket_gets_only_so_many_automatic_letters(ticket: Ticket, agent: User) -> None:
    for _number in range(7):
        _make(ticket, agent)
        letters.confirm_promise(last_event("promise.made"))
    assert Message.objects.filter(kind="letter").count() == 5
    assert last_event("ticket.letter_withheld").data["reason"] == "limit_5_in_60_min"
