"""Calendars read into the pure form that `calendars.arithmetic` works on."""

from calendars.arithmetic import Pattern, WorkingTime, parse_special, parse_weekly
from calendars.models import Calendar, CalendarVersion, Holiday, SpecialHours


def default() -> Calendar:
    """The desk's own calendar: a migration makes it, and there is always exactly one."""
    return Calendar.objects.get(is_default=True)


def load(calendar_id: int) -> WorkingTime:
    """The whole calendar in pure form: three statements."""
    return _load(calendar_id=calendar_id)


def default_hours() -> WorkingTime:
    """The desk's own calendar in pure form: three statements."""
    return _load(calendar__is_default=True)


def _load(**whose: object) -> WorkingTime:
    versions = CalendarVersion.objects.filter(**whose).order_by("number")
    holidays = Holiday.objects.filter(**whose).values_list("on", flat=True)
    special = SpecialHours.objects.filter(**whose).values_list("on", "windows")
    return WorkingTime(
        patterns=tuple(
            Pattern(version.valid_from, version.zone, parse_weekly(version.windows))
            for version in versions
        ),
        holidays=frozenset(holidays),
        special={on: parse_special(windows) for on, windows in special},
    )
