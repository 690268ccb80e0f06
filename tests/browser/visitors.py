"""People at their browsers."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import PATIENCE_MS, WIDE, Watch

# As bin/start prints it; the demo itself cannot be imported before Django is set up.
PASSWORD = "demo-demo-demo"
ADDRESSES = {
    "agent": "agent@demo.example",
    "colleague": "agent2@demo.example",
    "supervisor": "supervisor@demo.example",
    "manager": "manager@demo.example",
    "administrator": "admin@demo.example",
}
State = Any


@dataclass
class Visit:
    """One browser of one person: its first page and the watch over all of them."""

    context: BrowserContext
    page: Page
    watch: Watch


@dataclass
class Visitors:
    """Opens browsers at one desk; a session is kept, so that each person signs in once."""

    browser: Browser
    home: str
    sessions: dict[str, State] = field(default_factory=dict)
    _open: list[Visit] = field(default_factory=list)

    def open(self, who: str = "", *, fresh: bool = False, **options: Any) -> Visit:
        """A browser of its own for `who`; "" is nobody, `fresh` a session of its own."""
        width, height = options.pop("size", WIDE)
        context = self.browser.new_context(
            base_url=self.home,
            viewport={"width": width, "height": height},
            locale="en-GB",
            timezone_id="Europe/Amsterdam",
            reduced_motion="reduce",
            **{"storage_state": None if fresh else self.sessions.get(who), **options},
        )
        context.set_default_timeout(PATIENCE_MS)
        visit = Visit(context, context.new_page(), Watch(context, self.home))
        self._open.append(visit)
        if who and (fresh or who not in self.sessions):
            sign_in(visit.page, ADDRESSES[who])
            if not fresh:
                self.sessions[who] = context.storage_state()
        return visit

    def close(self) -> list[str]:
        """All browsers are closed; what happened in them that must not happen."""
        troubles = [trouble for visit in self._open for trouble in visit.watch.troubles]
        for visit in self._open:
            visit.context.close()
        self._open.clear()
        return troubles


def sign_in(page: Page, address: str, password: str = PASSWORD) -> None:
    """By the form, as anybody does."""
    page.goto("/login/")
    page.get_by_label("Work email").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/home/")
