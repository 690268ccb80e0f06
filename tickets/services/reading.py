"""What somebody has read."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from core.actor import Actor
from core.errors import Forbidden, NotFound
from tickets import access
from tickets.models import ReadMark


@transaction.atomic
def mark_read(ticket_id: int, *, last_message_id: int, actor: Actor, at: datetime) -> None:
    """The actor has read the ticket up to this message; a mark never goes back.

    Reading changes nothing for others, so there is no Event and no lock. NotFound if he may not
    see the ticket, or Forbidden if he is no member of staff.
    """
    if not actor.is_staff or actor.id is None:
        raise Forbidden("staff")
    if not access.visible_to(actor).filter(pk=ticket_id).exists():
        raise NotFound(f"ticket {ticket_id}")
    _mark, is_new = ReadMark.objects.get_or_create(
        ticket_id=ticket_id,
        user_id=actor.id,
        defaults={"last_message_id": last_message_id, "at": at},
    )
    if not is_new:
        ReadMark.objects.filter(ticket_id=ticket_id, user_id=actor.id).update(
            last_message_id=Greatest(F("last_message_id"), last_message_id), at=at
        )
