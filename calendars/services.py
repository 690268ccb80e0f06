"""Working hours, holidays and special hours. Whoever calls has checked the right to set them.

Editing hours makes a new version in force from now on; dates that have passed are closed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from calendars import arithmetic
from calendars.arithmetic import BadHours
from calendars.events import Kind
from calendars.models import Calendar, CalendarVersion, Holiday, SpecialHours
from calendars.queries import load
from core import events
from core.actor import Actor
from core.errors import NotFound, Refused
from core.text import require_storable

Windows = Sequence[Mapping[str, object]]
"""`{"day": "mon" .. "sun", "start": "HH:MM", "end": "HH:MM"}`; special hours have no day."""

Read = TypeVar("Read")


@transaction.atomic
def create(name: str, *, zone: str, windows: Windows, actor: Actor, at: datetime) -> Calendar:
    """There is a calendar with these hours.

    Refused with the codes of `set_hours`, or `no_name`, `name_taken`.
    """
    _read(lambda: arithmetic.parse_hours(zone, windows))
    name = _require_name(name)
    try:
        with transaction.atomic():
            calendar = Calendar.objects.create(name=name, zone=zone)
    except IntegrityError as error:
        raise Refused(
            _("There is already a calendar with this name."), code="name_taken", field="name"
        ) from error
    _add_version(calendar, 1, zone, windows, at)
    _record(calendar, Kind.CREATED, actor, at, number=1)
    return calendar


@transaction.atomic
def set_hours(
    calendar_id: int, *, zone: str, windows: Windows, actor: Actor, at: datetime
) -> CalendarVersion:
    """From `at` on these weekly windows in this zone are in force; what has passed stays.

    The same hours again change nothing. Refused `empty_window`, `overlapping_windows`,
    `unknown_time_zone`, `bad_time_of_day`, `bad_week_day` or `never_open`.
    """
    _read(lambda: arithmetic.parse_hours(zone, windows))
    calendar = _lock(calendar_id)
    last = calendar.versions.order_by("-number").first()
    if last and last.zone == zone and last.windows == list(windows):
        return last
    calendar.zone = zone
    calendar.save(update_fields=["zone"])
    number = last.number + 1 if last else 1
    version = _add_version(calendar, number, zone, windows, at)
    _record(calendar, Kind.HOURS_SET, actor, at, number=number)
    return version


@transaction.atomic
def add_holiday(
    calendar_id: int, *, on: str | date, name: str = "", actor: Actor, at: datetime
) -> Holiday:
    """Nothing is open on this date, unless it has special hours. Again: only the name changes.

    Refused `bad_date`, or `past_date` for a date that has passed.
    """
    calendar = _lock(calendar_id)
    day = _require_future(calendar, on, at)
    name = require_storable(name, field="name").strip()[:120]
    holiday, made = Holiday.objects.update_or_create(
        calendar=calendar, on=day, defaults={"name": name}
    )
    if made:
        _record(calendar, Kind.HOLIDAY_ADDED, actor, at, on=day.isoformat())
    return holiday


@transaction.atomic
def remove_holiday(calendar_id: int, *, on: str | date, actor: Actor, at: datetime) -> None:
    """The week's windows apply on this date again. Refused `bad_date` or `past_date`."""
    calendar = _lock(calendar_id)
    day = _require_future(calendar, on, at)
    gone, _rows = Holiday.objects.filter(calendar=calendar, on=day).delete()
    if gone:
        _record(calendar, Kind.HOLIDAY_REMOVED, actor, at, on=day.isoformat())


@transaction.atomic
def set_special_hours(
    calendar_id: int, *, on: str | date, windows: Windows, actor: Actor, at: datetime
) -> SpecialHours:
    """On this date these windows are open instead of the week's; without any, it is closed.

    Refused `bad_date`, `past_date`, `bad_special_hours` or a window's code as in `set_hours`.
    """
    calendar = _lock(calendar_id)
    day = _require_future(calendar, on, at)
    _read(lambda: arithmetic.parse_special(windows))
    special, _made = SpecialHours.objects.update_or_create(
        calendar=calendar, on=day, defaults={"windows": [dict(window) for window in windows]}
    )
    _record(calendar, Kind.SPECIAL_HOURS_SET, actor, at, on=day.isoformat())
    return special


