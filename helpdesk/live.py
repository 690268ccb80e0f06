"""`/live/`: open pages hear that something has changed, by Server-Sent Events.

A hint carries a kind, an id and a version, never content: the page fetches its part through the
ordinary checks. Rights are read when the stream opens and every 60 s, and per ticket.
"""

import asyncio
import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections, connections
from django.http import HttpRequest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from accounts.gate import is_over
from accounts.models import User
from core.actor import Actor
from helpdesk import headers
from helpdesk.listeners import Hint, Hub, Listener
from tickets import access

STREAMS_PER_USER = 4
BEAT_S = 15.0
CHECK_S = 60.0
SEEN_FOR_S = 60.0
RETRY_AFTER_S = 30
DATABASE_THREADS = 2

T = TypeVar("T")


class Reader:
    """Asks the database in threads: the loop that holds the streams must not wait for it."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="live")

    async def ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _fresh, question)

    def close(self) -> None:
        """The threads have ended, and their connections with them."""
        # Each waits for the other, so that no thread takes both turns.
        everybody = threading.Barrier(DATABASE_THREADS)
        for _each in range(DATABASE_THREADS):
            self._threads.submit(_hang_up, everybody)
        self._threads.shutdown()


def _fresh(question: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return question()
    finally:
        close_old_connections()


def _hang_up(everybody: threading.Barrier) -> None:
    connections.close_all()
    everybody.wait(timeout=5)


def staff_of(session_key: str) -> User | None:
    """Who is signed in by this session, if it is not over, he is active and has a role."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    if is_over(request.session):
        return None
    user = auth.get_user(request)
    return user if isinstance(user, User) and user.roles.exists() else None


class Sight:
    """Which tickets one user may know of, each answer kept for 60 s."""

    def __init__(self, user_id: int, reader: Reader) -> None:
        self._reader = reader
        self._actor = Actor.user(user_id)
        self._seen: dict[int, tuple[float, bool]] = {}

    async def may_hear(self, hint: Hint) -> bool:
        """Whether the hint is for this user."""
        if hint.user_id is not None and hint.user_id != self._actor.id:
            return False
        return hint.ticket_id is None or await self._sees(hint.ticket_id)

    def forget(self) -> None:
        self._seen.clear()

    async def _sees(self, ticket_id: int) -> bool:
        now = time.monotonic()
        known = self._seen.get(ticket_id)
        if known is None or now - known[0] > SEEN_FOR_S:
            visible = access.visible_to(self._actor).filter(pk=ticket_id)
            known = (now, await self._reader.ask(visible.exists))
            self._seen[ticket_id] = known
        return known[1]


class Streams:
    """The open streams of this process."""

    def __init__(self) -> None:
        self._hub = Hub()
        self._reader = Reader()
        self._open: Counter[int] = Counter()

    async def open(self, request: Request) -> Response:
        """The stream; 401 for who is not signed in as staff, 429 for a fifth one."""
        if request.method != "GET":
            return PlainTextResponse("Only GET.\n", status_code=405, headers={"Allow": "GET"})
        session_key = request.cookies.get(settings.SESSION_COOKIE_NAME, "")
        user = await self._reader.ask(lambda: staff_of(session_key)) if session_key else None
        if user is None:
            return PlainTextResponse("Signed out.\n", status_code=401)
        if self._open[user.pk] >= STREAMS_PER_USER:
            return PlainTextResponse(
                "Too many open streams.\n",
                status_code=429,
                headers={"Retry-After": str(RETRY_AFTER_S)},
            )
        self._open[user.pk] += 1
        lines = self._lines(user.pk, session_key, request.headers.get("last-event-id", ""))
        return EventStream(lines, on_end=lambda: self._close(user.pk))

    @contextlib.asynccontextmanager
    async def while_running(self, _app: Starlette) -> AsyncGenerator[None, None]:
        """The time from the start of the process to its end."""
        yield
        self._reader.close()

    def _close(self, user_id: int) -> None:
        self._open[user_id] -= 1
        self._open = +self._open

    async def _lines(
        self, user_id: int, session_key: str, last_id: str
    ) -> AsyncGenerator[str, None]:
        listener = await self._hub.join(last_id)
        try:
            async for line in self._follow(listener, user_id, session_key):
                yield line
        finally:
            self._hub.leave(listener)

    async def _follow(
        self, listener: Listener, user_id: int, session_key: str
    ) -> AsyncIterator[str]:
        sight = Sight(user_id, self._reader)
        checked_at = time.monotonic()
        # The first id, so that whoever comes back without having heard anything is known.
        yield f"id: {self._hub.latest_id}\n: open\n\n"
        while True:
            has_missed, hints = await listener.next(BEAT_S)
            if time.monotonic() - checked_at > CHECK_S:
                user = await self._reader.ask(lambda: staff_of(session_key))
                if user is None or user.pk != user_id:
                    return
                sight.forget()
                checked_at = time.monotonic()
            if has_missed:
                yield f"id: {self._hub.latest_id}\nevent: resync\ndata: {{}}\n\n"
            for hint in hints:
                if await sight.may_hear(hint):
                    yield self._event(hint)
            if not has_missed and not hints:
                yield ": beat\n\n"

    def _event(self, hint: Hint) -> str:
        facts = {"k": hint.kind, "id": hint.subject_id, "v": hint.version}
        return f"id: {self._hub.id_of(hint.number)}\ndata: {json.dumps(facts)}\n\n"


class EventStream(StreamingResponse):
    """A stream that ends at once when its reader goes, and says so to `on_end` in any case."""

    def __init__(self, lines: AsyncGenerator[str, None], on_end: Callable[[], None]) -> None:
        no_buffering = {"X-Accel-Buffering": "no"}
        super().__init__(lines, media_type="text/event-stream", headers=no_buffering)
        self._lines = lines
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        tasks = {
            asyncio.ensure_future(self.stream_response(send)),
            asyncio.ensure_future(_has_left(receive)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._lines.aclose()
            self._on_end()


async def _has_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


class SecurityHeaders:
    """Puts the headers of every answer on those of another app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = headers.of_every_answer()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self._headers]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def application() -> ASGIApp:
    """The app behind `/live/`."""
    hosts = [f"*{host}" if host.startswith(".") else host for host in settings.ALLOWED_HOSTS]
    known_hosts = Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    streams = Streams()
    routes = [Route("/live/", streams.open, methods=["GET"])]
    return SecurityHeaders(
        Starlette(routes=routes, middleware=[known_hosts], lifespan=streams.while_running)
    )
