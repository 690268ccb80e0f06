"""Working time by S-1 to S-4, and wall times that do not occur or occur twice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars import arithmetic
from calendars.arithmetic import BadHours, Pattern, WallTimeGap, WorkingTime, parse_hours

WEEK = ("mon", "tue", "wed", "thu", "fri")
BERLIN = ZoneInfo("Europe/Berlin")


def window(day: str, start: str, end: str) -> dict[str, object]:
    return {"day": day, "start": start, "end": end}


def office(zone: str = "Europe/Berlin", **exceptions: object) -> WorkingTime:
    return parse_hours(zone, [window(day, "09:00", "17:00") for day in WEEK], **exceptions)  # type: ignore[arg-type]


def only(zone: str, day: str, start: str, end: str) -> WorkingTime:
    return parse_hours(zone, [window(day, start, end)])


def local(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def berlin(text: str) -> datetime:
    return local("Europe/Berlin", text)


def hours_on(hours: WorkingTime, zone: str, day: str) -> timedelta:
    start = local(zone, f"{day}T00:00")
    return arithmetic.open_time(hours, start, start + timedelta(hours=30))


def test_a_window_includes_its_start_and_not_its_end() -> None:
    assert arithmetic.is_open(office(), berlin("2026-06-01T09:00"))
    assert arithmetic.is_open(office(), berlin("2026-06-01T16:59:59"))
    assert not arithmetic.is_open(office(), berlin("2026-06-01T17:00"))
    assert not arithmetic.is_open(office(), berlin("2026-06-01T08:59:59"))


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", "2026-03-29", timedelta(hours=23)),
        ("Europe/Berlin", "2026-10-25", timedelta(hours=25)),
        ("Europe/Berlin", "2026-06-07", timedelta(hours=24)),
        ("America/New_York", "2026-03-08", timedelta(hours=23)),
        ("Australia/Lord_Howe", "2026-10-04", timedelta(hours=23, minutes=30)),
        ("Australia/Lord_Howe", "2026-04-05", timedelta(hours=24, minutes=30)),
    ],
)
def test_a_whole_sunday_has_the_hours_its_clocks_show(
    zone: str, day: str, expected: timedelta
) -> None:
    assert hours_on(only(zone, "sun", "00:00", "24:00"), zone, day) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-29", timedelta()),
        ("2026-10-25", timedelta(hours=2)),
        ("2026-06-07", timedelta(hours=1)),
    ],
)
def test_the_hour_that_is_skipped_or_repeated_counts_as_it_occurs(
    day: str, expected: timedelta
) -> None:
    hours = only("Europe/Berlin", "sun", "02:00", "03:00")
    assert hours_on(hours, "Europe/Berlin", day) == expected


def test_a_window_that_ends_in_the_repeated_hour_opens_twice() -> None:
    hours = only("Europe/Berlin", "sun", "01:00", "02:30")
    start = berlin("2026-10-25T00:00")
    assert list(arithmetic.open_spans(hours, start, start + timedelta(hours=12))) == [
        (start + timedelta(minutes=60), start + timedelta(minutes=150)),
        (start + timedelta(minutes=180), start + timedelta(minutes=210)),
    ]


def test_lord_howe_moves_by_half_an_hour() -> None:
    hours = only("Australia/Lord_Howe", "sun", "01:00", "03:00")
    assert hours_on(hours, "Australia/Lord_Howe", "2026-10-04") == timedelta(minutes=90)


def test_a_night_shift_is_one_stretch_over_midnight() -> None:
    hours = only("Europe/Berlin", "fri", "22:00", "06:00")
    start = berlin("2026-06-05T12:00")
    assert list(arithmetic.open_spans(hours, start, start + timedelta(days=1))) == [
        (berlin("2026-06-05T22:00"), berlin("2026-06-06T06:00"))
    ]


def test_a_holiday_takes_only_the_piece_on_its_own_date() -> None:
    night = [window("fri", "22:00", "06:00")]
    hours = parse_hours("Europe/Berlin", night, ["2026-06-06"])
    start = berlin("2026-06-05T12:00")
    assert list(arithmetic.open_spans(hours, start, start + timedelta(days=1))) == [
        (berlin("2026-06-05T22:00"), berlin("2026-06-06T00:00"))
    ]


def test_special_hours_win_over_a_holiday_and_the_week() -> None:
    hours = office(
        holidays=["2026-12-24", "2026-12-25"],
        special={"2026-12-24": [{"start": "10:00", "end": "12:00"}], "2026-12-23": []},
    )
    assert hours_on(hours, "Europe/Berlin", "2026-12-24") == timedelta(hours=2)
    assert hours_on(hours, "Europe/Berlin", "2026-12-25") == timedelta()
    assert hours_on(hours, "Europe/Berlin", "2026-12-23") == timedelta()
    assert hours_on(hours, "Europe/Berlin", "2026-12-22") == timedelta(hours=8)


def test_the_next_opening_skips_easter() -> None:
    hours = office(holidays=["2026-04-03", "2026-04-06"])
    assert arithmetic.next_open(hours, berlin("2026-04-02T17:00")) == berlin("2026-04-07T09:00")
    inside = berlin("2026-04-02T10:00:00") + timedelta(microseconds=7)
    assert arithmetic.next_open(hours, inside) == inside


def test_hours_that_never_come_have_no_next_opening() -> None:
    hours = WorkingTime((Pattern(datetime(2000, 1, 1, tzinfo=UTC), "UTC", ((),) * 7),))
    assert arithmetic.next_open(hours, berlin("2026-04-02T17:00")) is None
    assert arithmetic.add_working_days(hours, date(2026, 4, 2), 1) is None


def test_kathmandu_is_offset_by_a_quarter() -> None:
    hours = parse_hours("Asia/Kathmandu", [window("sun", "10:00", "17:00")])
    friday = local("Asia/Kathmandu", "2026-06-05T17:00")
    assert arithmetic.next_open(hours, friday) == datetime(2026, 6, 7, 4, 15, tzinfo=UTC)


def test_working_days_are_dates_with_open_time() -> None:
    hours = office(holidays=["2026-04-03", "2026-04-06"])
    thursday, wednesday = date(2026, 4, 2), date(2026, 4, 8)
    assert arithmetic.working_days_between(hours, thursday, wednesday) == 2
    assert arithmetic.working_days_between(hours, thursday, thursday) == 0
    assert arithmetic.add_working_days(hours, thursday, 1) == date(2026, 4, 7)
    assert arithmetic.add_working_days(hours, thursday, 2) == wednesday


def test_a_working_day_has_a_first_opening_and_a_last_closing() -> None:
    hours = parse_hours(
        "Europe/Berlin", [window("mon", "09:00", "12:00"), window("mon", "13:00", "17:30")]
    )
    monday = date(2026, 6, 1)
    assert arithmetic.start_of_working_day(hours, monday) == berlin("2026-06-01T09:00")
    assert arithmetic.end_of_working_day(hours, monday) == berlin("2026-06-01T17:30")
    assert arithmetic.closing_time(hours, monday) == 17 * 3600 + 1800
    assert arithmetic.end_of_working_day(hours, date(2026, 6, 2)) is None
    assert arithmetic.closing_time(hours, date(2026, 6, 2)) is None


def test_new_hours_count_from_their_instant_on() -> None:
    old, new = office(), only("America/New_York", "mon", "09:00", "17:00")
    change = berlin("2026-06-01T16:00")
    later = Pattern(change, "America/New_York", new.patterns[0].weekly)
    hours = WorkingTime((old.patterns[0], later))
    start = berlin("2026-06-01T00:00")
    assert list(arithmetic.open_spans(hours, start, start + timedelta(days=1))) == [
        (berlin("2026-06-01T09:00"), berlin("2026-06-01T23:00"))
    ]


@pytest.mark.parametrize(
    ("weekly", "code"),
    [
        ([window("mon", "09:00", "09:00")], "empty_window"),
        ([window("mon", "00:00", "00:00")], "empty_window"),
        ([window("mon", "24:00", "06:00")], "empty_window"),
        ([window("mon", "09:00", "12:00"), window("mon", "11:00", "13:00")], "overlapping_windows"),
        ([window("sun", "22:00", "06:00"), window("mon", "05:00", "09:00")], "overlapping_windows"),
        ([window("mon", "24:30", "06:00")], "bad_time_of_day"),
        ([window("mon", "9:00", "12:00")], "bad_time_of_day"),
        ([window("mon", "9.5", "12:00")], "bad_time_of_day"),
        ([window("mon", "9am", "12:00")], "bad_time_of_day"),
        ([window("mon", "09:00", "12:00\n")], "bad_time_of_day"),
        ([window("mon", "\u0660\u0669:00", "12:00")], "bad_time_of_day"),
        ([{"day": "mon", "start": 9, "end": "12:00"}], "bad_time_of_day"),
        ([{"day": "mon", "start": "09:00"}], "bad_time_of_day"),
        ([window("monday", "09:00", "12:00")], "bad_week_day"),
        ([{"start": "09:00", "end": "12:00"}], "bad_week_day"),
        ([], "never_open"),
    ],
)
def test_windows_that_cannot_be_are_named(weekly: list[dict[str, object]], code: str) -> None:
    with pytest.raises(BadHours) as refused:
        parse_hours("Europe/Berlin", weekly)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "zone", ["+02:00", "Mars/Base", "", "europe/berlin", "../etc/passwd", "localtime", None, 2]
)
def test_a_zone_is_an_iana_name(zone: object) -> None:
    with pytest.raises(BadHours) as refused:
        parse_hours(zone, [window("mon", "09:00", "12:00")])
    assert refused.value.code == "unknown_time_zone"


@pytest.mark.parametrize(
    "on", ["2026-02-30", "2026-2-3", "20260203", "1999-12-31", "2200-01-01", "10000-01-01", "", 7]
)
def test_a_date_is_a_real_one(on: object) -> None:
    with pytest.raises(BadHours) as refused:
        parse_hours("Europe/Berlin", [window("mon", "09:00", "12:00")], [on])
    assert refused.value.code == "bad_date"


def test_special_hours_do_not_cross_midnight() -> None:
    with pytest.raises(BadHours) as refused:
        office(special={"2026-12-24": [{"start": "22:00", "end": "02:00"}]})
    assert refused.value.code == "bad_special_hours"


def test_special_hours_alone_make_a_calendar() -> None:
    hours = parse_hours(
        "Europe/Berlin", [], special={"2026-12-24": [{"start": "10:00", "end": "12:00"}]}
    )
    assert arithmetic.next_open(hours, berlin("2026-12-01T00:00")) == berlin("2026-12-24T10:00")


def test_windows_that_touch_are_one_stretch() -> None:
    hours = parse_hours("UTC", [window(day, "00:00", "24:00") for day in arithmetic.WEEK_DAYS])
    start = datetime(2026, 3, 27, tzinfo=UTC) + timedelta(seconds=1, microseconds=1)
    end = start + timedelta(days=9, microseconds=5)
    assert list(arithmetic.open_spans(hours, start, end)) == [(start, end)]


def test_a_wall_time_is_found_at_its_instant() -> None:
    moment = arithmetic.instant_of(datetime.fromisoformat("2026-11-20T15:00"), "Europe/Amsterdam")
    assert moment == (datetime(2026, 11, 20, 14, 0, tzinfo=UTC), False)
    assert arithmetic.wall_of(moment.instant, "Europe/Amsterdam") == datetime.fromisoformat(
        "2026-11-20T15:00"
    )


@pytest.mark.parametrize(
    ("zone", "wall", "before", "after"),
    [
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30", "2026-03-29T03:30"),
        ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00", "2026-03-29T03:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-04T01:45", "2026-10-04T02:45"),
        ("Pacific/Apia", "2011-12-30T10:00", "2011-12-29T10:00", "2011-12-31T10:00"),
    ],
)
def test_a_wall_time_in_a_gap_has_two_neighbours(
    zone: str, wall: str, before: str, after: str
) -> None:
    with pytest.raises(WallTimeGap) as gap:
        arithmetic.instant_of(datetime.fromisoformat(wall), zone)
    assert gap.value.before == datetime.fromisoformat(before)
    assert gap.value.after == datetime.fromisoformat(after)


def test_the_end_of_a_gap_exists() -> None:
    moment = arithmetic.instant_of(datetime.fromisoformat("2026-03-29T03:00"), "Europe/Berlin")
    assert moment == (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), False)


@pytest.mark.parametrize(
    ("zone", "wall", "first"),
    [
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30+00:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45+00:00"),
    ],
)
def test_an_ambiguous_wall_time_means_its_first_occurrence(
    zone: str, wall: str, first: str
) -> None:
    moment = arithmetic.instant_of(datetime.fromisoformat(wall), zone)
    assert moment == (datetime.fromisoformat(first), True)


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
MINUTES = st.integers(0, 24 * 60)
# Three days around each change of 2026 in these zones, and an ordinary one.
DAYS = st.sampled_from(
    [date(2026, 3, 28), date(2026, 10, 24), date(2026, 3, 7), date(2026, 4, 4), date(2026, 10, 31)]
)


@st.composite
def some_hours(draw: st.DrawFn) -> WorkingTime:
    zone = draw(st.sampled_from(ZONES))
    days = []
    for _day in range(7):
        cuts = sorted(draw(st.lists(MINUTES, min_size=0, max_size=4, unique=True)))
        pairs = zip(cuts[::2], cuts[1::2], strict=False)
        days.append(tuple((a * 60, b * 60) for a, b in pairs))
    return WorkingTime((Pattern(datetime(2000, 1, 1, tzinfo=UTC), zone, tuple(days)),))


def _counted(hours: WorkingTime, start: datetime, minutes: int) -> int:
    """Brute force: ask the wall clock of each minute whether it lies in a window of its date."""
    zone = ZoneInfo(hours.patterns[0].zone)
    found = 0
    for number in range(minutes):
        wall = (start + timedelta(minutes=number)).astimezone(zone)
        second = wall.hour * 3600 + wall.minute * 60
        windows = hours.patterns[0].weekly[wall.weekday()]
        found += any(opens <= second < closes for opens, closes in windows)
    return found


@settings(max_examples=40, deadline=None)
@given(hours=some_hours(), on=DAYS, offset=st.integers(0, 1440))
def test_open_time_is_what_counting_each_minute_gives(
    hours: WorkingTime, on: date, offset: int
) -> None:
    start = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(minutes=offset)
    end = start + timedelta(days=2)
    counted = timedelta(minutes=_counted(hours, start, 2 * 1440))
    assert arithmetic.open_time(hours, start, end) == counted


@settings(max_examples=40, deadline=None)
@given(zone=st.sampled_from(ZONES), on=DAYS, minute=st.integers(0, 3 * 1440))
def test_every_instant_is_found_again_by_its_wall_time(zone: str, on: date, minute: int) -> None:
    at = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(minutes=minute)
    moment = arithmetic.instant_of(arithmetic.wall_of(at, zone), zone)
    assert moment.instant == at or (moment.repeated and moment.instant < at)


@settings(max_examples=30, deadline=None)
@given(hours=some_hours(), on=DAYS, offset=st.integers(0, 1440))
def test_the_next_opening_is_open_and_nothing_before_it_is(
    hours: WorkingTime, on: date, offset: int
) -> None:
    start = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(minutes=offset)
    opening = arithmetic.next_open(hours, start)
    if opening is None:
        assert not any(hours.patterns[0].weekly)
        return
    assert arithmetic.is_open(hours, opening)
    assert arithmetic.open_time(hours, start, opening) == timedelta()
