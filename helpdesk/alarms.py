"""Those who look after the background work are told when some of it is given up."""

from accounts.access import holders_of
from core.models import Event
from helpdesk.background import RIGHT
from notifications.services import Notice, notify


def work_stopped(event: Event) -> None:
    """Each of them has one notice for this kind of stop, renewed by the latest.

    A mail on a ticket is left to the note that stands there.
    """
    if event.subject_kind == "outbox_message" and event.ticket_id is not None:
        return
    notice = Notice(
        kind="background.stopped",
        cause=f"background:{event.kind}",
        event_id=event.pk,
        at=event.at,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        is_urgent=True,
    )
    for user in holders_of(RIGHT):
        notify(user, notice)
