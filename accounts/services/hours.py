"""The desk's calendars, as far as the desk itself is concerned."""

from datetime import datetime

from django.db import transaction

import calendars.queries
import calendars.services
from accounts.access import require_right
from accounts.services.desk import lock_desk
from calendars.models import CalendarVersion
from calendars.services import Windows
from core import desk
from core.actor import Actor


@transaction.atomic
def set_business_hours(
    calendar_id: int, *, zone: str, windows: Windows, actor: Actor, at: datetime
) -> CalendarVersion:
    """The calendar has these hours from now on; of the default one the desk knows they are real.

    Raises Forbidden, NotFound, and Refused as `calendars.services.set_hours` does.
    """
    require_right(actor, "calendar.manage")
    row = lock_desk()
    version = calendars.services.set_hours(
        calendar_id, zone=zone, windows=windows, actor=actor, at=at
    )
    if row.hours_set_at is None and calendar_id == calendars.queries.default().pk:
        row.hours_set_at = at
        row.save(update_fields=["hours_set_at"])
        desk.forget()
    return version


def move_default_hours(zone: str, *, actor: Actor, at: datetime) -> None:
    """The hours a new desk starts with hold in its own zone; called while it is set up."""
    calendar = calendars.queries.default()
    last = calendar.versions.latest("number")
    calendars.services.set_hours(calendar.pk, zone=zone, windows=last.windows, actor=actor, at=at)
