"""Record what happened: one Event, its announcement, and the bell."""

from datetime import datetime

from core.actor import Actor
from core.models import Announcement, Event
from core.notify import notify

Data = dict[str, object]


def record(
    kind: str,
    *,
    subject_kind: str,
    subject_id: int,
    actor: Actor,
    at: datetime,
    ticket_id: int | None = None,
    data: Data | None = None,
) -> Event:
    """Write one Event with its announcement and ring the announcer at commit.

    Call it inside the verb's transaction; for a ticket use `tickets.events.record`.
    """
    event = Event.objects.create(
        kind=kind,
        ticket_id=ticket_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        on_behalf_of_id=actor.on_behalf_of_id,
        request_id=actor.request_id,
        at=at,
        data=data or {},
    )
    Announcement.objects.create(event_id=event.pk)
    notify("events")
    return event
