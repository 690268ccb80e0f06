"""Two at once: whoever comes first wins, nobody waits for ever, nothing happens twice."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, transaction

import promises.services
from accounts.models import User
from core import claim, clock, events
from core.actor import Actor
from core.models import Announcement, Event, Heartbeat
from helpdesk import tasks
from helpdesk.announce import REACTIONS, Consumer, run_pending
from outbox.models import OutboxMessage
from outbox.services import deliver, put_mail
from outbox.tasks import deliver as deliver_task
from promises.models import Promise, Reminder
from tests.cast import actor
from tests.durable.post import by, office
from tickets.models import Ticket
from timers import services
from timers.models import Timer
from timers.services import Done, Outcome, fire_due, set_timer

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PATIENCE_S = 10


@contextmanager
def _meanwhile(work: Callable[[], object]) -> Iterator[None]:
    """`work` runs beside the block, on a connection of its own; its failure is the test's."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except (Error, AssertionError, LookupError, ValueError) as failure:
            failures.append(failure)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert failures == []


def _wait(signal: threading.Event) -> None:
    assert signal.wait(PATIENCE_S)


@pytest.fixture
def promise(ticket: Ticket, agent: User) -> Promise:
    """Its time passed five minutes ago."""
    until = clock.now() - timedelta(minutes=5)
    made = Promise.objects.create(
        ticket=ticket,
        person=ticket.requester,
        topic="Call about the grinder",
        shape=Promise.Shape.BY,
        zone="Europe/Amsterdam",
        until_wall="2026-11-19T15:00",
        from_at=until - timedelta(hours=1),
        until_at=until,
        owner=agent,
        made_by=agent,
        made_at=until - timedelta(hours=1),
        version_at=until - timedelta(seconds=1),
        consent=True,
    )
    set_timer("promise", made.pk, due_at=until)
    return made


def _void(promise: Promise, supervisor: User) -> None:
    promises.services.void(
        promise.pk, reason="Entered on the wrong ticket", actor=actor(supervisor), at=clock.now()
    )


HANDLERS = {"promise": promises.services.fire_promise}


def test_a_promise_being_changed_does_not_fire_and_nobody_waits(
    promise: Promise, supervisor: User
) -> None:
    changed, looked = threading.Event(), threading.Event()

    def change() -> None:
        with transaction.atomic():
            _void(promise, supervisor)
            changed.set()
            _wait(looked)

    with _meanwhile(change):
        _wait(changed)
        assert fire_due(HANDLERS).fired == 0
        looked.set()
    assert fire_due(HANDLERS).taken == 0
    assert not Reminder.objects.exists()
    assert Timer.objects.get().state == Timer.State.CANCELLED


def test_who_changes_a_promise_while_it_fires_sees_what_fired(
    promise: Promise, supervisor: User
) -> None:
    fires, asked = threading.Event(), threading.Event()

    def slowly(promise_id: int, now: datetime) -> Outcome:
        outcome = promises.services.fire_promise(promise_id, now)
        fires.set()
        _wait(asked)
        return outcome

    def change() -> None:
        _wait(fires)
        asked.set()
        _void(promise, supervisor)

    with _meanwhile(change):
        assert fire_due({"promise": slowly}).fired == 1
    assert Reminder.objects.count() == 1
    assert Promise.objects.get().state == Promise.State.VOIDED
    assert not Timer.objects.filter(state=Timer.State.PENDING).exists()


def test_two_who_fire_at_once_fire_each_timer_once() -> None:
    for subject in range(40):
        set_timer("a", subject, due_at=LONG_AGO)
    both_here = threading.Barrier(2)
    first = threading.local()

    def beat(subject: int, _now: datetime) -> Done:
        if not hasattr(first, "done"):
            first.done = True
            both_here.wait(PATIENCE_S)
        Heartbeat.objects.create(name=f"{subject}")
        return Done()

    with _meanwhile(lambda: fire_due({"a": beat}, limit=20)):
        fire_due({"a": beat}, limit=20)
    assert Heartbeat.objects.count() == 40
    assert Timer.objects.filter(state=Timer.State.FIRED).count() == 40


def test_a_connection_that_dies_while_firing_leaves_everything_as_it_was() -> None:
    timer = set_timer("a", 7, due_at=LONG_AGO)

    def dies(_subject: int, _now: datetime) -> Done:
        Heartbeat.objects.create(name="half done")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return Done()

    with pytest.raises(Error):
        fire_due({"a": dies})
    connection.close()
    timer.refresh_from_db()
    assert (timer.state, timer.attempts) == (Timer.State.PENDING, 0)
    assert not Heartbeat.objects.exists()
    assert fire_due({"a": lambda _subject, _now: Done()}).fired == 1


def test_two_who_announce_at_once_announce_each_event_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[int] = []
    begun, over = threading.Event(), threading.Event()

    def slowly(event: Event) -> None:
        heard.append(event.pk)
        begun.set()
        _wait(over)

    monkeypatch.setitem(REACTIONS, "test.happened", (Consumer("slow", slowly),))
    events.record(
        "test.happened", subject_kind="desk", subject_id=1, actor=Actor.system(), at=LONG_AGO
    )
    with _meanwhile(run_pending):
        _wait(begun)
        assert run_pending() == 0
        over.set()
    assert (len(heard), Announcement.objects.count()) == (1, 0)


def test_two_who_deliver_at_once_send_each_mail_once() -> None:
    with office() as post:
        by(post.port)
        for number in range(12):
            put_mail(
                key=f"k{number}",
                raw=b"Subject: %d\n\nText\n" % number,
                sender="support@desk.example",
                recipients=["marieke@bakkerijdewolf.example"],
                mailbox_id=None,
            )
        with _meanwhile(deliver):
            deliver()
        # Each leaves places of the lane to the other; what is left is the next bell's.
        deliver()
    assert len(post.got) == len({raw for _from, _to, raw in post.got}) == 12
    assert set(OutboxMessage.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_every_task_may_run_twice(promise: Promise) -> None:
    for task in (tasks.fire, tasks.beat, deliver_task):
        task()
        task()
    assert Reminder.objects.count() == 1
    assert Heartbeat.objects.filter(name__startswith="worker@").count() == 1


def test_a_mark_of_a_living_batch_is_no_crash() -> None:
    set_timer("a", 7, due_at=claim.instant())
    begun, over = threading.Event(), threading.Event()

    def slowly(_subject: int, _now: datetime) -> Done:
        begun.set()
        _wait(over)
        return Done()

    with _meanwhile(lambda: fire_due({"a": slowly})):
        _wait(begun)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE timers_firing SET began_at = began_at - interval '5 seconds'")
        seen = services._recent_crashes()
        over.set()
    assert seen == 0
