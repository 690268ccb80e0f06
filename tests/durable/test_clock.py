"""The clock announces at once, does itself what nobody comes for, and outlives its connections."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from core import claim, events
from core.actor import Actor
from core.models import Announcement, Heartbeat
from helpdesk import due
from helpdesk.clock import Clock
from helpdesk.launch.waiting import holds_within
from outbox.models import OutboxMessage
from outbox.services import put_mail
from tests.durable.bells import broker_at
from tests.durable.post import free_port
from timers.models import Job, Timer
from timers.services import set_timer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

AT = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _mail_folder(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_DIR = tmp_path


@pytest.fixture
def clock() -> Iterator[Clock]:
    """It runs beside the test; its broker takes no bells."""
    made = Clock()

    def run() -> None:
        try:
            made.run()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with broker_at(f"redis://127.0.0.1:{free_port()}/0"):
        thread.start()
        assert holds_within(10, Heartbeat.objects.filter(name__startswith="clock@").exists)
        yield made
        made.stop()
        thread.join(10)
    assert not thread.is_alive()


def _timer(**before: float) -> Timer:
    """Its handler has nothing to do: a job that the code no longer has."""
    job = Job.objects.create(name=f"retired {Job.objects.count()}", every_s=60)
    return set_timer("job", job.pk, due_at=claim.instant() - timedelta(**before))


def _has_fired(timer: Timer) -> bool:
    timer.refresh_from_db()
    return timer.state == Timer.State.FIRED


def _mail(**fields: Any) -> OutboxMessage:
    put_mail(key="k", raw=b"x", sender="a@b.example", recipients=["c@d.example"], mailbox_id=None)
    OutboxMessage.objects.update(**fields)
    return OutboxMessage.objects.get()


def _record() -> None:
    events.record("desk.changed", subject_kind="desk", subject_id=1, actor=Actor.system(), at=AT)


def test_an_event_is_announced_at_once(clock: Clock) -> None:
    _record()
    assert holds_within(2, lambda: not Announcement.objects.exists())


def test_without_a_broker_it_fires_itself(clock: Clock) -> None:
    timer = _timer(seconds=0)
    assert holds_within(5, lambda: _has_fired(timer))


def test_a_timer_of_the_near_future_fires_when_it_is_due(clock: Clock) -> None:
    timer = _timer(seconds=-0.5)
    assert holds_within(5, lambda: _has_fired(timer))
    assert timer.fired_at is not None
    assert timer.fired_at >= timer.due_at


def test_it_outlives_its_connections(clock: Clock) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    _record()
    assert holds_within(10, lambda: not Announcement.objects.exists())


def test_mail_nobody_delivers_is_sent_by_the_clock(clock: Clock) -> None:
    mail = _mail(next_at=claim.instant() - timedelta(seconds=40))

    def is_sent() -> bool:
        mail.refresh_from_db()
        return mail.state == OutboxMessage.State.SENT

    assert holds_within(10, is_sent)


def test_recurring_jobs_are_planned_when_it_starts(clock: Clock) -> None:
    assert holds_within(5, lambda: Timer.objects.filter(kind="job").count() > 1)


# ---- what it looks at


def test_nothing_to_do_is_seen() -> None:
    seen = due.look()
    assert (seen.timer_standing_s, seen.mail_standing_s, seen.is_delivering) == (None, None, False)


def test_how_long_a_timer_stands_counts_from_when_it_could_be_taken() -> None:
    _timer(seconds=100)
    Timer.objects.update(not_before=claim.instant() - timedelta(seconds=5))
    standing = due.look().timer_standing_s
    assert standing is not None
    assert 5 <= standing < 10


def test_a_timer_that_rests_after_a_failure_does_not_stand() -> None:
    _timer(seconds=100)
    Timer.objects.update(not_before=claim.instant() + timedelta(seconds=5))
    assert due.look().timer_standing_s is None


def test_the_next_timer_is_seen_coming() -> None:
    _timer(seconds=-30)
    coming = due.look().next_timer_s
    assert coming is not None
    assert 25 < coming <= 30


def test_a_mail_that_is_leaving_does_not_stand() -> None:
    _mail(lease_token="0" * 32, lease_until=claim.instant() + timedelta(seconds=30))
    seen = due.look()
    assert (seen.mail_standing_s, seen.is_delivering) == (None, True)


def test_mail_being_delivered_is_left_to_the_worker() -> None:
    # The ring is not started, so nothing of this reaches a broker.
    clock = Clock()
    clock._send(100.0, is_delivering=True)
    clock._send(5.0, is_delivering=False)
    assert clock._delivery is None
