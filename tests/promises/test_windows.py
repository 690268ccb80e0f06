"""From what was said to a window; what is refused: P-10 to P-13."""

from datetime import UTC, datetime, time, timedelta

import pytest

from calendars.arithmetic import WorkingTime, parse_hours
from core.errors import Refused
from promises import rules
from promises.rules import Window

# A Thursday, 14:00 in Amsterdam.
NOW = datetime(2026, 11, 19, 13, 0, tzinfo=UTC)
WEEK = ("mon", "tue", "wed", "thu", "fri")
ZONE = "Europe/Amsterdam"


def office(start: str = "09:00", end: str = "17:00", zone: str = ZONE) -> WorkingTime:
    return parse_hours(zone, [{"day": day, "start": start, "end": end} for day in WEEK])


def said(shape: str, on: str, clock: str = "", *, zone: str = ZONE, now: datetime = NOW) -> Window:
    return rules.window(shape, zone=zone, on=on, clock=clock, now=now, business=office())


def refused(code: str, shape: str, on: str, clock: str = "", **given: str) -> Refused:
    with pytest.raises(Refused) as caught:
        said(shape, on, clock, **given)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert caught.value.sentence
    return caught.value


def test_at_three_is_a_quarter_of_an_hour_long() -> None:
    window = said("at", "2026-11-19", "15:00")
    assert window.from_at == NOW + timedelta(hours=1)
    assert window.until_at == window.from_at + timedelta(minutes=15)
    assert (window.from_wall, window.until_wall) == ("2026-11-19T15:00", "2026-11-19T15:15")


def test_by_three_begins_now() -> None:
    window = said("by", "2026-11-19", "15:00")
    assert (window.from_at, window.until_at) == (NOW, NOW + timedelta(hours=1))
    assert (window.from_wall, window.until_wall) == ("", "2026-11-19T15:00")


def test_by_friday_ends_with_business_on_the_customers_clock() -> None:
    window = said("by_day", "2026-11-20", zone="America/New_York")
    assert window.until_at == datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
    assert window.until_wall == "2026-11-20T17:00"


def test_by_a_day_without_business_offers_the_next_one() -> None:
    error = refused("bad_window", "by_day", "2026-11-21")
    assert error.facts == {"why": "closed", "nearest_on": "2026-11-23"}
    assert error.field == "on"


def test_a_skipped_time_is_refused_with_its_two_neighbours() -> None:
    error = refused("wall_time_gap", "at", "2027-03-28", "02:30")
    assert error.facts == {"neighbours": ["2027-03-28T01:30", "2027-03-28T03:30"]}
    assert error.sentence == (
        "02:30 does not exist on 28 March 2027 in Europe/Amsterdam: the clock skips it."
        " Did you mean 01:30 or 03:30?"
    )


def test_lord_howe_skips_half_an_hour() -> None:
    error = refused("wall_time_gap", "by", "2027-10-03", "02:15", zone="Australia/Lord_Howe")
    assert error.facts == {"neighbours": ["2027-10-03T01:45", "2027-10-03T02:45"]}


def test_a_repeated_time_means_its_first_occurrence() -> None:
    window = said("at", "2027-10-31", "02:30")
    assert window.from_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert window.repeated


def test_a_window_that_crosses_the_change_is_as_long_as_any_other() -> None:
    window = said("at", "2027-03-28", "01:50")
    assert window.until_at - window.from_at == timedelta(minutes=15)
    assert window.until_wall == "2027-03-28T03:05"


@pytest.mark.parametrize(
    ("code", "field", "shape", "on", "clock", "zone"),
    [
        ("bad_date", "on", "at", "2026-02-30", "15:00", ZONE),
        ("bad_date", "on", "at", "10000-01-01", "15:00", ZONE),
        ("bad_date", "on", "at", "2200-01-01", "15:00", ZONE),
        ("bad_date", "on", "at", "infinity", "15:00", ZONE),
        ("bad_date", "on", "by_day", "", "", ZONE),
        ("bad_time_of_day", "time", "at", "2026-11-20", "", ZONE),
        ("bad_time_of_day", "time", "at", "2026-11-20", "25:00", ZONE),
        ("bad_time_of_day", "time", "at", "2026-11-20", "24:00", ZONE),
        ("bad_time_of_day", "time", "by", "2026-11-20", "3pm", ZONE),
        ("unknown_time_zone", "zone", "at", "2026-11-20", "15:00", "Mars/Base"),
        ("unknown_time_zone", "zone", "at", "2026-11-20", "15:00", "+02:00"),
        ("bad_window", "shape", "around", "2026-11-20", "15:00", ZONE),
    ],
)
def test_what_is_no_time_is_refused_at_its_field(
    code: str, field: str, shape: str, on: str, clock: str, zone: str
) -> None:
    assert refused(code, shape, on, clock, zone=zone).field == field


