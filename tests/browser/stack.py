"""The desk's real programs with the demo company, and an empty desk beside it."""

import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import psycopg2
from psycopg2 import sql

from helpdesk.launch import ports, servers
from helpdesk.launch.bring_up import manage, readiness, tail
from helpdesk.launch.checks import administration, pointing_to
from helpdesk.launch.places import CHECKOUT
from helpdesk.launch.servers import Servers
from helpdesk.launch.waiting import holds_within

READY_S = 90.0
EMPTY = "helpdesk_empty"
PROGRAMS = ("web", "worker", "clock")
FAULT = re.compile(r"^(web|worker|clock)\S*: (\S*(Error|Exception): |.*content policy report)")
Row = tuple[Any, ...]


class Stack:
    """PostgreSQL, Redis, web, worker and clock on a data folder that is thrown away."""

    def __init__(self, running: Servers) -> None:
        self.servers = running
        self.url = running.environment["HELPDESK_PUBLIC_URL"]
        self.empty_url = ""

    def fill(self) -> None:
        """The schema is made, copied for the empty desk, and the demo is loaded."""
        self._manage("migrate", "--no-input", "--skip-checks")
        with administration(self.servers.environment["DATABASE_OWNER_URL"]) as cursor:
            [name] = _first(cursor, "SELECT current_database()")
            copy = "CREATE DATABASE {} TEMPLATE {}"
            cursor.execute(sql.SQL(copy).format(sql.Identifier(EMPTY), sql.Identifier(name)))
        self._manage("demo")

    def start(self) -> None:
        """Web, worker and clock run; the web server answers that all is well."""
        for name in PROGRAMS:
            self.servers.start(name)
        port = int(self.servers.environment["HELPDESK_PORT"])
        _wait_until("web", self.servers, lambda: readiness(port) == "")

    def start_empty_desk(self) -> str:
        """A web server for a desk without data; the link that sets it up.

        Once only: it stays until the end.
        """
        port = ports.free_port()
        self.empty_url = f"http://{ports.HOST}:{port}"
        variables = {
            **pointing_to(EMPTY, self.servers.environment),
            "HELPDESK_PORT": str(port),
            "HELPDESK_PUBLIC_URL": self.empty_url,
        }
        self.servers.start("web", "web-2", **variables)
        told = manage(
            self.servers.places, {**self.servers.environment, **variables}, "start_report"
        )
        # Without a clock and a worker of its own it never calls itself ready.
        _wait_until("web-2", self.servers, lambda: _answers(self.empty_url))
        return next(word for word in told.split() if word.startswith(self.empty_url))

    def restart_worker(self) -> None:
        """SIGKILL to the worker and its children, then a new one."""
        self.servers.kill("worker")
        self.servers.start("worker")

    def kill(self) -> None:
        """Nothing of the programs is worth an orderly end."""
        for label in (*PROGRAMS, "web-2"):
            if self.servers.is_running(label):
                self.servers.kill(label)

    def receive(self, raw: bytes, *options: str) -> str:
        """What `bin/manage receive_email --json` answers to a mail on its standard input."""
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "manage.py", "receive_email", "--json", *options],
            env={**self.servers.environment, "HELPDESK_PROCESS": "web"},
            cwd=CHECKOUT,
            input=raw,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode()

    def row(self, statement: str, *values: object) -> Row:
        """The first row of a query, asked with the owner's role."""
        with administration(self.servers.environment["DATABASE_OWNER_URL"]) as cursor:
            return _first(cursor, statement, values)

    def change(self, statement: str, values: Mapping[str, object] | Sequence[object] = ()) -> None:
        """What no screen can do: time that passes, a mailbox that is no longer a demo's."""
        with administration(self.servers.environment["DATABASE_OWNER_URL"]) as cursor:
            cursor.execute(statement, values)

    def complaints(self) -> list[str]:
        """What the programs wrote into their logs that speaks of a fault."""
        lines = (
            f"{path.stem}: {line}"
            for path in self.servers.places.log.glob("*.log")
            for line in path.read_text(errors="replace").splitlines()
        )
        return [line for line in lines if FAULT.search(line)]

    def _manage(self, *words: str) -> None:
        manage(self.servers.places, self.servers.environment, *words)


@contextmanager
def a_stack() -> Iterator[Stack]:
    """The whole desk, ready to be visited; all of it is gone afterwards."""
    outer = servers.without_servers(os.environ)
    with servers.throw_away(outer, port=ports.free_port()) as running:
        stack = Stack(running)
        try:
            stack.fill()
            stack.start()
            yield stack
        finally:
            stack.kill()


def _wait_until(label: str, running: Servers, is_there: Callable[[], bool]) -> None:
    holds_within(READY_S, lambda: not running.is_running(label) or is_there())
    assert running.is_running(label), tail(running.places.log_file(label))
    assert is_there(), tail(running.places.log_file(label))


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == HTTPStatus.OK)
    except OSError:
        return False


def _first(
    cursor: "psycopg2.extensions.cursor", statement: str, values: Sequence[object] = ()
) -> Row:
    cursor.execute(statement, values)
    row: Row | None = cursor.fetchone()
    assert row is not None, statement
    return row
