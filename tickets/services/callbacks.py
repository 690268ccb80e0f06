"""A promised contact took place, or did not: the contact is written and the promise settled.

Both in one transaction. A connected call counts as our reply, or as the customer's message if he
called, unless it left the open message unanswered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

import promises.access
import promises.services
from core import events as core_events
from core.actor import Actor
from core.errors import Refused
from promises.models import Promise
from promises.services import Draft
from tickets import events, lifecycle
from tickets.models import Message, Ticket
from tickets.services import messages, moving, replying, typed
from tickets.services.records import Body

LONGEST_CALL_MINUTES = 24 * 60
Status = Ticket.Status


@dataclass(frozen=True, slots=True)
class Call:
    """A call (or, with the channel "visit", a visit) that has just ended.

    `outcome` is connected, not_reached or voicemail; `direction` out or in. The contact counts
    from when it began, `minutes` ago. `said` is Markdown and may be empty.
    """

    outcome: str
    minutes: int = 0
    said: str = ""
    direction: str = Message.Direction.OUT
    channel: str = "phone"
    answers_open_message: bool = True


@dataclass(frozen=True, slots=True)
class MessageLink:
    """A contact that stands on the ticket already."""

    message_id: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A reply to be written now, in Markdown."""

    text_md: str


@transaction.atomic
def keep(
    promise_id: int,
    *,
    contact: Call | MessageLink,
    actor: Actor,
    at: datetime,
    channel_accepted: bool = False,
) -> Promise:
    """The promised contact took place: kept, or kept late, by the instant of the contact.

    Raises and refuses as `promises.services.keep`; for the call also `bad_call`, `bad_minutes`
    and what its text is refused for.
    """
    message_id = _written(promise_id, contact, actor=actor, at=at)
    return promises.services.keep(
        promise_id, message_id=message_id, channel_accepted=channel_accepted, actor=actor, at=at
    )


@transaction.atomic
def attempt(
    promise_id: int,
    *,
    contact: Call | MessageLink,
    actor: Actor,
    at: datetime,
    follow_up: Draft | None = None,
) -> Promise:
    """A call did not get through; with `follow_up` the promise ends as attempted.

    Raises and refuses as `promises.services.attempt`, and for the call as `keep`.
    """
    message_id = _written(promise_id, contact, actor=actor, at=at)
    return promises.services.attempt(
        promise_id, message_id=message_id, follow_up=follow_up, actor=actor, at=at
    )


@transaction.atomic
def renegotiate(
    promise_id: int,
    *,
    draft: Draft,
    contact: Call | MessageLink,
    actor: Actor,
    at: datetime,
    moved_by: str = Promise.MovedBy.AGENT,
) -> Promise:
    """Another time was agreed in the contact; answers the promise that stands now.

    Raises and refuses as `promises.services.renegotiate`, and for the call as `keep`.
    """
    message_id = _written(promise_id, contact, actor=actor, at=at)
    return promises.services.renegotiate(
        promise_id, draft=draft, message_id=message_id, moved_by=moved_by, actor=actor, at=at
    )


@transaction.atomic
def break_openly(
    promise_id: int,
    *,
    reason: str,
    contact: Call | MessageLink | Letter,
    actor: Actor,
    at: datetime,
) -> Promise:
    """The customer was told that the promise will not be kept.

    A letter is a reply like any other. Raises and refuses as `promises.services.break_openly`,
    for the letter as `reply`, and for the call as `keep`.
    """
    if isinstance(contact, Letter):
        ticket, _promise = promises.access.lock(promise_id, actor=actor, right="promise.settle")
        message_id = replying.reply(ticket.pk, text_md=contact.text_md, actor=actor, at=at).pk
    else:
        message_id = _written(promise_id, contact, actor=actor, at=at)
    return promises.services.break_openly(
        promise_id, reason=reason, message_id=message_id, actor=actor, at=at
    )


@transaction.atomic
def cancel_by_customer(
    promise_id: int,
    *,
    actor: Actor,
    at: datetime,
    contact: Call | MessageLink | None = None,
    reason: str = "",
) -> Promise:
    """The customer no longer wants it, or called in himself and was served.

    Raises and refuses as `promises.services.cancel_by_customer`, and for the call as `keep`.
    """
    message_id = _written(promise_id, contact, actor=actor, at=at) if contact else None
    return promises.services.cancel_by_customer(
        promise_id, message_id=message_id, reason=reason, actor=actor, at=at
    )


def _written(promise_id: int, contact: Call | MessageLink, *, actor: Actor, at: datetime) -> int:
    """The id of the contact's message; a call is written first."""
    if isinstance(contact, MessageLink):
        return contact.message_id
    ticket, promise = promises.access.lock(promise_id, actor=actor, right="promise.settle")
    at = max(at, ticket.last_event_at)
    name = messages.staff_name(actor, right="promise.settle")
    body = _body(contact)
    # It cannot have begun before it was promised, whatever its length.
    began = max(at - timedelta(minutes=contact.minutes), promise.made_at)
    message = Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.CALL,
        direction=contact.direction,
        channel=contact.channel,
        author_kind=Message.AuthorKind.USER,
        author_id=actor.id,
        author_name=name,
        at=began,
        source_md=body.source_md,
        body_html=body.html,
        body_text=body.text,
        new_part_text=body.new_text,
        new_part_html=body.new_html,
        call_outcome=contact.outcome,
        call_minutes=contact.minutes,
        answers_open_message=contact.answers_open_message,
    )
    facts: core_events.Data = {
        "message_id": message.pk,
        "promise_id": promise_id,
        "outcome": contact.outcome,
        "direction": contact.direction,
        "minutes": contact.minutes,
        **_effects(ticket, message, at=at),
    }
    events.record(ticket, events.Kind.CALLED, actor=actor, at=at, data=facts)
    return message.pk


def _body(call: Call) -> Body:
    """What was said, if anything was written; Refused for a call that cannot have been."""
    if call.outcome not in Message.CallOutcome.values or call.channel not in ("phone", "visit"):
        raise Refused(
            _("Say whether you reached the customer, left a voicemail, or neither."),
            code="bad_call",
            field="outcome",
        )
    if call.direction not in (Message.Direction.OUT, Message.Direction.IN):
        raise Refused(
            _("Say whether you called or the customer did."), code="bad_call", field="direction"
        )
    if not 0 <= call.minutes <= LONGEST_CALL_MINUTES:
        raise Refused(
            _("Give the length in whole minutes, at most %(limit)d.")
            % {"limit": LONGEST_CALL_MINUTES},
            code="bad_minutes",
            field="minutes",
        )
    return typed.text(call.said, field="said") if call.said.strip() else Body.plain("")


def _effects(ticket: Ticket, message: Message, *, at: datetime) -> core_events.Data:
    """What the call does to the ticket. A solved one stays solved: a check-back was kept."""
    connected = message.call_outcome == Message.CallOutcome.CONNECTED
    if not (connected and message.answers_open_message) or ticket.status == Status.SOLVED:
        return {}
    if message.direction == Message.Direction.IN:
        return moving.customer_wrote(ticket, at=at)
    ticket.last_agent_message_at = at
    changed = lifecycle.move(ticket, Status.OPEN, at=at) if ticket.status == Status.NEW else {}
    ticket.save(update_fields=["last_agent_message_at", *lifecycle.STATUS_FIELDS])
    return changed
