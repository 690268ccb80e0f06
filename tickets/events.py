"""The ticket's record: kinds of Events, and the thin `record` that every verb ends with.

What stands in `data`, apart from `v`, the ticket's version: `message_id` of the message that was
written; `from` and `to`, the status before and after, where it changed; ids and codes named in
the verbs.
"""

from datetime import datetime
from enum import StrEnum

from django.db.models import F

from core import events
from core.actor import Actor
from core.models import Event
from tickets.models import Ticket


class Kind(StrEnum):
    OPENED = "ticket.opened"
    CUSTOMER_REPLIED = "ticket.customer_replied"
    THIRD_PARTY_REPLIED = "ticket.third_party_replied"
    MESSAGE_FLAGGED = "ticket.message_flagged"
    MESSAGE_ACCEPTED = "ticket.message_accepted"
    AUTO_MESSAGE = "ticket.auto_message"
    REPLIED = "ticket.replied"
    NOTED = "ticket.noted"
    CALLED = "ticket.called"
    LETTER_SENT = "ticket.letter_sent"
    LETTER_WITHHELD = "ticket.letter_withheld"
    DELIVERY_FAILED = "ticket.delivery_failed"
    ASSIGNED = "ticket.assigned"
    TRANSFERRED = "ticket.transferred"
    PRIORITY_SET = "ticket.priority_set"
    WAITING_FOR_CUSTOMER = "ticket.waiting_for_customer"
    HELD = "ticket.held"
    TAKEN_UP = "ticket.taken_up"
    SOLVED = "ticket.solved"
    REOPENED = "ticket.reopened"
    CLOSED = "ticket.closed"


def record(
    ticket: Ticket,
    kind: StrEnum,
    *,
    actor: Actor,
    at: datetime,
    data: events.Data | None = None,
    subject_kind: str = "ticket",
    subject_id: int | None = None,
) -> Event:
    """Write the Event and raise the ticket's `version` and `last_event_at`.

    The caller holds the ticket's lock, so Events of a ticket are in commit order.
    """
    Ticket.objects.filter(pk=ticket.pk).update(version=F("version") + 1, last_event_at=at)
    ticket.version += 1
    ticket.last_event_at = at
    return events.record(
        kind,
        subject_kind=subject_kind,
        subject_id=ticket.pk if subject_id is None else subject_id,
        ticket_id=ticket.pk,
        actor=actor,
        at=at,
        data={"v": ticket.version, **(data or {})},
    )
