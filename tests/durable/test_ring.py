"""A broker that hangs, refuses or forgets holds up nobody who asks for a bell."""

import time
from collections.abc import Iterator

import pytest
import redis

from helpdesk.launch.waiting import holds_within
from helpdesk.ring import BELLS, QUEUED_AT_MOST
from tests.durable.bells import bells_to, broker_at, own_broker
from tests.durable.post import deaf_office, free_port

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


URL, _client = own_broker()


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The real one, empty before and after."""
    _client.flushdb()
    yield _client
    _client.flushdb()
    _client.close()


def _queued(broker: redis.Redis, name: str) -> int:
    return int(str(broker.llen(BELLS[name].queue)))


def test_a_bell_is_put_into_its_queue(broker: redis.Redis) -> None:
    with bells_to(URL) as ring:
        ring.ask("outbox")
        assert holds_within(5, lambda: _queued(broker, "outbox") == 1)
        assert not ring.is_silent()
        assert ring.last_rung_ago() is not None


def test_bells_nobody_answers_do_not_pile_up(broker: redis.Redis) -> None:
    broker.lpush(BELLS["timers"].queue, *["waiting"] * QUEUED_AT_MOST)
    with bells_to(URL) as ring:
        ring.ask("timers")
        assert holds_within(5, lambda: ring.last_rung_ago() is not None)
    assert _queued(broker, "timers") == QUEUED_AT_MOST


def test_a_broker_that_refuses_makes_the_ring_silent_at_once() -> None:
    with bells_to(f"redis://127.0.0.1:{free_port()}/0") as ring:
        ring.ask("timers")
        assert holds_within(3, ring.is_silent)


def test_a_broker_that_hangs_holds_up_nobody() -> None:
    with deaf_office() as port, bells_to(f"redis://127.0.0.1:{port}/0") as ring:
        before = time.monotonic()
        ring.ask("timers")
        ring.ask("outbox")
        assert time.monotonic() - before < 0.1
        assert holds_within(3, ring.is_silent)


def test_a_broker_that_is_back_gets_bells_again(broker: redis.Redis) -> None:
    with bells_to(f"redis://127.0.0.1:{free_port()}/0") as ring:
        ring.ask("timers")
        assert holds_within(3, ring.is_silent)

        def arrives() -> bool:
            # As the clock does: what is still due is asked for at every look.
            ring.ask("timers")
            return _queued(broker, "timers") > 0

        with broker_at(URL):
            assert holds_within(10, arrives)
            assert holds_within(3, lambda: not ring.is_silent())
