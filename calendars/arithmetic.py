"""Working time on the time line: pure Python, rules S-1 to S-4 of the domain.

A second is open iff its wall-clock time lies in a window of its local date. The time line is cut
wherever the UTC offset changes (and where another pattern comes into force); inside a piece wall
time is UTC plus a constant, so that no bound of a window is ever converted by itself.
Inside, instants are whole seconds since 1970 (UTC), wall times whole seconds since 1970 (local).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

DAY_S = 86_400
HORIZON = timedelta(days=400)
WEEK_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_NOT_ZONES = frozenset({"Factory", "localtime", "posixrules"})
_TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LOOK_S = 6 * 3600

DayWindows = tuple[tuple[int, int], ...]
"""Windows [start, end) of one date, in seconds of its wall clock, sorted, none overlapping."""


class BadHours(ValueError):
    """Hours, a date or a zone that cannot be: `code` is one of the domain's (1.2)."""

    def __init__(self, code: str, what: object = "") -> None:
        super().__init__(f"{code}: {what!r}")
        self.code = code
        self.what = str(what)[:80]


class WallTimeGap(ValueError):
    """A wall time that does not occur: the clock jumps over it, from before `before` to after.

    `before` and `after` are the two neighbours, as far from the wanted time as the clock jumps.
    """

    def __init__(self, before: datetime, after: datetime) -> None:
        super().__init__(f"between {before} and {after}")
        self.before = before
        self.after = after


class Span(NamedTuple):
    """Open time [start, end), aware, in UTC."""

    start: datetime
    end: datetime


class Moment(NamedTuple):
    """The instant of a wall time; `repeated` if the clock shows that time twice (first taken)."""

    instant: datetime
    repeated: bool


@dataclass(frozen=True, slots=True)
class Pattern:
    """Weekly windows in one zone, in force from an instant on. Index 0 is Monday."""

    valid_from: datetime
    zone: str
    weekly: tuple[DayWindows, ...]


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A calendar: patterns by `valid_from` (the first also counts before it), and exceptions."""

    patterns: tuple[Pattern, ...]
    holidays: frozenset[date] = frozenset()
    special: Mapping[date, DayWindows] = field(default_factory=dict)

    def pattern_at(self, at: datetime) -> Pattern:
        """The pattern in force at an instant."""
        return next((p for p in reversed(self.patterns) if p.valid_from <= at), self.patterns[0])

    def windows_on(self, pattern: Pattern, on: date) -> DayWindows:
        """S-2: special hours of the date, else nothing on a holiday, else the week's."""
        if on in self.special:
            return self.special[on]
        return () if on in self.holidays else pattern.weekly[on.weekday()]


# What people enter ------------------------------------------------------------------------------


def require_zone(name: object) -> str:
    """An IANA zone name as it came, else BadHours `unknown_time_zone`."""
    if not isinstance(name, str) or name in _NOT_ZONES or name not in _zone_names():
        raise BadHours("unknown_time_zone", name)
    return name


def parse_date(text: object) -> date:
    """A real `YYYY-MM-DD` between 2000 and 2199, else BadHours `bad_date`."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise BadHours("bad_date", text)
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadHours("bad_date", text) from error
    if not 2000 <= found.year < 2200:
        raise BadHours("bad_date", text)
    return found


def parse_time_of_day(text: object) -> int:
    """`HH:MM` (also 24:00) as seconds of the day, else BadHours `bad_time_of_day`."""
    if not isinstance(text, str) or not _TIME_OF_DAY.fullmatch(text):
        raise BadHours("bad_time_of_day", text)
    return int(text[:2]) * 3600 + int(text[3:]) * 60


def parse_weekly(windows: Iterable[Mapping[str, object]]) -> tuple[DayWindows, ...]:
    """Seven days of windows from `{"day", "start", "end"}`; S-3: over midnight is split in two."""
    days: list[list[tuple[int, int]]] = [[] for _ in WEEK_DAYS]
    for window in windows:
        name = window.get("day")
        if name not in WEEK_DAYS:
            raise BadHours("bad_week_day", name)
        day = WEEK_DAYS.index(str(name))
        start, end = _bounds(window)
        if start < end:
            days[day].append((start, end))
            continue
        days[day].append((start, DAY_S))
        if end:
            days[(day + 1) % 7].append((0, end))
    return tuple(_in_order(day) for day in days)


def parse_special(windows: Iterable[Mapping[str, object]]) -> DayWindows:
    """One date's own windows; over midnight is BadHours `bad_special_hours`."""
    bounds = [_bounds(window) for window in windows]
    if any(end < start for start, end in bounds):
        raise BadHours("bad_special_hours")
    return _in_order(bounds)


