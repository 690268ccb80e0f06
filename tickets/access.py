"""Fetch, lock and permission in one statement; the only way to get a ticket."""

from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from accounts.access import roles_with
from accounts.models import Team, User
from accounts.rules import CUSTOMER_RIGHTS
from core.actor import Actor, ActorKind
from core.errors import Forbidden, NotFound
from tickets.models import Ticket, TicketQuerySet


def visible_to(actor: Actor) -> TicketQuerySet:
    """The tickets the actor may know of. Every read of tickets starts here.

    Staff see all but those of private teams they are no member of (the right
    `ticket.see_all` lifts that); a customer sees his own; the system sees everything.
    """
    tickets = Ticket.objects.live()
    if actor.kind == ActorKind.SYSTEM:
        return Ticket.objects.all()
    if actor.kind == ActorKind.CUSTOMER:
        return tickets.filter(Q(requester_id=actor.id) | Q(requester__merged_into_id=actor.id))
    if actor.kind != ActorKind.USER:
        return tickets.none()
    return tickets.filter(
        _is_staff(actor),
        Q(team__isnull=True)
        | Q(team__private=False)
        | Exists(
            Team.members.through.objects.filter(team_id=OuterRef("team_id"), user_id=actor.id or 0)
        )
        | Exists(roles_with(actor, "ticket.see_all")),
    )


def lock(ticket_id: int, *, actor: Actor, right: str) -> Ticket:
    """The ticket, locked for this transaction, seen and permitted.

    One statement. NotFound if there is none the actor may see; Forbidden if he lacks `right`.
    """
    ticket = (
        visible_to(actor)
        .annotate(permitted=_permitted(actor, right))
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=ticket_id)
        .first()
    )
    if ticket is None:
        raise NotFound(f"ticket {ticket_id}")
    if not getattr(ticket, "permitted", False):
        raise Forbidden(right)
    return ticket


def lock_if_free(ticket_id: int) -> Ticket | None:
    """For a timer: the ticket if nobody is editing it now, else None. Never waits."""
    return (
        Ticket.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .filter(pk=ticket_id)
        .first()
    )


def _permitted(actor: Actor, right: str) -> Combinable:
    if actor.kind == ActorKind.USER:
        return Exists(roles_with(actor, right))
    allowed = actor.kind == ActorKind.SYSTEM or right in CUSTOMER_RIGHTS
    return Value(allowed, output_field=BooleanField())


def _memberships(actor: Actor) -> QuerySet[Any]:
    return Team.members.through.objects.filter(team_id=OuterRef("team_id"), user_id=actor.id or 0)


def _is_staff(actor: Actor) -> Exists:
    return Exists(User.roles.through.objects.filter(user_id=actor.id or 0, user__is_active=True))
