"""bin/test, second half: every check in its order, on servers of its own."""

import os
import secrets
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg2
from psycopg2 import sql

from helpdesk.launch import browser
from helpdesk.launch.places import CHECKOUT
from helpdesk.launch.problem import told_in_one_line
from helpdesk.launch.servers import throw_away

PYTEST_FOUND_NONE = 5
GRACE_S = 60.0
# import-linter has no module that can be run, and its script knows only one place.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Step:
    """One command of the environment's Python."""

    title: str
    words: list[str]
    variables: Mapping[str, str] = field(default_factory=dict)
    also_good: tuple[int, ...] = ()


def module(*words: str, also_good: tuple[int, ...] = ()) -> Step:
    return Step(shlex.join(words), ["-m", *words], also_good=also_good)


def manage(*words: str, variables: Mapping[str, str] | None = None) -> Step:
    return Step(f"manage.py {shlex.join(words)}", ["manage.py", *words], variables or {})


def steps(empty_database: Mapping[str, str]) -> list[Step]:
    as_owner = {**empty_database, "HELPDESK_PROCESS": "migrate"}
    return [
        module("ruff", "format", "--check", "."),
        module("ruff", "check", "."),
        Step("lint-imports", ["-c", LINT_IMPORTS]),
        module("mypy", "."),
        module("djlint", "templates", "--lint", "--quiet"),
        manage("check", "--deploy", "--fail-level", "WARNING", variables=production()),
        manage("makemigrations", "--check", "--dry-run"),
        # Tests that share something costly name their group and stay in one process.
        module("pytest", "-n", "auto", "--dist", "loadgroup", "-m", "not faults"),
        module("pytest", "-m", "faults", also_good=(PYTEST_FOUND_NONE,)),
        manage("migrate", "--no-input", "-v", "0", variables=as_owner),
        manage("demo", variables=empty_database),
    ]


def production() -> dict[str, str]:
    """What production demands, made up: settings are checked, nothing is served."""
    return {
        "HELPDESK_ENV": "production",
        "HELPDESK_SECRET_KEY": secrets.token_urlsafe(64)[:64],
        "HELPDESK_PUBLIC_URL": "https://desk.example",
    }


def main() -> None:
    signal.signal(signal.SIGTERM, _interrupt)
    arguments = sys.argv[1:]
    with told_in_one_line():
        chromium = browser.find(may_install=not arguments)
        with throw_away(os.environ) as servers:
            variables = dict(servers.environment)
            if chromium:
                variables["HELPDESK_CHROMIUM"] = chromium
            if arguments:
                code = execute(module("pytest", *arguments), variables)
            else:
                code = run_all(variables)
    sys.exit(code)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def run_all(variables: Mapping[str, str]) -> int:
    """0 when every step is green, else the exit code of the first that is not."""
    begun = time.monotonic()
    with an_empty_database(variables["DATABASE_OWNER_URL"]) as name:
        for step in steps(pointing_to(name, variables)):
            at = time.monotonic()
            say(f"\n== {step.title}")
            code = execute(step, variables)
            if code not in (0, *step.also_good):
                say(f"== {step.title}: failed after {time.monotonic() - at:.1f} s (exit {code})")
                return code
            say(f"== ok ({time.monotonic() - at:.1f} s)")
    say(f"\nAll checks passed in {time.monotonic() - begun:.0f} s.")
    return 0


def execute(step: Step, variables: Mapping[str, str]) -> int:
    """Runs the step with our own output; told to stop, it gets the time to clean up."""
    child = subprocess.Popen(
        [sys.executable, *step.words],
        cwd=CHECKOUT,
        env={**variables, **step.variables},
        stdin=subprocess.DEVNULL,
        # Ctrl-C reaches us alone, so that the step is told once and not twice.
        start_new_session=True,
    )
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
        raise


@contextmanager
def an_empty_database(owner_url: str) -> Iterator[str]:
    """A database nobody else uses, made by the owner's role and dropped afterwards."""
    name = f"helpdesk_first_start_{os.getpid()}"
    with administration(owner_url) as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield name
    finally:
        with administration(owner_url) as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def administration(owner_url: str) -> "Iterator[psycopg2.extensions.cursor]":
    connection = psycopg2.connect(owner_url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def pointing_to(database: str, variables: Mapping[str, str]) -> dict[str, str]:
    """Both URLs with another database in them."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL")
    return {
        name: urlsplit(variables[name])._replace(path=f"/{database}").geturl() for name in names
    }


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