@pytest.mark.parametrize(
    ("shape", "on", "clock", "why"),
    [
        ("at", "2026-11-19", "13:59", "past"),
        ("by", "2026-11-19", "14:00", "past"),
        ("by", "2026-11-18", "15:00", "past"),
        ("by_day", "2026-11-18", "", "past"),
        ("at", "2027-02-17", "14:00", "too_far"),
        ("by", "2027-02-18", "14:00", "too_far"),
    ],
)
def test_the_past_and_the_far_future_are_refused(shape: str, on: str, clock: str, why: str) -> None:
    with pytest.raises(Refused) as caught:
        rules.require_in_reach(said(shape, on, clock), now=NOW)
    assert (caught.value.code, caught.value.facts["why"]) == ("bad_window", why)


@pytest.mark.parametrize(
    ("shape", "on", "clock"),
    [("at", "2026-11-19", "14:00"), ("by", "2026-11-19", "14:01"), ("by", "2027-02-17", "14:00")],
)
def test_from_now_to_ninety_days_is_in_reach(shape: str, on: str, clock: str) -> None:
    rules.require_in_reach(said(shape, on, clock), now=NOW)


def test_the_refusal_of_a_past_time_names_the_customers_now() -> None:
    with pytest.raises(Refused) as caught:
        rules.require_in_reach(said("at", "2026-11-19", "13:00"), now=NOW)
    assert caught.value.sentence == "This time has already passed (now 14:00)."


@pytest.mark.parametrize(
    ("on", "long"), [("2026-11-26", False), ("2026-11-27", True), ("2026-11-20", False)]
)
def test_more_than_five_working_days_are_long(on: str, long: bool) -> None:
    assert rules.is_long(said("by", on, "15:00"), office()) is long


@pytest.mark.parametrize(
    ("shape", "clock", "allowed"),
    [
        ("at", "08:00", True),
        ("at", "07:59", False),
        ("at", "20:45", True),
        ("at", "20:46", False),
        ("at", "22:00", False),
        ("at", "23:50", False),
        ("by", "21:00", True),
        ("by", "21:01", False),
        ("by", "08:00", True),
        ("by", "07:00", False),
        ("by", "22:00", False),
    ],
)
def test_contact_hours_hold_on_the_customers_clock(shape: str, clock: str, allowed: bool) -> None:
    window = said(shape, "2026-11-20", clock, zone="America/New_York")
    if allowed:
        rules.require_contact_hours(window, since=time(8), until=time(21))
        return
    with pytest.raises(Refused) as caught:
        rules.require_contact_hours(window, since=time(8), until=time(21))
    assert caught.value.code == "outside_contact_hours"
    assert caught.value.facts["zone"] == "America/New_York"


def test_at_needs_somebody_on_duty_when_it_begins() -> None:
    assert rules.holds(said("at", "2026-11-20", "16:55"), office())
    assert not rules.holds(said("at", "2026-11-20", "17:00"), office())
    assert not rules.holds(said("at", "2026-11-21", "12:00"), office())


def test_by_needs_somebody_on_duty_some_time_before() -> None:
    assert rules.holds(said("by", "2026-11-19", "20:00"), office())
    evening = NOW + timedelta(hours=4)
    assert not rules.holds(said("by", "2026-11-19", "20:00", now=evening), office())


def test_the_nearest_time_is_the_next_opening() -> None:
    contact = rules.contact_time(ZONE, time(8), time(21))
    suggestion = rules.nearest(said("at", "2026-11-21", "18:30"), office("08:00"), contact)
    assert suggestion is not None
    assert (suggestion.on, suggestion.time) == ("2026-11-23", "08:00")
    assert suggestion.at == datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def test_the_nearest_time_suits_the_customers_contact_hours_too() -> None:
    contact = rules.contact_time("America/New_York", time(8), time(21))
    window = said("at", "2026-11-21", "12:00", zone="America/New_York")
    suggestion = rules.nearest(window, office(), contact)
    assert suggestion is not None
    assert (suggestion.on, suggestion.time) == ("2026-11-23", "08:00")


def test_a_nearest_by_leaves_an_hour_of_work() -> None:
    contact = rules.contact_time(ZONE, time(8), time(21))
    evening = NOW + timedelta(hours=4)
    suggestion = rules.nearest(said("by", "2026-11-19", "20:00", now=evening), office(), contact)
    assert suggestion is not None
    assert (suggestion.on, suggestion.time) == ("2026-11-20", "10:00")


def test_hours_that_never_meet_have_no_nearest_time() -> None:
    contact = rules.contact_time("Pacific/Auckland", time(8), time(9))
    window = said("at", "2026-11-21", "12:00", zone="Pacific/Auckland")
    assert rules.nearest(window, office(), contact) is None
