"""Somebody takes what nobody has."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.actor import Actor
from core.errors import Forbidden, Refused
from tickets import access
from tickets.models import Ticket
from tickets.services.routing import assign


@transaction.atomic
def take(ticket_id: int, *, actor: Actor, at: datetime) -> Ticket:
    """The ticket that had no owner is the actor's.

    Raises NotFound or Forbidden as `access.lock` does; Refused `taken` if somebody was quicker,
    and as `assign` does. Again: harmless.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.assign")
    if not actor.is_staff or actor.id is None:
        raise Forbidden("ticket.assign")
    if ticket.assignee_id == actor.id:
        return ticket
    if ticket.assignee is not None:
        raise Refused(
            _("%(name)s has just taken it.") % {"name": ticket.assignee.name}, code="taken"
        )
    return assign(ticket_id, assignee_id=actor.id, actor=actor, at=at)
