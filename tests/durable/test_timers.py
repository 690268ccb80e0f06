"""A timer fires once, with its effect; a failing one holds up no other and is never silent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core import claim
from core.actor import Actor
from core.errors import NotFound, Refused
from core.models import Desk, Event
from timers import services
from timers.models import Firing, Timer
from timers.services import BUSY, Busy, Done, cancel_timer, fire_due, set_timer

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SYSTEM = Actor.system()
State = Timer.State


def _later() -> datetime:
    return claim.instant() + timedelta(hours=1)


def _done(_subject: int, _now: datetime) -> Done:
    return Done()


def _fails(_subject: int, _now: datetime) -> Done:
    raise ValueError("no such thing")


def test_what_is_due_fires_once() -> None:
    seen: list[int] = []

    def note(subject: int, _now: datetime) -> Done:
        seen.append(subject)
        return Done()

    timer = set_timer("a", 7, due_at=LONG_AGO)
    assert fire_due({"a": note}).fired == 1
    assert fire_due({"a": note}).taken == 0
    timer.refresh_from_db()
    assert (seen, timer.state, timer.fired_at is not None) == ([7], State.FIRED, True)


def test_what_is_not_due_waits() -> None:
    set_timer("a", 7, due_at=_later())
    assert fire_due({"a": _done}).taken == 0


def test_the_longest_due_fires_first() -> None:
    order: list[int] = []

    def note(subject: int, _now: datetime) -> Done:
        order.append(subject)
        return Done()

    for subject, hours in ((1, 2), (2, 0), (3, 1)):
        set_timer("a", subject, due_at=LONG_AGO + timedelta(hours=hours))
    fire_due({"a": note})
    assert order == [2, 3, 1]


def test_planning_anew_cancels_the_pending_one_and_raises_the_generation() -> None:
    first = set_timer("a", 7, due_at=LONG_AGO)
    second = set_timer("a", 7, due_at=_later())
    first.refresh_from_db()
    assert (first.state, second.generation) == (State.CANCELLED, 2)
    assert fire_due({"a": _done}).taken == 0


def test_a_cancelled_timer_does_not_fire() -> None:
    set_timer("a", 7, due_at=LONG_AGO)
    cancel_timer("a", 7)
    assert fire_due({"a": _done}).taken == 0


def test_a_handler_plans_the_next_step_by_its_answer() -> None:
    following = _later()
    set_timer("a", 7, due_at=LONG_AGO)
    fire_due({"a": lambda _subject, _now: Done(following)})
    pending = Timer.objects.get(state=State.PENDING)
    assert (pending.due_at, pending.generation) == (following, 2)


def test_a_handler_that_plans_its_own_timer_itself_is_a_failure() -> None:
    def replans(subject: int, _now: datetime) -> Done:
        set_timer("a", subject, due_at=_later())
        return Done()

    set_timer("a", 7, due_at=LONG_AGO)
    assert fire_due({"a": replans}).failed == 1
    assert Timer.objects.filter(kind="a").count() == 1


def test_a_busy_subject_is_left_for_the_next_look() -> None:
    timer = set_timer("a", 7, due_at=LONG_AGO)
    assert fire_due({"a": lambda _subject, _now: BUSY}).busy == 1
    timer.refresh_from_db()
    assert (timer.state, timer.attempts) == (State.PENDING, 0)
    assert fire_due({"a": _done}).fired == 1


def test_many_busy_subjects_do_not_hide_what_is_due_behind_them() -> None:
    def by_subject(subject: int, _now: datetime) -> Done | Busy:
        return BUSY if subject < 12 else Done()

    for subject in range(13):
        set_timer("a", subject, due_at=LONG_AGO + timedelta(minutes=subject))
    assert fire_due({"a": by_subject}, limit=3).fired == 1


def test_a_failing_timer_leaves_no_trace_of_its_effect_and_holds_up_no_other() -> None:
    def half_way(subject: int, _now: datetime) -> Done:
        Desk.objects.filter(pk=1).update(name="half done")
        if subject == 1:
            raise ValueError("no such thing")
        return Done()

    for subject in (1, 2):
        set_timer("a", subject, due_at=LONG_AGO + timedelta(minutes=subject))
    before = Desk.objects.get().name
    batch = fire_due({"a": half_way, "b": _done}, limit=1)
    assert (batch.failed, Desk.objects.get().name) == (1, before)
    assert fire_due({"a": half_way}).fired == 1


def test_a_failing_timer_backs_off_with_its_reason() -> None:
    timer = set_timer("a", 7, due_at=LONG_AGO)
    fire_due({"a": _fails})
    timer.refresh_from_db()
    assert (timer.attempts, timer.last_error) == (1, "ValueError: no such thing")
    assert timedelta(seconds=5) < timer.not_before - claim.instant() <= timedelta(seconds=10)
    assert fire_due({"a": _done}).taken == 0


def test_the_twentieth_failure_makes_it_dead_and_says_so() -> None:
    timer = set_timer("a", 7, due_at=LONG_AGO)
    Timer.objects.update(attempts=19)
    fire_due({"a": _fails})
    timer.refresh_from_db()
    event = Event.objects.get(kind="timer.dead")
    assert (timer.state, event.subject_id) == (State.DEAD, timer.pk)
    assert event.data == {"kind": "a", "subject_id": 7}


def test_a_timer_nobody_can_fire_is_a_failure() -> None:
    set_timer("unheard-of", 7, due_at=LONG_AGO)
    assert fire_due({"a": _done}).failed == 1


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 10), (2, 20), (5, 160), (8, 900), (19, 900), (10_000, 900)]
)
def test_back_off_doubles_up_to_a_quarter_of_an_hour(attempts: int, seconds: int) -> None:
    assert claim.back_off(attempts) == timedelta(seconds=seconds)


def _dead(**fields: object) -> Timer:
    return Timer.objects.create(
        kind="a", subject_id=7, due_at=LONG_AGO, state=State.DEAD, attempts=20, **fields
    )


def test_a_dead_timer_can_be_tried_again() -> None:
    timer = _dead()
    services.retry(timer.pk, actor=SYSTEM, at=LONG_AGO)
    assert fire_due({"a": _done}).fired == 1
    assert Event.objects.filter(kind="timer.retried", subject_id=timer.pk).exists()


def test_what_was_planned_anew_since_is_not_tried_again() -> None:
    timer = _dead()
    set_timer("a", 7, due_at=_later())
    with pytest.raises(Refused, match="planned anew"):
        services.retry(timer.pk, actor=SYSTEM, at=LONG_AGO)


def test_only_a_dead_timer_can_be_tried_again() -> None:
    timer = set_timer("a", 7, due_at=_later())
    with pytest.raises(NotFound):
        services.retry(timer.pk, actor=SYSTEM, at=LONG_AGO)


# ---- batches that die with their process


def _died(count: int) -> None:
    for _each in range(count):
        Firing.objects.create(began_at=claim.instant() - timedelta(seconds=5))


def test_after_three_dead_batches_an_attempt_is_counted_before_it_is_made() -> None:
    _died(3)
    timer = set_timer("a", 7, due_at=LONG_AGO)
    seen: list[int] = []

    def note(_subject: int, _now: datetime) -> Done:
        seen.append(Timer.objects.get(pk=timer.pk).attempts)
        return Done()

    assert fire_due({"a": note}).fired == 1
    timer.refresh_from_db()
    assert (seen, timer.state, timer.attempts, timer.last_error) == ([1], State.FIRED, 0, "")


@pytest.mark.parametrize("handler", [_fails, lambda _subject, _now: BUSY])
def test_alone_too_a_failure_counts_once_and_a_busy_subject_not_at_all(
    handler: Callable[[int, datetime], Done | Busy],
) -> None:
    _died(3)
    timer = set_timer("a", 7, due_at=LONG_AGO)
    fire_due({"a": handler}, limit=1)
    timer.refresh_from_db()
    assert timer.attempts == (1 if handler is _fails else 0)
    assert timer.state == State.PENDING


def test_after_three_dead_batches_all_that_is_due_still_fires() -> None:
    _died(3)
    for subject in range(5):
        set_timer("a", subject, due_at=LONG_AGO)
    assert fire_due({"a": _done}).fired == 5


def test_a_batch_leaves_no_mark_when_it_ends() -> None:
    set_timer("a", 7, due_at=LONG_AGO)
    fire_due({"a": _done})
    assert not Firing.objects.exists()
