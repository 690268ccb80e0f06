"""Times as the reader writes them, for the sentences of refusals."""

from datetime import date, datetime, time

from babel.dates import format_date, format_datetime, format_time
from django.utils import timezone
from django.utils.translation import get_language, to_locale


def clock(of_day: time) -> str:
    """15:00"""
    return str(format_time(of_day, "short", locale=_locale()))


def day(on: date) -> str:
    """20 November 2026"""
    return str(format_date(on, "long", locale=_locale()))


def day_and_clock(wall: datetime) -> str:
    """Mon, 23 Nov, 08:00"""
    return str(format_datetime(wall, "EEE d MMM, HH:mm", locale=_locale()))


def moment(at: datetime, *, now: datetime) -> str:
    """The time of day in the reader's zone, with the date unless it is today's."""
    local = timezone.localtime(at)
    if local.date() == timezone.localtime(now).date():
        return clock(local.time())
    return str(format_datetime(local.replace(tzinfo=None), "d MMM, HH:mm", locale=_locale()))


def _locale() -> str:
    return to_locale(get_language() or "en-gb")
