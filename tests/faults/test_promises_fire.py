"""Of promises whose time passes while everything is killed none is lost and none told twice."""

import pytest

from tests.faults.desk import Account, Desk
from timers.models import Timer

pytestmark = pytest.mark.faults


def _trouble(desk: Desk) -> None:
    """Everything dies at least once, as the work goes on."""
    desk.wait_until_told(60)
    desk.restart("worker")
    desk.wait_until_told(90)
    desk.restart("clock")
    desk.flush_redis()
    desk.wait_until_told(120)
    desk.restart("worker", "clock-2")
    desk.wait_until_told(150)
    desk.servers.kill("redis")
    desk.wait_until_told(200)
    desk.start_server("redis")
    desk.restart("worker")
    desk.wait_until_told(240)
    desk.restart_server("postgres")
    desk.wait_until_told(280)
    desk.restart("worker", "clock", "clock-2")
    desk.wait_until_told(320)
    desk.restart("worker")


def test_none_is_lost_and_none_told_twice(desk: Desk) -> None:
    # Overdue since before the clocks start: what a down-time leaves behind.
    desk.promise(40, first_s=-7200, last_s=-2400)
    for label in ("worker", "clock", "clock-2"):
        desk.start(label)
    desk.promise(320, first_s=2, last_s=18)
    _trouble(desk)
    desk.wait_until_told(360)
    assert desk.account() == Account(made=360, lost=0, doubled=0, without_next_step=0)


def test_the_same_proof_fails_with_a_naive_firing(desk: Desk) -> None:
    desk.promise(120, first_s=-1, last_s=-1)
    for label in ("naive-worker", "naive-clock"):
        desk.start(label)
    for told in (10, 20, 30):
        desk.wait_until_told(told)
        desk.restart("naive-worker", "naive-clock")
    desk.wait_until_told(120)
    assert desk.account().lost > 0


def test_without_redis_and_workers_two_clocks_fire_everything_once(desk: Desk) -> None:
    desk.servers.kill("redis")
    desk.promise(60, first_s=0, last_s=3)
    desk.start("clock")
    desk.start("clock-2")
    desk.wait_until_told(60)
    desk.start_server("redis")
    assert desk.account() == Account(made=60, lost=0, doubled=0, without_next_step=0)


def test_a_bell_alone_makes_a_worker_fire(desk: Desk) -> None:
    desk.promise(40, first_s=-7200, last_s=-2400)
    desk.start("worker")
    with desk.ringing("timers"):
        desk.wait_until_told(40)
    assert desk.account() == Account(made=40, lost=0, doubled=0, without_next_step=0)


def test_one_that_kills_its_worker_each_time_backs_off_and_the_rest_fires(desk: Desk) -> None:
    made = desk.promise(20, first_s=-7200, last_s=-2400)
    deadly = made[0]
    desk.servers.environment["ODD_DEADLY"] = str(deadly)
    desk.start("deadly-worker")
    with desk.ringing("timers"):
        desk.wait_until_told(19)
    assert set(made) - set(desk.told()) == {deadly}
    timer = Timer.objects.get(kind="promise", subject_id=deadly)
    assert (timer.state, timer.last_error) == (
        Timer.State.PENDING,
        "its process ended while it was fired",
    )
    assert timer.attempts >= 1
