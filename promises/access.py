"""Which promises somebody may know of, and which he may settle. Source: architecture 10."""

from django.db.models import Q

from accounts.access import has_right
from accounts.models import Team
from core.actor import Actor
from core.errors import Forbidden, NotFound
from promises.models import Promise, PromiseQuerySet
from tickets import access
from tickets.models import Ticket


def visible_to(actor: Actor) -> PromiseQuerySet:
    """The promises on the tickets the actor may know of. Every read of promises starts here."""
    return Promise.objects.filter(ticket__in=access.visible_to(actor))


def lock(promise_id: int, *, actor: Actor, right: str) -> tuple[Ticket, Promise]:
    """The ticket and its promise, locked in this order, seen and permitted.

    NotFound if there is no such promise the actor may see; Forbidden if he lacks `right`.
    """
    ticket_id = Promise.objects.filter(pk=promise_id).values_list("ticket_id", flat=True).first()
    if ticket_id is None:
        raise NotFound(f"promise {promise_id}")
    ticket = access.lock(ticket_id, actor=actor, right=right)
    promise = Promise.objects.select_for_update(no_key=True).filter(ticket=ticket, pk=promise_id)
    return ticket, promise.get()


def lock_if_free(promise_id: int) -> tuple[Ticket, Promise] | None:
    """For a timer: both, if nobody is editing either now. Never waits; NotFound if gone."""
    ticket_id = Promise.objects.filter(pk=promise_id).values_list("ticket_id", flat=True).first()
    if ticket_id is None:
        raise NotFound(f"promise {promise_id}")
    ticket = access.lock_if_free(ticket_id)
    if ticket is None:
        return None
    free = Promise.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    promise = free.filter(pk=promise_id).first()
    return None if promise is None else (ticket, promise)


def open_of(ticket: Ticket) -> list[Promise]:
    """The open promises of a ticket, soonest first, locked. The caller holds the ticket's lock."""
    promises = Promise.objects.open().filter(ticket=ticket).order_by("until_at", "id")
    return list(promises.select_for_update(no_key=True, of=("self",)))


def require_own(promise: Promise, actor: Actor, *, right: str) -> None:
    """Forbidden unless it is the actor's own or a colleague's in one of his teams."""
    if not is_own(promise, actor):
        raise Forbidden(right)


def is_own(promise: Promise, actor: Actor) -> bool:
    """Whether the actor may settle it: his own, or of his team; the customer's; the system's."""
    if not actor.is_staff:
        return actor.is_system or actor.is_customer
    if promise.owner_id == actor.id:
        return True
    shared = Q(pk=promise.team_id or 0) | Q(members=promise.owner_id or 0)
    return Team.objects.filter(members=actor.id or 0).filter(shared).exists()


def may_act_for(team: Team | None, actor: Actor) -> bool:
    """Whether the actor is the team's lead, or a supervisor or manager of it."""
    if actor.is_system or (team is not None and team.lead_id == actor.id):
        return True
    if not has_right(actor, "promise.hand_over_any"):
        return False
    in_team = team is None or team.members.filter(pk=actor.id or 0).exists()
    return in_team or has_right(actor, "ticket.see_all")