def parse_hours(
    zone: object,
    weekly: Iterable[Mapping[str, object]],
    holidays: Iterable[object] = (),
    special: Mapping[str, Iterable[Mapping[str, object]]] | None = None,
) -> WorkingTime:
    """A calendar from its written form; BadHours `never_open` if it has no window at all."""
    pattern = Pattern(_EPOCH, require_zone(zone), parse_weekly(weekly))
    dates = {parse_date(on): parse_special(windows) for on, windows in (special or {}).items()}
    if not any(pattern.weekly) and not any(dates.values()):
        raise BadHours("never_open")
    return WorkingTime((pattern,), frozenset(parse_date(on) for on in holidays), dates)


def _bounds(window: Mapping[str, object]) -> tuple[int, int]:
    start = parse_time_of_day(window.get("start"))
    end = parse_time_of_day(window.get("end"))
    if start in (end, DAY_S):
        raise BadHours("empty_window", window.get("start"))
    return start, end


def _in_order(windows: Sequence[tuple[int, int]]) -> DayWindows:
    ordered = sorted(windows)
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise BadHours("overlapping_windows")
    return tuple(ordered)


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


# Open time --------------------------------------------------------------------------------------


def open_spans(hours: WorkingTime, start: datetime, end: datetime) -> Iterator[Span]:
    """The open time within [start, end), in order, spans that touch made one."""
    pending: tuple[int, int] | None = None
    for _day, opens, closes in _day_spans(hours, _floor(start), _ceil(end)):
        if pending and opens <= pending[1]:
            pending = (pending[0], closes)
            continue
        if pending:
            yield _clipped(pending, start, end)
        pending = (opens, closes)
    if pending:
        yield _clipped(pending, start, end)


def is_open(hours: WorkingTime, at: datetime) -> bool:
    """Whether the second that holds `at` is open."""
    return any(True for _span in _day_spans(hours, _floor(at), _floor(at) + 1))


def next_open(hours: WorkingTime, at: datetime) -> datetime | None:
    """`at` itself if open, else the next opening; None if there is none within 400 days."""
    return next((span.start for span in open_spans(hours, at, at + HORIZON)), None)


def open_time(hours: WorkingTime, start: datetime, end: datetime) -> timedelta:
    """How much of [start, end) is open."""
    spans = open_spans(hours, start, end)
    return sum((span.end - span.start for span in spans), start=timedelta())


def local_date(hours: WorkingTime, at: datetime) -> date:
    """The date that the calendar's wall clock shows at an instant."""
    return at.astimezone(ZoneInfo(hours.pattern_at(at).zone)).date()


def start_of_working_day(hours: WorkingTime, on: date) -> datetime | None:
    """The first opening on a local date; None if nothing is open then."""
    return next((_instant(opens) for _day, opens, _closes in _spans_of_day(hours, on)), None)


def end_of_working_day(hours: WorkingTime, on: date) -> datetime | None:
    """The last closing of a local date; None if nothing is open then."""
    closings = [closes for _day, _opens, closes in _spans_of_day(hours, on)]
    return _instant(closings[-1]) if closings else None


def closing_time(hours: WorkingTime, on: date) -> int | None:
    """The last closing of a date as seconds of its wall clock, whatever the zone."""
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    windows = hours.windows_on(hours.pattern_at(noon), on)
    return windows[-1][1] if windows else None


def working_days_between(hours: WorkingTime, after: date, until: date) -> int:
    """How many dates in (after, until] have open time."""
    return len(set(_working_days(hours, after, until)))


def add_working_days(hours: WorkingTime, after: date, count: int) -> date | None:
    """The `count`-th date after `after` that has open time; None if not within 400 days."""
    seen: set[date] = set()
    for day in _working_days(hours, after, after + HORIZON):
        seen.add(day)
        if len(seen) == count:
            return day
    return None


def _working_days(hours: WorkingTime, after: date, until: date) -> Iterator[date]:
    start, end = _day_s(after), _day_s(until) + DAY_S
    for day, _opens, _closes in _day_spans(hours, start - DAY_S, end + DAY_S):
        if after < day <= until:
            yield day


