"""The web process as it is served, within the test's own process and on its database."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

import uvicorn
from django.conf import settings
from django.test import Client

from accounts.models import User
from helpdesk.launch.waiting import holds_within

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Website:
    """A running web server."""

    port: int

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers with lower-case names, and body."""
        connection = self._connection()
        connection.request("GET", path, headers=_dashed(headers))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        body = response.read()
        connection.close()
        return response.status, found, body

    def stream(self, cookie: str, **headers: str) -> "Stream":
        """An open event stream."""
        connection = self._connection()
        connection.request("GET", "/live/", headers={"Cookie": cookie, **_dashed(headers)})
        return Stream(connection, connection.getresponse())

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Stream:
    """An event stream as its reader sees it."""

    connection: http.client.HTTPConnection
    response: HTTPResponse

    def block(self) -> dict[str, str]:
        """The next event or comment: its fields; a comment stands under ""."""
        fields: dict[str, str] = {}
        while line := self.response.readline().decode().rstrip("\n"):
            name, _colon, value = line.partition(":")
            fields[name] = value.strip()
        return fields

    def hint(self) -> dict[str, Any]:
        """What the next event says."""
        found: dict[str, Any] = json.loads(self.block()["data"])
        return found

    def ended(self) -> bool:
        """Whether the server has ended it; waits for what it says next."""
        return self.response.readline() == b""

    def close(self) -> None:
        self.response.close()
        self.connection.close()


@contextmanager
def website(app: Any) -> Iterator[Website]:
    """The app, served for the time of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    config = uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert holds_within(10, lambda: server.started)
    try:
        yield Website(port)
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def cookie_of(user: User) -> str:
    """The cookie of a browser in which the user has signed in."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
