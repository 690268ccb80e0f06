"""From what was said to a window [from, until]; where it may lie: P-10 to P-13."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from django.utils.translation import gettext as _

from calendars import arithmetic
from calendars.arithmetic import BadHours, Pattern, WallTimeGap, WorkingTime
from core.errors import Refused
from promises.models import Promise
from promises.rules import times

AT_LENGTH = timedelta(minutes=15)
FARTHEST = timedelta(days=90)
LONGEST_WORKING_DAYS = 5
# How much working time a suggested "by" leaves.
ROOM = timedelta(hours=1)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Window:
    """What was promised: instants, and the wall times in the customer's zone behind them.

    `from_wall` is empty for a window that began at once. `repeated` is true where the clock
    shows the promised time twice that night, and the first one is meant.
    """

    shape: str
    zone: str
    from_wall: str
    until_wall: str
    from_at: datetime
    until_at: datetime
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A time to offer instead: date and time of day in the customer's zone, and the instant."""

    on: str
    time: str
    at: datetime

    @property
    def facts(self) -> dict[str, object]:
        return {
            "nearest_on": self.on,
            "nearest_time": self.time,
            "nearest_at": self.at.isoformat(),
        }


def window(
    shape: str, *, zone: str, on: str, clock: str, now: datetime, business: WorkingTime
) -> Window:
    """The window of "at", "by" or "by the end of" a date (`YYYY-MM-DD`) and time (`HH:MM`).

    At 15:00 is [15:00, 15:15]; by 15:00 is [now, 15:00]; by a day ends when `business` closes
    that day, on the customer's clock. Refused `unknown_time_zone`, `bad_date`,
    `bad_time_of_day`, `wall_time_gap`, or `bad_window` if there is no business that day or no
    such way of saying it.
    """
    zone = _read("zone", lambda: arithmetic.require_zone(zone))
    day = _read("on", lambda: arithmetic.parse_date(on))
    if shape == Promise.Shape.AT:
        start, repeated = _instant(_wall(day, _second_of_day(clock)), zone)
        return _made(shape, zone, start, start + AT_LENGTH, repeated=repeated)
    if shape == Promise.Shape.BY:
        until, repeated = _instant(_wall(day, _second_of_day(clock)), zone)
        return _made(shape, zone, now, until, repeated=repeated)
    if shape == Promise.Shape.BY_DAY:
        until, repeated = _instant(_wall(day, _closing(business, day)), zone)
        return _made(shape, zone, now, until, repeated=repeated)
    raise Refused(_("Say “at”, “by” or “by the end of” a day."), code="bad_window", field="shape")


def retold(promise: Promise) -> tuple[datetime, datetime]:
    """The instants of what was told, by the zone's rules of today (P-11).

    Where those rules have come to skip that wall time, the time just after it is meant.
    """
    told = datetime.fromisoformat(promise.from_wall or promise.until_wall)
    try:
        instant = arithmetic.instant_of(told, promise.zone).instant
    except WallTimeGap as gap:
        instant = arithmetic.instant_of(gap.after, promise.zone).instant
    if promise.shape == Promise.Shape.AT:
        return instant, instant + AT_LENGTH
    return promise.from_at, instant


def require_in_reach(wanted: Window, *, now: datetime) -> None:
    """P-12: Refused `bad_window` if the time has passed or lies more than 90 days ahead."""
    begins = wanted.from_at if wanted.shape == Promise.Shape.AT else wanted.until_at
    if begins < now or wanted.until_at <= max(now, wanted.from_at):
        raise Refused(
            _("This time has already passed (now %(now)s).")
            % {"now": times.clock(arithmetic.wall_of(now, wanted.zone).time())},
            code="bad_window",
            field="time",
            facts={"why": "past"},
        )
    if wanted.until_at > now + FARTHEST:
        raise Refused(
            _("A promise lies at most 90 days ahead. Choose a nearer day."),
            code="bad_window",
            field="on",
            facts={"why": "too_far"},
        )


def is_long(wanted: Window, business: WorkingTime) -> bool:
    """P-12: whether the window spans more than five working days, so that the lead must agree."""
    first = arithmetic.local_date(business, wanted.from_at)
    last = arithmetic.local_date(business, wanted.until_at)
    return arithmetic.working_days_between(business, first, last) > LONGEST_WORKING_DAYS


def contact_time(zone: str, since: time, until: time) -> WorkingTime:
    """Contact hours of every day, on the customer's clock."""
    day = ((_seconds(since), _seconds(until)),)
    return WorkingTime((Pattern(datetime(2000, 1, 1, tzinfo=UTC), zone, (day,) * 7),))


