"""The verbs that move a ticket from one status to another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

import timers.services
from core import events as core_events
from core.actor import Actor
from core.errors import Refused
from promises.services import Decision, decide_all, open_check_back, require_all_decided
from tickets import access, events, lifecycle
from tickets.models import Ticket
from tickets.services import messages, moving, typed
from timers.services import BUSY, Done, Outcome

Status = Ticket.Status
LOOK_AGAIN = timedelta(hours=1)


@transaction.atomic
def wait_for_customer(ticket_id: int, *, actor: Actor, at: datetime, note: str = "") -> Ticket:
    """It is the customer's turn. `note` says why, if he has not been answered since he wrote.

    Raises NotFound or Forbidden as `access.lock` does; Refused if the ticket cannot wait now, or
    `reply_first` if his last message has neither a reply nor a note.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.wait_for_customer")
    at = max(at, ticket.last_event_at)
    lifecycle.require_move(ticket, Status.PENDING)
    facts: core_events.Data = {}
    if note.strip():
        name = messages.staff_name(actor, right="ticket.wait_for_customer")
        body = typed.text(note, field="note")
        written = messages.write_note(ticket, body, actor=actor, name=name, at=at)
        facts["message_id"] = written.pk
    elif not _is_answered(ticket):
        raise Refused(
            _("Answer the customer first, or write a note why it is his turn."),
            code="reply_first",
            field="note",
        )
    kind = events.Kind.WAITING_FOR_CUSTOMER
    moving.change(ticket, Status.PENDING, kind, actor=actor, at=at, data=facts)
    return ticket


@transaction.atomic
def hold(ticket_id: int, *, reason: str, actor: Actor, at: datetime) -> Ticket:
    """The ticket waits for something else than the customer; `reason` says for what.

    Raises NotFound or Forbidden as `access.lock` does; Refused if it cannot be held now,
    `reason_missing` or `reason_too_long`.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.hold")
    at = max(at, ticket.last_event_at)
    lifecycle.require_move(ticket, Status.ON_HOLD)
    missing = _("Say what the ticket waits for.")
    ticket.hold_reason = typed.line(
        reason, field="reason", limit=typed.REASON_LIMIT, missing=missing
    )
    moving.change(ticket, Status.ON_HOLD, events.Kind.HELD, actor=actor, at=at)
    return ticket


@transaction.atomic
def take_up(ticket_id: int, *, actor: Actor, at: datetime) -> Ticket:
    """A ticket that waited is worked on again.

    Raises NotFound or Forbidden as `access.lock` does; Refused unless it waited.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.take_up")
    at = max(at, ticket.last_event_at)
    lifecycle.require_waiting(ticket)
    moving.change(ticket, Status.OPEN, events.Kind.TAKEN_UP, actor=actor, at=at)
    return ticket


@transaction.atomic
def solve(
    ticket_id: int, *, actor: Actor, at: datetime, promises: Sequence[Decision] = ()
) -> Ticket:
    """The ticket is solved and, unless a complaint, its closing is planned.

    `promises` says what becomes of its open promises. Raises NotFound or Forbidden as
    `access.lock` does; Refused if it cannot be solved now, as the verbs behind the decisions do,
    or `open_promise` (facts: `promise_ids`) while one other than a check-back is undecided.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.solve")
    finish(ticket, promises, actor=actor, at=max(at, ticket.last_event_at))
    return ticket


@transaction.atomic
def reopen(ticket_id: int, *, actor: Actor, at: datetime) -> Ticket:
    """A solved ticket is open again, its closing called off.

    Raises NotFound or Forbidden as `access.lock` does; Refused unless it is solved.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.reopen")
    at = max(at, ticket.last_event_at)
    lifecycle.require_solved(ticket)
    timers.services.cancel_timer(moving.CLOSING, ticket.pk)
    moving.change(ticket, Status.OPEN, events.Kind.REOPENED, actor=actor, at=at)
    return ticket


@transaction.atomic
def close(ticket_id: int, *, actor: Actor, at: datetime) -> Ticket:
    """A solved ticket is closed, for good.

    Only the desk itself closes; staff do if a role was given the right `ticket.close`. Raises
    NotFound or Forbidden as `access.lock` does; Refused unless the ticket is solved, or
    `open_promise` while a check-back is open.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.close")
    at = max(at, ticket.last_event_at)
    lifecycle.require_move(ticket, Status.CLOSED)
    check_back = open_check_back(ticket)
    if check_back is not None:
        raise Refused(
            _("A promise to ask again is still open."),
            code="open_promise",
            facts={"promise_ids": [check_back.pk]},
        )
    timers.services.cancel_timer(moving.CLOSING, ticket.pk)
    moving.change(ticket, Status.CLOSED, events.Kind.CLOSED, actor=actor, at=at)
    return ticket


def fire_close(ticket_id: int, now: datetime) -> Outcome:
    """The closing timer: 96 hours after solving the ticket is closed.

    An open check-back delays it to the end of its time, and hour by hour after that. Does nothing
    for a ticket that was reopened or closed, or is a complaint.
    """
    ticket = access.lock_if_free(ticket_id)
    if ticket is None:
        return BUSY
    if ticket.status != Status.SOLVED or ticket.solved_at is None or _is_complaint(ticket):
        return Done()
    ripe_at = ticket.solved_at + moving.CLOSE_AFTER
    check_back = open_check_back(ticket)
    if check_back is not None:
        ripe_at = max(ripe_at, check_back.until_at, now + LOOK_AGAIN)
    if now < ripe_at:
        return Done(next_due_at=ripe_at)
    at = max(now, ticket.last_event_at)
    moving.change(ticket, Status.CLOSED, events.Kind.CLOSED, actor=Actor.system(), at=at)
    return Done()


def finish(
    ticket: Ticket, promises: Sequence[Decision] = (), *, actor: Actor, at: datetime
) -> None:
    """The locked ticket is solved, its promises decided, its closing planned."""
    lifecycle.require_move(ticket, Status.SOLVED)
    if promises:
        decide_all(ticket, promises, actor=actor, at=at)
    require_all_decided(ticket)
    silent = ticket.last_agent_message_at is None
    kind = events.Kind.SOLVED
    moving.change(ticket, Status.SOLVED, kind, actor=actor, at=at, data={"silent": silent})
    if not _is_complaint(ticket):
        timers.services.set_timer(moving.CLOSING, ticket.pk, due_at=at + moving.CLOSE_AFTER)


def _is_complaint(ticket: Ticket) -> bool:
    return ticket.type == Ticket.Type.COMPLAINT


def _is_answered(ticket: Ticket) -> bool:
    """Whether an agent has replied since the customer last wrote."""
    answered, wrote = ticket.last_agent_message_at, ticket.last_customer_message_at
    return answered is not None and (wrote is None or answered >= wrote)
