"""When a person works today, for "You work until 17:30"."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from calendars import arithmetic
from calendars.arithmetic import WorkingTime
from calendars.queries import default_hours, load

_KEEP_S = 60.0
_KEEP_PEOPLE = 2000
_hours: dict[int, tuple[float, WorkingTime]] = {}
_calendars: dict[int, tuple[float, int]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Shift:
    """The first opening and the last closing of a person's day."""

    starts_at: datetime
    ends_at: datetime


def shift_of(user: User, *, at: datetime) -> Shift | None:
    """The person's working day on the date of `at`; None if he does not work then.

    By his own calendar, else his first team's, else the desk's, as reminders are; a change shows
    within a minute.
    """
    hours = _hours_of(user.calendar_id or _calendar_of_team(user))
    on = arithmetic.local_date(hours, at)
    starts_at = arithmetic.start_of_working_day(hours, on)
    ends_at = arithmetic.end_of_working_day(hours, on)
    return Shift(starts_at, ends_at) if starts_at and ends_at else None


def forget() -> None:
    """Read everything again at the next call."""
    with _lock:
        _hours.clear()
        _calendars.clear()


def _calendar_of_team(user: User) -> int:
    """The calendar of the person's first team that has one; 0 stands for the desk's."""
    with _lock:
        found = _calendars.get(user.pk)
        if found and time.monotonic() - found[0] < _KEEP_S:
            return found[1]
    teams = user.teams.filter(archived_at__isnull=True, calendar__isnull=False).order_by("pk")
    calendar_id = teams.values_list("calendar_id", flat=True).first() or 0
    with _lock:
        if len(_calendars) >= _KEEP_PEOPLE:
            _calendars.clear()
        _calendars[user.pk] = (time.monotonic(), calendar_id)
    return calendar_id


def _hours_of(calendar_id: int) -> WorkingTime:
    with _lock:
        found = _hours.get(calendar_id)
        if found and time.monotonic() - found[0] < _KEEP_S:
            return found[1]
    hours = load(calendar_id) if calendar_id else default_hours()
    with _lock:
        _hours[calendar_id] = (time.monotonic(), hours)
    return hours
