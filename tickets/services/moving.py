"""A ticket gets another status: the steps that verbs share. The caller holds the lock."""

from datetime import datetime, timedelta

import timers.services
from core import events as core_events
from core.actor import Actor
from tickets import events, lifecycle
from tickets.models import Ticket

CLOSE_AFTER = timedelta(hours=96)
CLOSING = "ticket.close"

Status = Ticket.Status


def customer_wrote(ticket: Ticket, *, at: datetime) -> core_events.Data:
    """What a customer's message does: it wakes a ticket that waited for him or was solved.

    One on hold stays so and is flagged. A snooze ends.
    """
    ticket.last_customer_message_at = at
    ticket.snoozed_until = None
    changed: core_events.Data = {}
    if ticket.status in {Status.PENDING, Status.SOLVED}:
        changed = open_again(ticket, at=at)
    elif ticket.status == Status.ON_HOLD:
        ticket.customer_wrote_on_hold = True
    ticket.save(
        update_fields=[
            "last_customer_message_at",
            "snoozed_until",
            *lifecycle.STATUS_FIELDS,
        ]
    )
    return changed


def open_again(ticket: Ticket, *, at: datetime) -> core_events.Data:
    """The ticket is open; if it was solved, its closing is called off. Unsaved."""
    was_solved = ticket.status == Status.SOLVED
    changed = lifecycle.move(ticket, Status.OPEN, at=at)
    if was_solved:
        timers.services.cancel_timer(CLOSING, ticket.pk)
    return changed


def change(
    ticket: Ticket,
    to: str,
    kind: events.Kind,
    *,
    actor: Actor,
    at: datetime,
    data: core_events.Data | None = None,
) -> None:
    """The move is made, saved and recorded."""
    changed = lifecycle.move(ticket, to, at=at)
    ticket.save(update_fields=list(lifecycle.STATUS_FIELDS))
    events.record(ticket, kind, actor=actor, at=at, data={**changed, **(data or {})})
