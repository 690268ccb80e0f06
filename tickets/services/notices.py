"""Who hears of a ticket: given to somebody, answered by the customer, a mail that failed.

A consumer of tickets' Events, idempotent by the Event. These stay inside the desk: no mail.
"""

from collections.abc import Callable

from accounts.models import User
from core.actor import Actor, ActorKind
from core.models import Event
from notifications.audience import lead_for
from notifications.services import Notice, notify, settle
from tickets.access import visible_to
from tickets.events import Kind
from tickets.models import Ticket

ASSIGNED = "ticket.assigned"
REPLIED = "ticket.replied"
FLAGGED = "ticket.flagged"
DELIVERY_FAILED = "ticket.delivery_failed"
# What is told until somebody looks after the ticket again.
_ANSWERED = frozenset({REPLIED, FLAGGED})


def ticket_notices(event: Event) -> None:
    """Whoever should know what happened to the ticket knows it."""
    tell = _HANDLERS.get(event.kind)
    if tell is None:
        return
    tickets = Ticket.objects.live().select_related("assignee__reports_to", "team__lead")
    ticket = tickets.filter(pk=event.ticket_id or 0).first()
    if ticket is not None:
        tell(event, ticket)


def _given(event: Event, ticket: Ticket) -> None:
    """The new assignee, unless he took it himself; whoever had it need not care any more."""
    was, now = event.data.get("assignee_was"), event.data.get("assignee_id")
    if was == now:
        return
    if isinstance(was, int):
        settle("ticket", ticket.pk, event_id=event.pk, at=event.at, user_id=was)
    if ticket.assignee and ticket.assignee_id == now:
        _tell(event, ticket, ticket.assignee, ASSIGNED)


def _wrote(event: Event, ticket: Ticket) -> None:
    answered_at = ticket.last_agent_message_at
    if ticket.assignee and (answered_at is None or answered_at <= event.at):
        _tell(event, ticket, ticket.assignee, REPLIED)


def _was_flagged(event: Event, ticket: Ticket) -> None:
    if ticket.assignee:
        _tell(event, ticket, ticket.assignee, FLAGGED)


def _failed(event: Event, ticket: Ticket) -> None:
    """A customer waits for a mail that never came: somebody must act, with or without assignee."""
    assignee = ticket.assignee
    works = assignee and visible_to(Actor.user(assignee.pk)).filter(pk=ticket.pk).exists()
    user = assignee if works else lead_for(ticket.team, assignee)
    if user:
        _tell(event, ticket, user, DELIVERY_FAILED, is_urgent=True)


def _was_answered(event: Event, ticket: Ticket) -> None:
    settle("ticket", ticket.pk, event_id=event.pk, at=event.at, kinds=_ANSWERED)


def _is_over(event: Event, ticket: Ticket) -> None:
    settle("ticket", ticket.pk, event_id=event.pk, at=event.at)


_HANDLERS: dict[str, Callable[[Event, Ticket], None]] = {
    Kind.OPENED: _given,
    Kind.ASSIGNED: _given,
    Kind.TRANSFERRED: _given,
    Kind.CUSTOMER_REPLIED: _wrote,
    Kind.THIRD_PARTY_REPLIED: _wrote,
    Kind.MESSAGE_FLAGGED: _was_flagged,
    Kind.MESSAGE_ACCEPTED: _was_answered,
    Kind.REPLIED: _was_answered,
    Kind.SOLVED: _was_answered,
    Kind.DELIVERY_FAILED: _failed,
    Kind.CLOSED: _is_over,
}


def _tell(event: Event, ticket: Ticket, user: User, kind: str, *, is_urgent: bool = False) -> None:
    by_user = event.actor_kind == ActorKind.USER
    if by_user and event.actor_id == user.pk:
        return
    notice = Notice(
        kind=kind,
        cause=f"{kind}:{ticket.pk}",
        event_id=event.pk,
        at=event.at,
        ticket_id=ticket.pk,
        subject_kind="ticket",
        subject_id=ticket.pk,
        data={"by_id": event.actor_id if by_user else None},
        is_urgent=is_urgent,
    )
    notify(user, notice)
