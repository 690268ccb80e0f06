"""The promise's timer: each step once, the most serious first, by PostgreSQL's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from calendars import services as calendars
from calendars.queries import default
from core.actor import Actor
from core.models import Announcement, Event
from promises import services
from promises.models import Promise, PromiseSettings, Reminder
from tests.cast import NOW, actor
from tests.promises.stories import MINUTE, THREE, call, last_event, promised
from tickets.models import Ticket
from timers.models import Timer
from timers.services import Done, Outcome, fire_due

pytestmark = pytest.mark.django_db

GRACE_ENDS = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


@pytest.fixture
def promise(ticket: Ticket, agent: User) -> Promise:
    return promised(ticket, agent)


def fire(promise: Promise, at: datetime) -> Outcome:
    return services.fire_promise(promise.pk, at)


def steps(promise: Promise) -> list[str]:
    rows = Reminder.objects.filter(promise=promise).order_by("id")
    return list(rows.values_list("step", flat=True))


def test_a_step_fires_and_plans_the_next(promise: Promise) -> None:
    due = THREE - 15 * MINUTE
    assert fire(promise, due) == Done(next_due_at=THREE)
    assert steps(promise) == ["shortly_before"]
    event = last_event(promise)
    assert event.kind == "promise.reminded"
    assert event.data["step"] == "shortly_before"
    assert event.data["due_at"] == due.isoformat()
    assert (event.data["version"], event.data["delayed"]) == (1, False)
    assert Announcement.objects.filter(event_id=event.pk).exists()


def test_the_same_step_twice_has_one_effect(promise: Promise) -> None:
    for _time in range(3):
        assert fire(promise, THREE - 15 * MINUTE) == Done(next_due_at=THREE)
    assert steps(promise) == ["shortly_before"]
    assert Event.objects.filter(kind="promise.reminded").count() == 1


def test_too_early_nothing_happens(promise: Promise) -> None:
    assert fire(promise, NOW + MINUTE) == Done(next_due_at=THREE - 15 * MINUTE)
    assert steps(promise) == []


def test_through_all_steps_to_missed(promise: Promise, ticket: Ticket, agent: User) -> None:
    outcome = fire(promise, THREE - 15 * MINUTE)
    while isinstance(outcome, Done) and outcome.next_due_at:
        outcome = fire(promise, outcome.next_due_at)
    assert steps(promise) == ["shortly_before", "overdue", "still_overdue", "missed"]
    promise.refresh_from_db()
    assert (promise.state, promise.ended_at) == ("missed", GRACE_ENDS)
    assert promise.owner_at_until == agent
    event = last_event(promise)
    assert (event.kind, event.actor_kind) == ("promise.missed", "system")
    ticket.refresh_from_db()
    assert ticket.next_promise_at is None


def test_after_down_time_only_the_most_serious_fires_marked_delayed(promise: Promise) -> None:
    assert fire(promise, THREE + 40 * MINUTE) == Done(next_due_at=GRACE_ENDS)
    assert steps(promise) == ["still_overdue"]
    data = last_event(promise).data
    assert (data["delayed"], data["lead_knows"]) == (True, False)
    assert Reminder.objects.get().delayed


def test_seconds_late_is_not_delayed(promise: Promise) -> None:
    fire(promise, THREE + timedelta(seconds=59))
    assert not Reminder.objects.get().delayed


def test_the_promise_is_judged_by_real_times_not_by_the_poll(promise: Promise) -> None:
    fire(promise, GRACE_ENDS + timedelta(days=3))
    promise.refresh_from_db()
    assert (promise.state, promise.ended_at) == ("missed", GRACE_ENDS)
    assert steps(promise) == ["missed"]


def test_grace_follows_the_calendar(promise: Promise) -> None:
    calendars.add_holiday(default().pk, on="2026-11-20", actor=Actor.system(), at=NOW)
    monday = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert fire(promise, THREE + 30 * MINUTE) == Done(next_due_at=monday)
    PromiseSettings.objects.update(grace_working_days=2)
    assert fire(promise, monday) == Done(next_due_at=monday + timedelta(days=1))


def test_without_working_days_grace_is_counted_in_days(promise: Promise) -> None:
    never = [{"day": "mon", "start": "09:00", "end": "10:00"}]
    calendars.set_hours(default().pk, zone="UTC", windows=never, actor=Actor.system(), at=NOW)
    for monday in range(60):
        on = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(weeks=monday)
        calendars.add_holiday(default().pk, on=on.date(), actor=Actor.system(), at=NOW)
    assert fire(promise, THREE + 30 * MINUTE) == Done(next_due_at=THREE + timedelta(days=1))


def test_an_ended_promise_wants_nothing(promise: Promise, ticket: Ticket, agent: User) -> None:
    contact = call(ticket, agent, at=NOW + MINUTE)
    services.keep(promise.pk, message_id=contact.pk, actor=actor(agent), at=NOW + MINUTE)
    assert fire(promise, THREE) == Done()
    assert steps(promise) == []
    assert fire(Promise(pk=2**40), THREE) == Done()


def test_a_later_version_begins_its_reminders_anew(
    promise: Promise, agent: User, colleague: User
) -> None:
    fire(promise, THREE - 15 * MINUTE)
    at = THREE - 14 * MINUTE
    handed = services.hand_over(promise.pk, to_id=colleague.pk, actor=actor(agent), at=at)
    timer = Timer.objects.get(kind="promise", subject_id=promise.pk, state="pending")
    assert timer.due_at == THREE
    fire(handed, THREE)
    assert steps(promise) == ["shortly_before", "overdue"]
    assert last_event(promise).data["version"] == 2


def test_lateness_is_told_once_whatever_the_version(
    promise: Promise, agent: User, colleague: User
) -> None:
    fire(promise, THREE)
    at = THREE + 5 * MINUTE
    services.hand_over(promise.pk, to_id=colleague.pk, actor=actor(agent), at=at)
    assert fire(promise, at + MINUTE) == Done(next_due_at=THREE + 30 * MINUTE)
    assert steps(promise) == ["overdue"]


def test_lateness_that_was_not_told_yet_fires_at_once(
    promise: Promise, agent: User, colleague: User
) -> None:
    at = THREE + 5 * MINUTE
    services.hand_over(promise.pk, to_id=colleague.pk, actor=actor(agent), at=at)
    timer = Timer.objects.get(kind="promise", subject_id=promise.pk, state="pending")
    assert timer.due_at == THREE
    fire(promise, at)
    assert steps(promise) == ["overdue"]


def test_an_attempt_lets_the_last_warning_pass(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    PromiseSettings.objects.update(remind_before_end=True, remind_before=False)
    assert fire(promise, NOW + MINUTE) == Done(next_due_at=THREE - 15 * MINUTE)
    contact = call(ticket, agent, at=NOW + MINUTE, outcome="voicemail")
    services.attempt(promise.pk, message_id=contact.pk, actor=actor(agent), at=NOW + MINUTE)
    timer = Timer.objects.get(kind="promise", subject_id=promise.pk, state="pending")
    assert timer.due_at == THREE


def test_the_shift_begins_on_the_owners_clock(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, shape="at", on="2026-11-20", time="15:00")
    timer = Timer.objects.get(kind="promise", subject_id=promise.pk)
    assert timer.due_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    ten_before = datetime(2026, 11, 20, 13, 50, tzinfo=UTC)
    assert fire(promise, timer.due_at) == Done(next_due_at=ten_before)


def test_a_clock_that_ran_behind_does_not_put_events_in_disorder(
    promise: Promise, ticket: Ticket
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(last_event_at=THREE + 5 * MINUTE)
    fire(promise, THREE)
    assert last_event(promise).at == THREE + 5 * MINUTE


@pytest.mark.django_db(transaction=True)
def test_by_the_timer_itself(ticket: Ticket, agent: User) -> None:
    """PostgreSQL's now is long past: one timer, one effect, the promise is missed."""
    promise = promised(ticket, agent)
    Promise.objects.filter(pk=promise.pk).update(
        from_at=NOW - timedelta(days=900), until_at=NOW - timedelta(days=899)
    )
    Timer.objects.filter(subject_id=promise.pk).update(due_at=NOW - timedelta(days=899))
    batch = fire_due({"promise": services.fire_promise})
    assert (batch.fired, batch.failed) == (1, 0)
    promise.refresh_from_db()
    assert promise.state == "missed"
    assert not Timer.objects.filter(subject_id=promise.pk, state="pending").exists()
    assert fire_due({"promise": services.fire_promise}).taken == 0
