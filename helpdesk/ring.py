"""The only publisher to the broker: it rings workers from a thread of its own.

A broker that hangs or refuses never holds up who asks; he only learns that the bell is silent.
"""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from helpdesk.celery import app

log = logging.getLogger(__name__)

EXPIRES_S = 10
SILENT_AFTER_S = 1.0
AT_MOST_EVERY_S = 0.2
PAUSE_AFTER_FAILURE_S = 0.5
# By default a refused connection is tried for six seconds before anybody hears of it.
TRY_ONCE = {"max_retries": 1, "interval_start": 0}
# With no worker alive, bells would pile up in the broker; this many say as much as more.
QUEUED_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Bell:
    """A task that carries nothing, and the queue it is put into."""

    task: str
    queue: str


BELLS: dict[str, Bell] = {
    "timers": Bell("timers.fire", "timers"),
    "outbox": Bell("outbox.deliver", "deliver"),
    "inbox": Bell("intake.take_in", "mail_in"),
    "worker": Bell("worker.beat", "default"),
}


class Ring:
    """Rings the bells it is asked for, one after another."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asked_at: dict[str, float] = {}
        self._rung_at: dict[str, float] = {}
        self._has_failed = False
        self._is_stopping = False
        self._connection: Any = None
        self._thread = threading.Thread(target=self._run, name="ring", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No more bells. Does not wait for a broker that hangs."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        self._thread.join(timeout=SILENT_AFTER_S)

    def ask(self, name: str) -> None:
        """The bell will be rung as soon as the broker takes it; at most five times a second."""
        now = time.monotonic()
        with self._changed:
            if now - self._rung_at.get(name, -AT_MOST_EVERY_S) >= AT_MOST_EVERY_S:
                self._asked_at.setdefault(name, now)
                self._changed.notify()

    def is_silent(self) -> bool:
        """Whether a bell has waited for more than a second, or the last one could not be rung."""
        with self._changed:
            oldest = min(self._asked_at.values(), default=None)
            waits = oldest is not None and time.monotonic() - oldest > SILENT_AFTER_S
            return self._has_failed or waits or not self._thread.is_alive()

    def _run(self) -> None:
        while (name := self._next()) is not None:
            try:
                self._publish(BELLS[name])
            except (KombuError, RedisError, OSError) as error:
                self._failed(error)
            else:
                self._rung(name)
        self._hang_up()

    def _next(self) -> str | None:
        with self._changed:
            self._changed.wait_for(lambda: self._asked_at or self._is_stopping)
            return (
                None if self._is_stopping else min(self._asked_at, key=self._asked_at.__getitem__)
            )

    def _publish(self, bell: Bell) -> None:
        if self._connection is None:
            self._connection = app.connection_for_write(transport_options=TRY_ONCE)
        if self._connection.default_channel.client.llen(bell.queue) >= QUEUED_AT_MOST:
            return
        app.send_task(
            bell.task,
            queue=bell.queue,
            connection=self._connection,
            expires=EXPIRES_S,
            retry=False,
            ignore_result=True,
        )

    def _rung(self, name: str) -> None:
        with self._changed:
            if self._has_failed:
                log.info("the broker takes bells again")
            self._has_failed = False
            self._rung_at[name] = time.monotonic()
            self._asked_at.pop(name, None)

    def _failed(self, error: Exception) -> None:
        self._hang_up()
        with self._changed:
            if not self._has_failed:
                log.warning("the broker takes no bells: %s", error)
            self._has_failed = True
            # Whoever still needs a bell asks again; what is asked now may be done by then.
            self._asked_at.clear()
            self._changed.wait_for(lambda: self._is_stopping, timeout=PAUSE_AFTER_FAILURE_S)

    def _hang_up(self) -> None:
        line, self._connection = self._connection, None
        if line is not None:
            line.release()

    def last_rung_ago(self) -> float | None:
        """Seconds since the broker last took a bell; None if it never has."""
        with self._changed:
            latest = max(self._rung_at.values(), default=None)
        return None if latest is None else time.monotonic() - latest
