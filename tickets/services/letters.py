"""What leaves: replies as mail, and what the desk itself writes to customers.

Each function is a consumer of an Event and idempotent by it: the outbox's key decides for mails,
the Event with this `cause` for everything else. Nothing internal is ever read here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

import mailboxes.services
import outbox.services
from calendars import arithmetic
from core import desk
from core import events as core_events
from core.actor import Actor
from core.models import Event
from customers.models import Person
from mailboxes.rendering import Automatic, sendable
from outbox.events import Kind as OutboxKind
from outbox.models import OutboxMessage
from promises import rules
from promises.models import Promise, PromiseSettings
from promises.services import language_of
from tickets import access, events
from tickets.events import Kind
from tickets.models import Message, Ticket
from tickets.services import mails, messages, typed, wording
from tickets.services.records import Body, Correspondent

_SYSTEM = Actor.system()
_RIGHT = "ticket.letter"
ACKNOWLEDGEMENT = "acknowledgement"
CONFIRMATION = "promise_confirmation"
# An acknowledgement that comes later than this only puzzles.
ACKNOWLEDGE_WITHIN = timedelta(hours=4)
# The last line against loops and mail bombs: per person, per ticket, and for the whole desk.
PER_PERSON = ((1, timedelta(minutes=10)), (5, timedelta(hours=24)))
PER_TICKET = ((5, timedelta(hours=1)), (10, timedelta(hours=24)))
PER_DESK = ((100, timedelta(minutes=10)),)

Limits = Sequence[tuple[int, timedelta]]


@transaction.atomic
def post_message(event: Event) -> None:
    """What an agent wrote to the customer is in the outbox; without an address a note says so."""
    message = _agents_message(event)
    if message is None or _is_in_outbox(f"message:{message.pk}"):
        return
    to = list(message.recipients.order_by("pk"))
    if not any(one.role == "to" for one in to):
        _tell_team(event, _unreachable(message.ticket), data={"failed_message_id": message.pk})
    if to:
        raw = mails.of_reply(message, to)
        _put(f"message:{message.pk}", raw, message, [one.address for one in to])


@transaction.atomic
def acknowledge(event: Event) -> None:
    """The writer of a new request knows that it arrived, if answering him can harm nobody.

    Only when nothing about his mail forbids it, and its sender's domain was checked or an agent
    has written to him before. Fixed words: nothing that he wrote goes back.
    """
    if event.kind != Kind.OPENED or not event.data.get("may_answer") or event.ticket_id is None:
        return
    ticket = access.lock(event.ticket_id, actor=_SYSTEM, right=_RIGHT)
    answered = ticket.last_agent_message_at is not None
    if answered or _is_gone(ticket) or _was_dealt_with(event):
        return
    to = _writer(event, ticket)
    if to is None or not _is_known(event, ticket):
        return
    # Two requests of one person at once: the second sees the letter to the first.
    Person.objects.select_for_update(no_key=True).get(pk=ticket.requester_id)
    withheld = (
        _over(PER_DESK, event.at)
        or _over(PER_PERSON, event.at, data__person_id=ticket.requester_id)
        or _over(PER_TICKET, event.at, ticket_id=ticket.pk)
    )
    if withheld:
        _withhold(event, ticket, ACKNOWLEDGEMENT, reason=withheld)
        return
    language = language_of(ticket)
    with wording.in_language(language):
        words = wording.acknowledgement(ticket)
    message = messages.write_letter(
        ticket,
        Body.plain(words.text),
        subject=words.subject,
        to=to,
        at=max(event.at, ticket.last_event_at),
        language=language,
    )
    _send_letter(
        event,
        ticket,
        message,
        name=ACKNOWLEDGEMENT,
        key=f"acknowledge:{ticket.pk}",
        automatic="auto-replied",
        not_after=event.at + ACKNOWLEDGE_WITHIN,
    )


@transaction.atomic
def confirm_promise(event: Event) -> None:
    """The customer has what we promised in writing, in his language and on his clock.

    Nothing is sent for a promise made with a reply, which carries it, nor for one that has ended
    meanwhile. A letter waits for contact hours unless the promise would be due before.
    """
    if event.ticket_id is None:
        return
    ticket = access.lock(event.ticket_id, actor=_SYSTEM, right=_RIGHT)
    promise = Promise.objects.get(pk=event.subject_id)
    needless = promise.made_with_message_id or not promise.is_open
    if needless or _is_gone(ticket) or _was_dealt_with(event):
        return
    to = typed.requester(ticket)
    withheld = _over(PER_TICKET, event.at, ticket_id=ticket.pk) if to else "no_address"
    if withheld:
        _withhold(event, ticket, CONFIRMATION, reason=withheld)
        return
    language = language_of(ticket)
    with wording.in_language(language):
        words = wording.confirmation(ticket, promise)
    message = messages.write_letter(
        ticket,
        Body.plain(words.text),
        subject=words.subject,
        to=to[0],
        at=max(event.at, ticket.last_event_at),
        language=language,
    )
    _send_letter(
        event,
        ticket,
        message,
        name=CONFIRMATION,
        key=_confirmation_key(promise.pk),
        automatic="auto-generated",
        not_after=promise.until_at,
        next_at=_contact_time(promise, event.at),
    )


@transaction.atomic
def withdraw_confirmation(event: Event) -> None:
    """A confirmation that still waits for contact hours does not leave: its promise has ended."""
    if event.ticket_id is None:
        return
    ticket = access.lock(event.ticket_id, actor=_SYSTEM, right=_RIGHT)
    if outbox.services.cancel(_confirmation_key(event.subject_id)):
        _withhold(event, ticket, CONFIRMATION, reason="promise_ended")


@transaction.atomic
def delivery_failed(event: Event) -> None:
    """A note tells the team which mail of the ticket did not arrive, and why."""
    failed = OutboxMessage.objects.filter(pk=event.subject_id).first()
    if event.ticket_id is None or failed is None:
        return
    recipients = ", ".join(failed.payload.get("recipients", []))
    with wording.in_language(desk.current().locale):
        if event.kind == OutboxKind.EXPIRED:
            text = _("A mail to %(recipients)s was not sent: its time had passed.")
        else:
            text = _("A mail to %(recipients)s could not be delivered: %(reason)s")
        text %= {"recipients": recipients, "reason": failed.last_error}
    _tell_team(event, text, data={"outbox_id": failed.pk})


# ---- replies


def _agents_message(event: Event) -> Message | None:
    """The public message of ours that the Event tells of."""
    if event.kind not in {Kind.REPLIED, Kind.OPENED}:
        return None
    return (
        Message.objects.filter(
            pk=event.data["message_id"],
            kind=Message.Kind.REPLY,
            direction=Message.Direction.OUT,
            author_kind=Message.AuthorKind.USER,
        )
        .select_related("ticket__mailbox", "ticket__requester__organisation")
        .first()
    )


def _unreachable(ticket: Ticket) -> str:
    with wording.in_language(desk.current().locale):
        return _("This reply was not sent: %(name)s has no address that mail can reach.") % {
            "name": ticket.requester_name or _("the customer")
        }


def _tell_team(event: Event, text: str, *, data: core_events.Data) -> None:
    """An internal note by the desk itself, once for each cause; also on a closed ticket."""
    if event.ticket_id is None:
        return
    ticket = access.lock(event.ticket_id, actor=_SYSTEM, right=_RIGHT)
    if _was_dealt_with(event):
        return
    at = max(event.at, ticket.last_event_at)
    note = messages.write_system_note(ticket, Body.plain(text), at=at)
    facts: core_events.Data = {"cause": event.pk, "message_id": note.pk, **data}
    events.record(ticket, Kind.DELIVERY_FAILED, actor=_SYSTEM, at=at, data=facts)


# ---- automatic letters


def _writer(event: Event, ticket: Ticket) -> Correspondent | None:
    """Whoever wrote the first message, unless mail cannot reach him or would reach us.

    Without the name he gave himself: it would carry his words to whomever he pretends to be.
    """
    first = Message.objects.get(pk=event.data["message_id"])
    address = first.author_address
    if not sendable(address) or mailboxes.services.is_ours(address):
        return None
    return Correspondent(address, person_id=ticket.requester_id)


def _send_letter(
    event: Event,
    ticket: Ticket,
    message: Message,
    *,
    name: str,
    key: str,
    automatic: Automatic,
    not_after: datetime,
    next_at: datetime | None = None,
) -> None:
    to = list(message.recipients.all())
    raw = mails.of_letter(message, to, automatic=automatic)
    addresses = [one.address for one in to]
    _put(key, raw, message, addresses, not_after=not_after, next_at=next_at)
    facts: core_events.Data = {
        "cause": event.pk,
        "letter": name,
        "message_id": message.pk,
        "person_id": ticket.requester_id,
    }
    at = max(event.at, ticket.last_event_at)
    events.record(ticket, Kind.LETTER_SENT, actor=_SYSTEM, at=at, data=facts)


def _withhold(event: Event, ticket: Ticket, letter: str, *, reason: str) -> None:
    facts: core_events.Data = {"cause": event.pk, "letter": letter, "reason": reason}
    at = max(event.at, ticket.last_event_at)
    events.record(ticket, Kind.LETTER_WITHHELD, actor=_SYSTEM, at=at, data=facts)


def _over(limits: Limits, at: datetime, **whose: object) -> str:
    """The code of the limit that is reached, or empty.

    The span is counted to both sides, because Events may be announced out of order.
    """
    for most, span in limits:
        sent = Event.objects.filter(
            kind=Kind.LETTER_SENT, at__gt=at - span, at__lt=at + span, **whose
        )
        if sent.count() >= most:
            return f"limit_{most}_in_{int(span.total_seconds() // 60)}_min"
    return ""


def _is_known(event: Event, ticket: Ticket) -> bool:
    """Whether the sender can be believed: his domain was checked, or we have written to him."""
    if event.data.get("authenticated"):
        return True
    earlier = Ticket.objects.filter(
        requester_id=ticket.requester_id, last_agent_message_at__isnull=False
    )
    return earlier.exists()


def _is_gone(ticket: Ticket) -> bool:
    return ticket.deleted_at is not None or ticket.spam_at is not None


def _confirmation_key(promise_id: int) -> str:
    """A promise is confirmed as it was made, in its first version."""
    return f"promise:{promise_id}:1:confirm"


def _contact_time(promise: Promise, at: datetime) -> datetime | None:
    """The beginning of the next contact hours; None for at once."""
    chosen = PromiseSettings.objects.get(pk=1)
    hours = rules.contact_time(promise.zone, chosen.contact_from, chosen.contact_until)
    begins = arithmetic.next_open(hours, at)
    told_at = promise.from_at if promise.shape == Promise.Shape.AT else promise.until_at
    return begins if begins and at < begins < told_at else None


def _was_dealt_with(event: Event) -> bool:
    """Whether this Event had its letter, or its note. The caller holds the ticket's lock."""
    return Event.objects.filter(ticket_id=event.ticket_id, data__cause=event.pk).exists()


def _is_in_outbox(key: str) -> bool:
    return OutboxMessage.objects.filter(idem_key=key).exists()


def _put(
    key: str,
    raw: bytes,
    message: Message,
    recipients: Sequence[str],
    *,
    not_after: datetime | None = None,
    next_at: datetime | None = None,
) -> None:
    mailbox = mails.mailbox_of(message.ticket)
    outbox.services.put_mail(
        key=key,
        raw=raw,
        sender=mailbox.address,
        recipients=[sendable(address) for address in recipients],
        mailbox_id=mailbox.pk,
        ticket_id=message.ticket_id,
        not_after=not_after,
        next_at=next_at,
    )