def require_contact_hours(wanted: Window, *, since: time, until: time) -> None:
    """P-10: an "at" window lies wholly inside the contact hours, any other ends inside them."""
    ends = datetime.fromisoformat(wanted.until_wall)
    begins = datetime.fromisoformat(wanted.from_wall) if wanted.from_wall else ends
    one_day = begins.date() == ends.date()
    if one_day and since <= begins.time() and ends.time() <= until:
        return
    raise Refused(
        _(
            "Customers are contacted from %(since)s to %(until)s, their time. Choose such a time,"
            " or tick “The customer asked for this time”."
        )
        % {"since": times.clock(since), "until": times.clock(until)},
        code="outside_contact_hours",
        field="time",
        facts={
            "contact_from": f"{since:%H:%M}",
            "contact_until": f"{until:%H:%M}",
            "zone": wanted.zone,
        },
    )


def holds(wanted: Window, hours: WorkingTime) -> bool:
    """P-13: whether somebody with these hours is on duty for it.

    For "at" when the window begins, for "by" at some time within it.
    """
    if wanted.shape == Promise.Shape.AT:
        return arithmetic.is_open(hours, wanted.from_at)
    spans = arithmetic.open_spans(hours, wanted.from_at, wanted.until_at)
    return any(True for _span in spans)


def nearest(wanted: Window, hours: WorkingTime, contact: WorkingTime) -> Suggestion | None:
    """The first time from the wanted one on that suits both hours; None within 90 days."""
    length = AT_LENGTH if wanted.shape == Promise.Shape.AT else ROOM
    for span in arithmetic.open_spans(hours, wanted.from_at, wanted.from_at + FARTHEST):
        for both in arithmetic.open_spans(contact, span.start, span.end):
            said = both.start if wanted.shape == Promise.Shape.AT else both.start + length
            if both.end - both.start >= length:
                wall = arithmetic.wall_of(said, wanted.zone)
                return Suggestion(f"{wall:%Y-%m-%d}", f"{wall:%H:%M}", said)
    return None


def _read(field: str, parse: Callable[[], Read]) -> Read:
    try:
        return parse()
    except BadHours as error:
        sentences = {
            "unknown_time_zone": _("Choose a time zone by its name, such as Europe/Amsterdam."),
            "bad_date": _("The date must be a real one and lie between 2000 and 2200."),
            "bad_time_of_day": _("Give the time as hours and minutes, such as 15:00."),
        }
        raise Refused(sentences[error.code], code=error.code, field=field) from error


def _second_of_day(clock: str) -> int:
    second = _read("time", lambda: arithmetic.parse_time_of_day(clock))
    if second == arithmetic.DAY_S:
        raise Refused(
            _("Write midnight as 00:00 of the next day."), code="bad_time_of_day", field="time"
        )
    return second


def _closing(business: WorkingTime, on: date) -> int:
    closing = arithmetic.closing_time(business, on)
    if closing is not None:
        return closing
    open_day = arithmetic.add_working_days(business, on, 1)
    raise Refused(
        _("There is no business on %(day)s. Choose another day, or say by what time.")
        % {"day": times.day(on)},
        code="bad_window",
        field="on",
        facts={"why": "closed", "nearest_on": open_day.isoformat() if open_day else None},
    )


def _wall(on: date, second: int) -> datetime:
    midnight = datetime.combine(on, time())
    return midnight + timedelta(seconds=second)


def _instant(wall: datetime, zone: str) -> arithmetic.Moment:
    try:
        return arithmetic.instant_of(wall, zone)
    except WallTimeGap as gap:
        raise Refused(
            _(
                "%(time)s does not exist on %(day)s in %(zone)s: the clock skips it."
                " Did you mean %(before)s or %(after)s?"
            )
            % {
                "time": times.clock(wall.time()),
                "day": times.day(wall.date()),
                "zone": zone,
                "before": times.clock(gap.before.time()),
                "after": times.clock(gap.after.time()),
            },
            code="wall_time_gap",
            field="time",
            facts={"neighbours": [_written(gap.before), _written(gap.after)]},
        ) from gap


def _made(
    shape: str, zone: str, from_at: datetime, until_at: datetime, *, repeated: bool
) -> Window:
    at_once = shape != Promise.Shape.AT
    return Window(
        shape=shape,
        zone=zone,
        from_wall="" if at_once else _written(arithmetic.wall_of(from_at, zone)),
        until_wall=_written(arithmetic.wall_of(until_at, zone)),
        from_at=from_at,
        until_at=until_at,
        repeated=repeated,
    )


def _written(wall: datetime) -> str:
    return f"{wall:%Y-%m-%dT%H:%M}"


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60
