"""Which part of the web process answers which path."""

from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from helpdesk import headers

LIVE = "/live/"
HEALTH = "/healthz"
TOO_LITTLE = b"A request with a body must say how long it is (Content-Length).\n"


class Router:
    """Sends `/live/` to the streams and everything else to Django, in a fixed pool of threads."""

    def __init__(self, streams: ASGIApp, django: Any) -> None:
        self._streams = streams
        self._django = django
        self._headers = headers.of_every_answer()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope.get("path") == LIVE:
            await self._streams(scope, receive, send)
        elif scope["type"] != "http":
            return
        elif scope["path"] == HEALTH:
            # Without Django: a database that is down must not have this process restarted.
            await self._answer(send, 200, b"ok\n")
        elif _has_body_of_unknown_length(scope):
            # A chunked body would reach Django empty, and a form would be lost without a word.
            await self._answer(send, 411, TOO_LITTLE)
        else:
            await self._django(scope, receive, send)

    async def _answer(self, send: Send, status: int, body: bytes) -> None:
        names = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            *([(b"connection", b"close")] if status == 411 else []),
        ]
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [*names, *self._headers],
            }
        )
        await send({"type": "http.response.body", "body": body})


def _has_body_of_unknown_length(scope: Scope) -> bool:
    names = {name for name, _value in scope["headers"]}
    return b"transfer-encoding" in names and b"content-length" not in names
