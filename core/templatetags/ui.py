"""What templates need to draw: icons, avatars, times as people read them, the fuse."""

import math
from datetime import UTC, datetime, timedelta
from typing import Literal

from babel import Locale
from babel.dates import (
    format_date,
    format_datetime,
    format_skeleton,
    format_time,
    get_timezone_location,
)
from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext, to_locale

from core import clock

register = template.Library()

DAY = timedelta(days=1)
WEEK_DAYS = 6
COUNT_CAP = 99
FUSE_WIDTH = 40
COUNTED_IN_SECONDS = 120


# ---- icons, people, figures


@register.simple_tag
def icon(name: str, small: bool = False) -> SafeString:
    """An icon of static/icons.svg. It is decoration: the words stand beside it."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        " s" if small else "",
        static("icons.svg"),
        name,
    )


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last word; of an address, of the part before @."""
    words = [word for word in name.split("@")[0].replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


@register.simple_tag
def avatar(name: str, kind: Literal["", "a", "p", "w"] = "", large: bool = False) -> SafeString:
    """A round with initials: kind "a" colleague, "p" customer, "w" somebody writing a note."""
    classes = " ".join(part for part in ("av", "l" if large else "", kind) if part)
    return format_html(
        '<span class="{}" aria-hidden="true">{}</span>', classes, initials(str(name))
    )


@register.filter
def capped(count: int) -> str:
    """Counts beside navigation stop at 99+."""
    return f"{COUNT_CAP}+" if count > COUNT_CAP else str(count)


@register.simple_tag
def fuse(used: float, state: str) -> SafeString:
    """The share of the time that has gone (0 to 1, more is full), as a small bar."""
    width = round(FUSE_WIDTH * min(max(float(used), 0.0), 1.0))
    return format_html(
        '<svg class="fuse" data-s="{}" viewBox="0 0 40 4" preserveAspectRatio="none"'
        ' aria-hidden="true"><rect class="t" width="40" height="4"/>'
        '<rect class="f" width="{}" height="4"/></svg>',
        state,
        width,
    )


# ---- time: ux.md 10. Instants are aware; the reader's zone and language are those in force.


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en-gb"))


def _has_twelve_hours(locale: Locale) -> bool:
    return "a" in str(locale.time_formats["short"].pattern)


def clock_time(at: datetime) -> str:
    """14:36, or 2:36 pm where that is the custom."""
    return format_time(timezone.localtime(at), "short", locale=_locale())


def day_and_time(at: datetime) -> str:
    """Mon 11:40"""
    locale = _locale()
    skeleton = "Ehm" if _has_twelve_hours(locale) else "EHm"
    return format_skeleton(skeleton, timezone.localtime(at), locale=locale)


def _day(at: datetime, now: datetime) -> str:
    skeleton = "MMMd" if at.year == now.year else "yMMMd"
    return format_skeleton(skeleton, at, locale=_locale())


@register.filter
def exact(at: datetime) -> str:
    """Thursday 19 November 2026, 11:20 Amsterdam"""
    local = timezone.localtime(at)
    zone = timezone.get_current_timezone()
    place = (
        "UTC"
        if zone == UTC or str(zone) == "UTC"
        else get_timezone_location(zone, locale=_locale(), return_city=True)
    )
    day = format_date(local, "full", locale=_locale())
    return pgettext("day, time and place", "%(day)s, %(time)s %(place)s") % {
        "day": day,
        "time": clock_time(at),
        "place": place,
    }


@register.filter
def near(at: datetime) -> str:
    """11:20 on the same day, Mon 11:40 within the week, 1 Dec beyond, with the year if another."""
    local, now = timezone.localtime(at), timezone.localtime(clock.now())
    days = abs((local.date() - now.date()).days)
    if days == 0:
        return clock_time(at)
    return day_and_time(at) if days <= WEEK_DAYS else _day(local, now)


@register.filter
def today_line(at: datetime) -> str:
    """Thursday 19 November, 14:14"""
    local, locale = timezone.localtime(at), _locale()
    return format_datetime(local, _day_pattern(locale), locale=locale)


def _day_pattern(locale: Locale) -> str:
    twelve = _has_twelve_hours(locale)
    date = str(locale.datetime_skeletons["MMMEd"].pattern).replace("E", "EEEE", 1)
    return f"{date.replace('MMM', 'MMMM')}, {'h:mm a' if twelve else 'HH:mm'}"


@register.simple_tag
def local_time(at: datetime, focusable: bool = False, css: str = "") -> SafeString:
    """`<time>` with the near form as text and the exact one in the tooltip.

    `focusable` makes the tooltip reachable by the keyboard: for single times, not in rows.
    """
    tip = exact(at)
    instant = at.astimezone(UTC).isoformat()
    if focusable:
        return format_html(
            '<time class="{}" datetime="{}" tabindex="0" data-tip="{}">{}</time>',
            css,
            instant,
            tip,
            near(at),
        )
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>', css, instant, tip, near(at)
    )


@register.simple_tag
def promised(at: datetime, by: bool = False) -> str:
    """What the customer was told: "15:00" or "by 15:00", with the day if it is another."""
    return pgettext("a promised time", "by %(time)s") % {"time": near(at)} if by else near(at)


@register.simple_tag
def time_left(due: datetime, css: str = "", until: datetime | None = None) -> SafeString:
    """Wall-clock time until or since `due`; static/js/time.js keeps the words up to date.

    With `until` it is "now" from `due` to then, and late only afterwards.
    """
    now = clock.now()
    late = due < now and (until is None or until < now)
    begun = due < now and not late
    return format_html(
        '<time-left class="{}" due="{}"{} title="{}"{}>{}</time-left>',
        css,
        due.astimezone(UTC).isoformat(),
        format_html(' until="{}"', until.astimezone(UTC).isoformat()) if until else "",
        exact(due),
        SafeString(' data-s="late"') if late else "",
        gettext("now") if begun else distance(due - now) or near(due),
    )


def distance(left: timedelta) -> str:
    """in 46 min, in 2 h 10 min, late by 26 min; empty if more than a day away."""
    if abs(left) >= DAY:
        return ""
    late = left < timedelta()
    seconds = abs(left).total_seconds()
    if not late and seconds < 120:
        return gettext("in %(s)s s") % {"s": math.ceil(seconds)}
    total = math.floor(seconds / 60) if late else math.ceil(seconds / 60)
    hours, minutes = divmod(total, 60)
    if late and total == 0:
        return gettext("now")
    return _in_words(hours, minutes, late=late)


def _in_words(hours: int, minutes: int, *, late: bool) -> str:
    values = {"h": hours, "m": minutes}
    if hours == 0:
        return (gettext("late by %(m)s min") if late else gettext("in %(m)s min")) % values
    if minutes == 0:
        return (gettext("late by %(h)s h") if late else gettext("in %(h)s h")) % values
    text = gettext("late by %(h)s h %(m)s min") if late else gettext("in %(h)s h %(m)s min")
    return text % values
