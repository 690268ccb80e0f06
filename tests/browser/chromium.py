"""The browser, and the watch over what must never happen in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Request,
    sync_playwright,
)
from playwright.sync_api import Error as BrowserError

from helpdesk.launch.browser import find

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Nothing but this machine can be reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PATIENCE_MS = 20_000
Theme = Literal["light", "dark"]
WIDE = (1440, 900)
NARROW = (390, 844)
_BLOCKED = "Loading the image 'https://"
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    path = find(may_install=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """Notes errors of scripts and of the content policy, dialogs, and requests to anywhere else."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self._troubles: list[str] = []
        self._home = home
        self._expected: set[int] = set()
        self._elsewhere: list[str] = []
        self._may_block_pictures = False
        context.on("console", self._said)
        context.on("weberror", lambda fault: self._note(f"script error: {fault.error}"))
        context.on("dialog", self._asked)
        context.on("request", self._requested)
        context.on("requestfailed", self._failed)

    @property
    def troubles(self) -> list[str]:
        """Everything that must not happen and did."""
        return [*self._troubles, *(f"request to {url}" for url in self._elsewhere)]

    def expect(self, *statuses: int) -> None:
        """Answers with these statuses are part of the test; the browser logs each as an error."""
        self._expected.update(statuses)

    def expect_blocked_pictures(self) -> None:
        """A mail's remote pictures are kept out by the policy of its frame, which says so."""
        self._may_block_pictures = True

    def _note(self, trouble: str) -> None:
        self._troubles.append(trouble)

    def _said(self, message: ConsoleMessage) -> None:
        refused = _REFUSED.match(message.text)
        if refused and int(refused[1]) in self._expected:
            return
        if self._may_block_pictures and message.text.startswith(_BLOCKED):
            return
        if message.type in ("error", "warning"):
            self._note(f"console {message.type}: {message.text}")

    def _asked(self, dialog: Dialog) -> None:
        self._note(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _requested(self, request: Request) -> None:
        url = request.url
        if not url.startswith((self._home, "data:", "blob:", "about:")):
            self._elsewhere.append(url)
        elif url == f"{self._home}/csp":
            self._note(f"content policy: {_body(request)}")

    def _failed(self, request: Request) -> None:
        """What the content policy stops has not left the browser."""
        if request.failure == "csp" and request.url in self._elsewhere:
            self._elsewhere.remove(request.url)


def _body(request: Request) -> str:
    try:
        return request.post_data or ""
    except BrowserError:  # sent in a way the protocol does not show
        return ""
