"""Which reminder is due when, and which is the one to do now: 3.3 of the domain, P-6 to P-8."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from promises.models import Promise

DAY_BEFORE_IF_MADE_AHEAD = timedelta(hours=36)


class Step(StrEnum):
    """Least serious first; of two steps at the same instant the later one counts."""

    DAY_BEFORE = "day_before"
    SHIFT_START = "shift_start"
    HOUR_BEFORE = "hour_before"
    SHORTLY_BEFORE = "shortly_before"
    DUE_NOW = "due_now"
    BEFORE_END = "before_end"
    OVERDUE = "overdue"
    STILL_OVERDUE = "still_overdue"
    MISSED = "missed"


LATENESS = (Step.OVERDUE, Step.STILL_OVERDUE, Step.MISSED)
_RANK = {step: rank for rank, step in enumerate(Step)}

Position = tuple[datetime, int]
"""Where a step stands in the order of one promise's steps: due time, then seriousness."""


@dataclass(frozen=True, slots=True)
class Switches:
    """Which of the reminders that can be switched are on."""

    day_before: bool = False
    shift_start: bool = True
    hour_before: bool = False
    shortly_before: bool = True
    due_now: bool = True
    before_end: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """What the steps of a promise depend on.

    `since` is when its present version began: reminders that lie before it are skipped.
    `shift_start_at` is the beginning of the owner's shift on the day of the promise, if he
    works then; `grace_ends_at` may be left out while the window lasts. `tried` is whether an
    attempt was made, `warned` whether this version's reminder shortly before was given.
    """

    shape: str
    from_at: datetime
    until_at: datetime
    made_at: datetime
    since: datetime
    shift_start_at: datetime | None
    grace_ends_at: datetime | None
    tried: bool = False
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A step and the instant at which it is due."""

    due_at: datetime
    step: Step

    @property
    def position(self) -> Position:
        return self.due_at, _RANK[self.step]


def position(step: str, due_at: datetime) -> Position:
    """Where a step that was done stood."""
    return due_at, _RANK[Step(step)]


def due_and_next(
    situation: Situation, switches: Switches, *, done: Iterable[Position], now: datetime
) -> tuple[Planned | None, Planned | None]:
    """The most serious step now due, if any, and the one that comes after it.

    `done` are the steps done in this version and the steps of lateness done in any. What is
    less serious than a step that was done is over.
    """
    last = max(done, default=None)
    waiting = [step for step in _plan(situation, switches) if last is None or step.position > last]
    due = next((step for step in reversed(waiting) if step.due_at <= now), None)
    if due is not None and due.step == Step.SHORTLY_BEFORE:
        waiting = [step for step in waiting if step.step != Step.DUE_NOW]
    return due, next((step for step in waiting if step.due_at > now), None)


def _plan(situation: Situation, switches: Switches) -> list[Planned]:
    reminders = [step for step in _reminders(situation, switches) if step.due_at > situation.since]
    return sorted([*reminders, *_lateness(situation)], key=lambda planned: planned.position)


def _reminders(s: Situation, on: Switches) -> Iterable[Planned]:
    """The steps before the end. "At" hangs on `from`, every other promise on `until`."""
    is_at = s.shape == Promise.Shape.AT
    anchor = s.from_at if is_at else s.until_at
    shortly = timedelta(minutes=10) if is_at else timedelta(minutes=15)
    if on.day_before and anchor - s.made_at > DAY_BEFORE_IF_MADE_AHEAD:
        yield Planned(anchor - timedelta(hours=24), Step.DAY_BEFORE)
    if on.shift_start and s.shift_start_at is not None and s.shift_start_at < anchor:
        yield Planned(s.shift_start_at, Step.SHIFT_START)
    if on.hour_before:
        yield Planned(anchor - timedelta(minutes=60), Step.HOUR_BEFORE)
    if on.shortly_before:
        yield Planned(anchor - shortly, Step.SHORTLY_BEFORE)
    if on.due_now and is_at and not s.warned:
        yield Planned(s.from_at, Step.DUE_NOW)
    if on.before_end and not s.tried:
        yield Planned(s.until_at - timedelta(minutes=15), Step.BEFORE_END)


def _lateness(s: Situation) -> Iterable[Planned]:
    still = s.until_at + timedelta(minutes=30)
    yield Planned(s.until_at, Step.OVERDUE)
    yield Planned(still, Step.STILL_OVERDUE)
    if s.grace_ends_at is not None:
        yield Planned(max(s.grace_ends_at, still), Step.MISSED)