@transaction.atomic
def remove_special_hours(calendar_id: int, *, on: str | date, actor: Actor, at: datetime) -> None:
    """The week's windows apply on this date again. Refused `bad_date` or `past_date`."""
    calendar = _lock(calendar_id)
    day = _require_future(calendar, on, at)
    gone, _rows = SpecialHours.objects.filter(calendar=calendar, on=day).delete()
    if gone:
        _record(calendar, Kind.SPECIAL_HOURS_REMOVED, actor, at, on=day.isoformat())


def is_open(calendar_id: int, at: datetime) -> bool:
    """Whether the calendar is open at this second."""
    return arithmetic.is_open(load(calendar_id), at)


def next_open(calendar_id: int, at: datetime) -> datetime | None:
    """`at` if open, else the next opening; None if there is none within 400 days."""
    return arithmetic.next_open(load(calendar_id), at)


def end_of_working_day(calendar_id: int, on: date) -> datetime | None:
    """The last closing of a date of the calendar's zone; None if it is closed that day."""
    return arithmetic.end_of_working_day(load(calendar_id), on)


def working_days_between(calendar_id: int, after: date, until: date) -> int:
    """How many dates in (after, until] have open time."""
    return arithmetic.working_days_between(load(calendar_id), after, until)


def sentence(error: BadHours) -> str:
    """What a person is told of hours, a date or a zone that cannot be."""
    sentences = {
        "empty_window": _("Start and end are the same. For the whole day use 00:00 to 24:00."),
        "overlapping_windows": _("Two windows overlap. Join them or move one."),
        "unknown_time_zone": _("Choose a time zone by its name, such as Europe/Amsterdam."),
        "bad_time_of_day": _("Write times as HH:MM, such as 09:00."),
        "bad_week_day": _("Write days as mon, tue, wed, thu, fri, sat or sun."),
        "bad_date": _("Write a real date between 2000 and 2199 as YYYY-MM-DD."),
        "never_open": _("Give at least one window: these hours are never open."),
        "bad_special_hours": _("These hours cross midnight. Enter them as two dates."),
    }
    return sentences[error.code]


def _read(parse: Callable[[], Read]) -> Read:
    try:
        return parse()
    except BadHours as error:
        field = {"unknown_time_zone": "zone", "bad_date": "on"}.get(error.code, "windows")
        raise Refused(
            sentence(error), code=error.code, field=field, facts={"entered": error.what}
        ) from error


def _require_future(calendar: Calendar, on: str | date, at: datetime) -> date:
    text = on.isoformat() if isinstance(on, date) else on
    day = _read(lambda: arithmetic.parse_date(text))
    if day < arithmetic.wall_of(at, calendar.zone).date():
        raise Refused(
            _("This date has passed; working time that has passed is not changed."),
            code="past_date",
            field="on",
        )
    return day


def _require_name(name: str) -> str:
    name = require_storable(name, field="name").strip()[:120]
    if not name:
        raise Refused(_("Give the calendar a name."), code="no_name", field="name")
    return name


def _lock(calendar_id: int) -> Calendar:
    calendar = Calendar.objects.select_for_update(no_key=True).filter(pk=calendar_id).first()
    if calendar is None:
        raise NotFound(f"calendar {calendar_id}")
    return calendar


def _add_version(
    calendar: Calendar, number: int, zone: str, windows: Windows, at: datetime
) -> CalendarVersion:
    return CalendarVersion.objects.create(
        calendar=calendar,
        number=number,
        valid_from=at,
        zone=zone,
        windows=[dict(window) for window in windows],
    )


def _record(calendar: Calendar, kind: Kind, actor: Actor, at: datetime, **data: object) -> None:
    events.record(
        kind, subject_kind="calendar", subject_id=calendar.pk, actor=actor, at=at, data=dict(data)
    )
