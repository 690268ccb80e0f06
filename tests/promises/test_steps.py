"""Which reminder is due when: the table of 3.3, short promises, down-time, later versions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from promises.rules import Position, Situation, Step, Switches, due_and_next, position

FROM = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALL = Switches(True, True, True, True, True, True)

AT = Situation(
    shape="at",
    from_at=FROM,
    until_at=FROM + 15 * MINUTE,
    made_at=FROM - timedelta(days=3),
    since=FROM - timedelta(days=3),
    shift_start_at=FROM - timedelta(hours=5),
    grace_ends_at=FROM + timedelta(days=3),
)
BY = replace(AT, shape="by", from_at=AT.made_at, until_at=FROM)


def run(situation: Situation, switches: Switches | None = None) -> list[tuple[str, timedelta]]:
    """Every step at its time, as the timer would go through them."""
    switches = switches or Switches()
    done: list[Position] = []
    steps = []
    now = situation.since
    while True:
        due, later = due_and_next(situation, switches, done=done, now=now)
        if due is not None:
            steps.append((due.step.value, due.due_at - FROM))
            done.append(due.position)
            if due.step == Step.SHORTLY_BEFORE:
                situation = replace(situation, warned=True)
        if later is None:
            return steps
        now = later.due_at


def test_at_by_default() -> None:
    assert run(AT) == [
        ("shift_start", timedelta(hours=-5)),
        ("shortly_before", -10 * MINUTE),
        ("overdue", 15 * MINUTE),
        ("still_overdue", 45 * MINUTE),
        ("missed", timedelta(days=3)),
    ]


def test_by_hangs_on_its_end() -> None:
    assert run(BY) == [
        ("shift_start", timedelta(hours=-5)),
        ("shortly_before", -15 * MINUTE),
        ("overdue", timedelta()),
        ("still_overdue", 30 * MINUTE),
        ("missed", timedelta(days=3)),
    ]


def test_at_with_everything_on() -> None:
    assert run(AT, ALL)[:5] == [
        ("day_before", timedelta(hours=-24)),
        ("shift_start", timedelta(hours=-5)),
        ("hour_before", -60 * MINUTE),
        ("shortly_before", -10 * MINUTE),
        ("before_end", timedelta()),
    ]


def test_by_with_everything_on_has_one_step_a_quarter_before_its_end() -> None:
    assert run(BY, ALL)[:4] == [
        ("day_before", timedelta(hours=-24)),
        ("shift_start", timedelta(hours=-5)),
        ("hour_before", -60 * MINUTE),
        ("before_end", -15 * MINUTE),
    ]


def test_with_everything_off_only_lateness_is_told() -> None:
    off = Switches(False, False, False, False, False, False)
    assert [step for step, _at in run(AT, off)] == ["overdue", "still_overdue", "missed"]


def test_a_promise_made_a_day_ahead_has_no_reminder_the_day_before() -> None:
    made = FROM - timedelta(hours=36)
    steps = run(replace(AT, made_at=made, since=made), ALL)
    assert steps[0][0] == "shift_start"


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (20, ["shortly_before", "overdue", "still_overdue", "missed"]),
        (10, ["due_now", "overdue", "still_overdue", "missed"]),
        (5, ["due_now", "overdue", "still_overdue", "missed"]),
        (0, ["overdue", "still_overdue", "missed"]),
    ],
)
def test_a_short_promise_skips_reminders_that_lie_in_the_past(
    ahead: int, expected: list[str]
) -> None:
    made = FROM - ahead * MINUTE
    assert [step for step, _at in run(replace(AT, made_at=made, since=made))] == expected


def test_the_due_reminder_comes_only_where_the_earlier_one_was_skipped() -> None:
    steps = [step for step, _at in run(AT, Switches(shortly_before=False))]
    assert steps == ["shift_start", "due_now", "overdue", "still_overdue", "missed"]


def test_an_attempt_makes_the_last_warning_unnecessary() -> None:
    steps = [step for step, _at in run(replace(BY, tried=True), Switches(before_end=True))]
    assert steps == ["shift_start", "shortly_before", "overdue", "still_overdue", "missed"]


def test_a_shift_that_begins_after_the_promise_is_no_reminder() -> None:
    assert run(replace(AT, shift_start_at=FROM))[0][0] == "shortly_before"
    assert run(replace(AT, shift_start_at=None))[0][0] == "shortly_before"


@pytest.mark.parametrize(
    ("late", "expected", "following"),
    [
        (-9 * MINUTE, Step.SHORTLY_BEFORE, Step.OVERDUE),
        (2 * MINUTE, Step.DUE_NOW, Step.OVERDUE),
        (16 * MINUTE, Step.OVERDUE, Step.STILL_OVERDUE),
        (50 * MINUTE, Step.STILL_OVERDUE, Step.MISSED),
        (timedelta(days=4), Step.MISSED, None),
    ],
)
def test_after_down_time_only_the_most_serious_step_fires(
    late: timedelta, expected: Step, following: Step | None
) -> None:
    due, later = due_and_next(AT, Switches(), done=[], now=FROM + late)
    assert due is not None
    assert due.step == expected
    assert (later.step if later else None) == following


def test_a_step_that_was_done_is_not_done_again() -> None:
    done = [position("overdue", AT.until_at)]
    due, later = due_and_next(AT, Switches(), done=done, now=AT.until_at + 5 * MINUTE)
    assert due is None
    assert later is not None
    assert later.step == Step.STILL_OVERDUE


def test_a_new_version_does_not_lose_lateness_that_was_never_told() -> None:
    handed_over = replace(AT, since=AT.until_at + 5 * MINUTE)
    due, _later = due_and_next(handed_over, Switches(), done=[], now=handed_over.since)
    assert due is not None
    assert due.step == Step.OVERDUE


def test_grace_never_ends_before_the_supervisor_is_told() -> None:
    assert run(replace(AT, grace_ends_at=AT.until_at))[-1] == ("missed", 45 * MINUTE)
