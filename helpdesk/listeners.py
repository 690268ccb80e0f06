"""Who listens to hints in this web process, and the one line to PostgreSQL they come by."""

import asyncio
import contextlib
import json
import logging
import random
import secrets
from collections import deque
from dataclasses import dataclass
from typing import Any

import psycopg2

from helpdesk import ear

log = logging.getLogger(__name__)

KEPT = 1000
WAITING_AT_MOST = 200
LINE_WITHIN_S = 5.0
_jitter = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Hint:
    """That a thing has changed, as it came from PostgreSQL; `number` counts in this process."""

    number: int
    kind: str
    subject_id: int
    version: int
    ticket_id: int | None
    user_id: int | None


class Listener:
    """One stream's place: hints wait here until they are sent."""

    def __init__(self) -> None:
        self._waiting: deque[Hint] = deque()
        self._has_missed = False
        self._changed = asyncio.Event()

    def put(self, hint: Hint) -> None:
        """A reader that is too slow loses hints and is told to look again at everything."""
        if len(self._waiting) >= WAITING_AT_MOST:
            self.missed()
        else:
            self._waiting.append(hint)
            self._changed.set()

    def missed(self) -> None:
        self._waiting.clear()
        self._has_missed = True
        self._changed.set()

    async def next(self, timeout_s: float) -> tuple[bool, list[Hint]]:
        """Whether something was missed, and the hints since; empty when the time was over."""
        try:
            await asyncio.wait_for(self._changed.wait(), timeout_s)
        except TimeoutError:
            return False, []
        self._changed.clear()
        has_missed, self._has_missed = self._has_missed, False
        hints = list(self._waiting)
        self._waiting.clear()
        return has_missed, hints


class Hub:
    """All listeners of this process, and its one line, which stands from the first of them on."""

    def __init__(self) -> None:
        self._process = secrets.token_hex(4)
        self._count = 0
        self._kept: deque[Hint] = deque(maxlen=KEPT)
        self._listeners: set[Listener] = set()
        self._line: asyncio.Task[None] | None = None
        self._stands = asyncio.Event()

    async def join(self, last_id: str) -> Listener:
        """A new listener, with what it missed since `last_id`, or told that it missed something."""
        if self._line is None:
            self._line = asyncio.create_task(self._listen())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stands.wait(), LINE_WITHIN_S)
        listener = Listener()
        since = self._number_of(last_id)
        if since is not None:
            for hint in self._kept:
                if hint.number > since:
                    listener.put(hint)
        elif last_id:
            listener.missed()
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def id_of(self, number: int) -> str:
        return f"{self._process}-{number}"

    @property
    def latest_id(self) -> str:
        return self.id_of(self._count)

    def _number_of(self, last_id: str) -> int | None:
        """None for an id of another process, of an earlier line, or too long ago."""
        process, _dash, number = last_id.partition("-")
        if process != self._process or not number.isascii() or not number.isdigit():
            return None
        oldest = self._kept[0].number - 1 if self._kept else self._count
        return int(number) if oldest <= int(number[:18]) <= self._count else None

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (psycopg2.Error, OSError) as error:
                log.warning("no hints for now: %s", str(error).strip())
            self._stands.clear()
            # Nobody hears what comes now, so an id from before says nothing.
            self._process = secrets.token_hex(4)
            self._kept.clear()
            await asyncio.sleep(_jitter.uniform(0.2, 1.5))

    async def _hear(self) -> None:
        """Hands on what comes in until the line breaks."""
        line = await asyncio.to_thread(ear.connect, ["live"])
        try:
            # What was notified while no line stood is lost to those who were there already.
            for listener in self._listeners:
                listener.missed()
            self._stands.set()
            while True:
                await _readable(line)
                for notice in ear.heard(line):
                    self._spread(notice.payload)
        finally:
            line.close()

    def _spread(self, payload: str) -> None:
        hint = _read(payload, self._count + 1)
        if hint is None:
            log.warning("a hint that is none: %.200s", payload)
            return
        self._count = hint.number
        self._kept.append(hint)
        for listener in self._listeners:
            listener.put(hint)


async def _readable(line: Any) -> None:
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    descriptor = line.fileno()
    loop.add_reader(descriptor, _done, ready)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)


def _done(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _read(payload: str, number: int) -> Hint | None:
    try:
        facts = json.loads(payload)
        return Hint(
            number=number,
            kind=str(facts["k"]),
            subject_id=int(facts["id"]),
            version=int(facts["v"]),
            ticket_id=facts.get("t"),
            user_id=facts.get("u"),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
