"""A connection of its own that hears what PostgreSQL notifies; never through a pooler."""

import contextlib
import os
import select
from collections.abc import Sequence
from typing import Any

import psycopg2
from django.db import connection
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, Notify


def connect(channels: Sequence[str]) -> "psycopg2.extensions.connection":
    """A new connection that listens on `channels`; psycopg2.OperationalError if there is none."""
    parameters = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key not in {"cursor_factory", "context"}
    }
    line: psycopg2.extensions.connection = psycopg2.connect(connect_timeout=5, **parameters)
    line.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    with line.cursor() as cursor:
        for channel in channels:
            cursor.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
    return line


def heard(line: "psycopg2.extensions.connection") -> list[Notify]:
    """What has come in since the last call; psycopg2.Error if the line is broken."""
    line.poll()
    found = list(line.notifies)
    line.notifies.clear()
    return found


class Ear:
    """Waits for a notice, for the end of a time, or for `wake` from a signal or another thread."""

    def __init__(self, *channels: str) -> None:
        self._channels = channels
        self._line: psycopg2.extensions.connection | None = None
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(self._woken, False)

    def listen(self) -> None:
        """The line stands; nothing happens if it does already."""
        if self._line is None:
            self._line = connect(self._channels)

    def wait(self, seconds: float) -> None:
        """Returns at the first notice, at `wake`, or after `seconds`; `listen` comes before."""
        if self._line is None:
            raise psycopg2.InterfaceError("not listening")
        self._sleep([self._line, self._woken], seconds)
        heard(self._line)

    def pause(self, seconds: float) -> None:
        """Returns at `wake` or after `seconds`, deaf to notices."""
        self._sleep([self._woken], seconds)

    def _sleep(self, sources: list[Any], seconds: float) -> None:
        select.select(sources, [], [], max(seconds, 0.0))
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)

    def wake(self) -> None:
        """`wait` returns at once. May be called from a signal handler."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._waker, b".")

    def close(self) -> None:
        """The line is down; `listen` puts up a new one."""
        if self._line is not None:
            with contextlib.suppress(psycopg2.Error):
                self._line.close()
            self._line = None
