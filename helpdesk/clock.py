"""The clock process: it announces, rings workers for what is due, and fires when they do not."""

import logging
import random
import threading
import time
from types import FrameType

import psycopg2
from django.db import Error, connection

from helpdesk import announce, due, heartbeat, jobs
from helpdesk.clockwork import HANDLERS
from helpdesk.ear import Ear
from helpdesk.ring import Ring
from outbox.services import deliver
from timers import services

log = logging.getLogger(__name__)

CHANNELS = ("events", "timers", "outbox", "inbox")
LOOK_EVERY_S = 1.0
BEAT_EVERY_S = 5.0
TIMER_STANDS_S = 3.0
MAIL_STANDS_S = 30.0
RUNG_LATELY_S = 30.0
_jitter = random.SystemRandom()


class Clock:
    """One clock. Any number may run at once: they are only more workers on the same rows."""

    def __init__(self) -> None:
        self._ear = Ear(*CHANNELS)
        self._ring = Ring()
        self._is_stopping = False
        self._beaten_at = float("-inf")
        self._delivery: threading.Thread | None = None

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """`run` returns soon. May be called from a signal handler."""
        self._is_stopping = True
        self._ear.wake()

    def run(self) -> None:
        """Looks at every notice and once a second, until stopped; survives the database's end."""
        self._ring.start()
        log.info("the clock runs")
        while not self._is_stopping:
            try:
                self._keep_looking()
            except (Error, psycopg2.Error) as error:
                log.warning("the database does not answer: %s", str(error).strip())
                self._hang_up()
                # Not all clocks and workers at the same instant.
                self._ear.pause(_jitter.uniform(0.2, 1.2))
        self._ring.stop()
        self._hang_up()
        log.info("the clock has stopped")

    def _keep_looking(self) -> None:
        self._ear.listen()
        jobs.plan()
        while not self._is_stopping:
            self._ear.wait(self._look())

    def _hang_up(self) -> None:
        self._ear.close()
        connection.close()

    def _look(self) -> float:
        """Does what is to be done now; in how many seconds to look again at the latest."""
        self._beat()
        is_more = announce.run_pending() >= announce.BATCH
        waiting = due.look()
        if waiting.timer_standing_s is not None:
            is_more |= self._fire(waiting.timer_standing_s)
        if waiting.mail_standing_s is not None:
            self._send(waiting.mail_standing_s, is_delivering=waiting.is_delivering)
        if waiting.has_inbound:
            self._ring.ask("inbox")
        if is_more:
            return 0.0
        return min(LOOK_EVERY_S, waiting.next_timer_s or LOOK_EVERY_S)

    def _fire(self, standing_s: float) -> bool:
        """Rings; fires itself if the bell is silent or nobody came. Whether more may be due."""
        self._ring.ask("timers")
        if standing_s < TIMER_STANDS_S and not self._ring.is_silent():
            return False
        batch = services.fire_due(HANDLERS)
        if batch.fired:
            log.info("no worker came: the clock fired %s timers itself", batch.fired)
        return batch.fired >= services.BATCH

    def _send(self, standing_s: float, *, is_delivering: bool) -> None:
        self._ring.ask("outbox")
        if standing_s < MAIL_STANDS_S or is_delivering:
            return
        if self._delivery is None or not self._delivery.is_alive():
            self._delivery = threading.Thread(target=_deliver, name="deliver", daemon=True)
            self._delivery.start()

    def _beat(self) -> None:
        if time.monotonic() - self._beaten_at < BEAT_EVERY_S:
            return
        heartbeat.beat_clock()
        self._beaten_at = time.monotonic()
        self._ring.ask("worker")
        rung_ago = self._ring.last_rung_ago()
        if rung_ago is not None and rung_ago < RUNG_LATELY_S and not self._ring.is_silent():
            heartbeat.beat("broker")


def _deliver() -> None:
    """In a thread of its own, because a mail server may take its time."""
    try:
        log.warning("no worker delivers: the clock sends what has waited for 30 s")
        deliver()
    except Error as error:
        log.warning("delivery ended early: %s", str(error).strip())
    finally:
        connection.close()
