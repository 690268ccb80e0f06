"""A promise in words, as the customer is told: day, time and zone, in his language."""

from datetime import datetime

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from calendars import arithmetic
from promises.models import Promise

Shape = Promise.Shape


def describe(promise: Promise, *, locale: str) -> str:
    """Monday 23 November, 15:00 (Europe/Amsterdam), or "by ..." of it, on the customer's clock.

    A time that the clock shows twice that night carries its UTC offset; the year is named if it
    is not the one in which the promise was made.
    """
    language = spoken(locale)
    with translation.override(language):
        values = _values(promise, Locale.parse(translation.to_locale(language)))
        if promise.shape == Shape.AT:
            return _("%(day)s, %(time)s (%(zone)s)") % values
        if promise.shape == Shape.BY:
            return _("by %(day)s, %(time)s (%(zone)s)") % values
        return _("by %(day)s, end of business (%(time)s, %(zone)s)") % values


def told_wall(promise: Promise) -> datetime:
    """The wall time the customer was told, naive: the beginning of "at", else the end."""
    return datetime.fromisoformat(promise.from_wall or promise.until_wall)


def spoken(locale: str) -> str:
    """The language of ours for a locale; the desk's first one where we do not speak it."""
    try:
        return translation.get_supported_language_variant(locale or settings.LANGUAGE_CODE)
    except LookupError:
        return settings.LANGUAGE_CODE


def _values(promise: Promise, locale: Locale) -> dict[str, str]:
    wall = told_wall(promise)
    same_year = wall.year == arithmetic.wall_of(promise.made_at, promise.zone).year
    return {
        "day": _day(wall, locale, with_year=not same_year),
        "time": str(format_time(wall.time(), "short", locale=locale)),
        "zone": _zone(promise, wall),
    }


def _day(wall: datetime, locale: Locale, *, with_year: bool) -> str:
    """The day with its name written out. Babel knows the order of the parts only when short."""
    if with_year:
        return str(format_date(wall, "full", locale=locale))
    short = str(locale.datetime_skeletons["MMMEd"].pattern)
    pattern = short.replace("E", "EEEE", 1).replace("MMM", "MMMM")
    return str(format_datetime(wall, pattern, locale=locale))


def _zone(promise: Promise, wall: datetime) -> str:
    moment = arithmetic.instant_of(wall, promise.zone)
    if not moment.repeated:
        return promise.zone
    offset = wall - moment.instant.replace(tzinfo=None)
    minutes = round(offset.total_seconds() / 60)
    sign = "+" if minutes >= 0 else "-"
    hours, rest = divmod(abs(minutes), 60)
    return f"{promise.zone}, UTC{sign}{hours:02d}:{rest:02d}"
