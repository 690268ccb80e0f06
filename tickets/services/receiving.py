"""A message comes in from outside."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import events as core_events
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from tickets import access, events, lifecycle
from tickets.models import Message, Ticket
from tickets.services import messages, moving, opening
from tickets.services.records import Incoming

Status = Ticket.Status
_RIGHT = "ticket.reply"


@transaction.atomic
def receive_reply(ticket_id: int, *, incoming: Incoming, actor: Actor, at: datetime) -> Message:
    """The message stands on the ticket; a customer's one wakes a ticket that waited or was solved.

    On a closed ticket it opens a linked follow-up, or joins the one still going on, and that
    ticket's message is returned. Machines' mail changes no status and stays where it came; what
    is flagged changes none until accepted. The same mail again: the message it made.

    Raises NotFound or Forbidden as `access.lock` does; staff do not write by this way.
    """
    ticket = access.lock(ticket_id, actor=actor, right=_RIGHT)
    if actor.is_staff:
        raise Forbidden(_RIGHT)
    known = opening.received_before(incoming)
    if known:
        return known
    ticket = _where_it_belongs(ticket, incoming, actor)
    at = max(at, ticket.last_event_at)
    if ticket.status == Status.CLOSED and not incoming.auto_generated:
        return _open_follow_up(ticket, incoming, actor=actor, at=at)
    message = messages.write_incoming(ticket, incoming, at=at)
    facts: core_events.Data = {"message_id": message.pk}
    if incoming.is_from_customer:
        facts |= moving.customer_wrote(ticket, at=at)
    events.record(ticket, _kind(incoming), actor=actor, at=at, data=facts)
    return message


@transaction.atomic
def accept_message(ticket_id: int, *, message_id: int, actor: Actor, at: datetime) -> Message:
    """A flagged message is public; by a person on the customer's side it counts as his.

    Raises NotFound or Forbidden as `access.lock` does, NotFound for a message of another ticket;
    Refused `closed`, or `not_flagged` if there is nothing to accept.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.accept_message")
    at = max(at, ticket.last_event_at)
    lifecycle.require_not_closed(ticket)
    message = Message.objects.filter(ticket=ticket, pk=message_id).first()
    if message is None:
        raise NotFound(f"message {message_id}")
    if message.flagged_at is None:
        raise Refused(_("This message is not waiting to be accepted."), code="not_flagged")
    message.flagged_at = None
    message.save(update_fields=["flagged_at"])
    facts: core_events.Data = {"message_id": message.pk}
    if message.author_kind == Message.AuthorKind.CUSTOMER and not message.auto_generated:
        facts |= moving.customer_wrote(ticket, at=at)
    events.record(ticket, events.Kind.MESSAGE_ACCEPTED, actor=actor, at=at, data=facts)
    return message


def _kind(incoming: Incoming) -> events.Kind:
    if incoming.bounced:
        return events.Kind.DELIVERY_FAILED
    if incoming.auto_generated:
        return events.Kind.AUTO_MESSAGE
    if incoming.flagged:
        return events.Kind.MESSAGE_FLAGGED
    if incoming.author_kind == "customer":
        return events.Kind.CUSTOMER_REPLIED
    return events.Kind.THIRD_PARTY_REPLIED


def _where_it_belongs(ticket: Ticket, incoming: Incoming, actor: Actor) -> Ticket:
    """The ticket itself, or where its matter goes on: merged into, or followed up by, another.

    Later tickets have higher ids but for merges, so the walk ends; a circle of merges ends it too.
    """
    seen = {ticket.pk}
    while ticket.status == Status.CLOSED and not incoming.auto_generated:
        next_id = ticket.merged_into_id or _going_on(ticket)
        if next_id is None or next_id in seen:
            break
        seen.add(next_id)
        ticket = access.lock(next_id, actor=actor, right=_RIGHT)
    return ticket


def _going_on(ticket: Ticket) -> int | None:
    """The newest follow-up that is still alive; one that is closed may have its own."""
    follow_ups = Ticket.objects.live().filter(follow_up_of=ticket).order_by("-id")
    return follow_ups.values_list("pk", flat=True).first()


def _open_follow_up(closed: Ticket, incoming: Incoming, *, actor: Actor, at: datetime) -> Message:
    """The same requester and team, the same matter, new clocks."""
    ticket = Ticket(
        subject=closed.subject,
        channel=incoming.channel,
        type=closed.type,
        requester=closed.requester,
        mailbox_id=closed.mailbox_id,
        team_id=closed.team_id,
        language=closed.language,
        follow_up_of=closed,
    )
    return opening.begin(ticket, incoming.body, incoming, assignee_id=None, actor=actor, at=at)
