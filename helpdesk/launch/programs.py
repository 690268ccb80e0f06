"""The five programs of an instance: their command lines, and how each is stopped."""

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from helpdesk.launch import postgres, redis_server
from helpdesk.launch.places import CHECKOUT, Places
from helpdesk.launch.postgres_home import ServerUser, find_home


@dataclass(frozen=True)
class Program:
    """How supervisor treats one program; `order` is its place in the start."""

    name: str
    order: int
    stop_signal: signal.Signals = signal.SIGTERM
    stop_wait_s: int = 10


PROGRAMS = {
    program.name: program
    for program in (
        # INT ends sessions and writes a checkpoint; TERM would wait for every client to leave.
        Program("postgres", 10, stop_signal=signal.SIGINT, stop_wait_s=30),
        Program("redis", 20),
        Program("web", 30),
        Program("worker", 40, stop_wait_s=25),
        Program("clock", 50),
    )
}
SERVERS = ("postgres", "redis")
QUEUES = "timers,mail_in,deliver,default"


def program_of(label: str) -> Program:
    """A label is the program's name, with a number when several of a kind run: clock-2."""
    return PROGRAMS[label.partition("-")[0]]


@dataclass(frozen=True)
class Launch:
    command: list[str]
    folder: Path = CHECKOUT
    user: ServerUser | None = None


def launch_of(name: str, places: Places, environment: Mapping[str, str]) -> Launch:
    """What to execute for the program called `name`; KeyError for any other name."""
    return {
        "postgres": _postgres,
        "redis": _redis,
        "web": _web,
        "worker": _worker,
        "clock": _clock,
    }[name](places, environment)


def _postgres(places: Places, environment: Mapping[str, str]) -> Launch:
    home = find_home(places)
    user = home.user if home.user.is_other else None
    return Launch(postgres.command(home), folder=Path("/"), user=user)


def _redis(places: Places, environment: Mapping[str, str]) -> Launch:
    return Launch(redis_server.command(places), folder=places.data / "redis")


def _web(places: Places, environment: Mapping[str, str]) -> Launch:
    listen = ["--host", "127.0.0.1", "--port", environment["HELPDESK_PORT"]]
    workers = ["--workers", environment["HELPDESK_WEB_PROCESSES"]]
    # An open event stream would hold a graceful stop for ever.
    stop = ["--timeout-graceful-shutdown", "3"]
    fast = ["--loop", "uvloop", "--http", "httptools", "--no-server-header"]
    # One-time links are addresses, and an access log would keep them.
    fast.append("--no-access-log")
    command = [sys.executable, "-m", "uvicorn", "helpdesk.asgi:application"]
    return Launch([*command, *listen, *workers, *stop, *fast])


def _worker(places: Places, environment: Mapping[str, str]) -> Launch:
    command = [sys.executable, "-m", "celery", "-A", "helpdesk.celery", "worker"]
    size = ["-c", str(postgres.WORKER_CHILDREN), "-Q", QUEUES]
    return Launch([*command, *size, "--without-gossip", "--without-mingle"])


def _clock(places: Places, environment: Mapping[str, str]) -> Launch:
    return Launch([sys.executable, str(CHECKOUT / "manage.py"), "clock"])