def _spans_of_day(hours: WorkingTime, on: date) -> list[tuple[date, int, int]]:
    start = _day_s(on)
    around = _day_spans(hours, start - DAY_S, start + 2 * DAY_S)
    return [span for span in around if span[0] == on]


def _day_spans(hours: WorkingTime, start: int, end: int) -> Iterator[tuple[date, int, int]]:
    """(local date, opening, closing) of each open stretch within [start, end), cut to it."""
    for pattern, since, until in _in_force(hours, start, end):
        for first, last, offset in _pieces(pattern.zone, since, until):
            days = range((first + offset) // DAY_S, (last - 1 + offset) // DAY_S + 1)
            for number in days:
                on = date.fromordinal(_EPOCH_ORDINAL + number)
                midnight = number * DAY_S - offset
                for opens, closes in hours.windows_on(pattern, on):
                    a, b = max(midnight + opens, first), min(midnight + closes, last)
                    if a < b:
                        yield on, a, b


def _in_force(hours: WorkingTime, start: int, end: int) -> Iterator[tuple[Pattern, int, int]]:
    bounds = [start] + [_floor(pattern.valid_from) for pattern in hours.patterns[1:]] + [end]
    for pattern, since, until in zip(hours.patterns, bounds, bounds[1:], strict=False):
        a, b = max(since, start), min(until, end)
        if a < b:
            yield pattern, a, b


# Wall time and instants -------------------------------------------------------------------------


def instant_of(wall: datetime, zone: str) -> Moment:
    """The first instant at which clocks in `zone` show the naive time `wall`.

    Raises WallTimeGap if they never do.
    """
    shown = _floor(wall.replace(tzinfo=UTC))
    pieces = list(_pieces(zone, shown - 2 * DAY_S, shown + 2 * DAY_S))
    found = [shown - off for first, last, off in pieces if first <= shown - off < last]
    if found:
        return Moment(_instant(found[0]), repeated=len(found) > 1)
    jump = next(
        later[2] - earlier[2]
        for earlier, later in pairwise(pieces)
        if earlier[1] + earlier[2] <= shown < later[0] + later[2]
    )
    raise WallTimeGap(wall - timedelta(seconds=jump), wall + timedelta(seconds=jump))


def wall_of(at: datetime, zone: str) -> datetime:
    """What clocks in `zone` show at an instant, naive."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _pieces(zone: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(first, end, offset) stretches of constant UTC offset that make up [start, end)."""
    changes = [
        change
        for year in range(_instant(start).year, _instant(end - 1).year + 1)
        for change in _offsets(zone, year)
    ]
    for number, (since, offset) in enumerate(changes):
        until = changes[number + 1][0] if number + 1 < len(changes) else end
        first, last = max(since, start), min(until, end)
        if first < last:
            yield first, last, offset


@lru_cache(maxsize=256)
def _offsets(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    """(instant, offset from then on) for the year's beginning and each change within it."""
    info = ZoneInfo(zone)
    start, end = (
        _floor(datetime(year, 1, 1, tzinfo=UTC)),
        _floor(datetime(year + 1, 1, 1, tzinfo=UTC)),
    )
    found = [(start, _offset(info, start))]
    for before in range(start, end, _LOOK_S):
        after = min(before + _LOOK_S, end - 1)
        if _offset(info, after) != found[-1][1]:
            change = _bisect(info, before, after)
            found.append((change, _offset(info, change)))
    return tuple(found)


def _bisect(info: ZoneInfo, before: int, after: int) -> int:
    """The first second in (before, after] with the offset that holds at `after`."""
    wanted = _offset(info, after)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(info, middle) == wanted:
            after = middle
        else:
            before = middle
    return after


def _offset(info: ZoneInfo, second: int) -> int:
    shift = _instant(second).astimezone(info).utcoffset()
    return int(shift.total_seconds()) if shift else 0


def _instant(second: int) -> datetime:
    return _EPOCH + timedelta(seconds=second)


def _floor(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(seconds=1)


def _ceil(at: datetime) -> int:
    return -((_EPOCH - at) // timedelta(seconds=1))


def _day_s(on: date) -> int:
    return (on.toordinal() - _EPOCH_ORDINAL) * DAY_S


def _clipped(span: tuple[int, int], start: datetime, end: datetime) -> Span:
    return Span(max(_instant(span[0]), start), min(_instant(span[1]), end))
