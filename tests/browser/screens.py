"""The screens of the desk: who looks, at which address, and what is pressed to see it."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.stack import Stack

GRINDER = "Maler loopt vast, zaterdag is het markt"
OF_THE_DEMO = {
    "ticket": ("SELECT number FROM tickets_ticket WHERE subject = %s", GRINDER),
    "solved": ("SELECT number FROM tickets_ticket WHERE status = 'solved' LIMIT 1", None),
    "person": ("SELECT requester_id FROM tickets_ticket WHERE subject = %s", GRINDER),
    "promise": (
        "SELECT p.id FROM promises_promise p JOIN tickets_ticket t ON t.id = p.ticket_id"
        " WHERE t.subject = %s AND p.state = 'open'",
        GRINDER,
    ),
    "moved": (
        "SELECT id FROM promises_promise WHERE renegotiation_of_id IS NOT NULL LIMIT 1",
        None,
    ),
    "ended": ("SELECT id FROM promises_promise WHERE state = 'kept' LIMIT 1", None),
    "user": ("SELECT id FROM accounts_user WHERE email = %s", "agent@demo.example"),
    "team": ("SELECT id FROM accounts_team WHERE slug = %s", "technical"),
    "calendar": ("SELECT id FROM calendars_calendar WHERE is_default", None),
    "mailbox": ("SELECT id FROM mailboxes_mailbox WHERE is_active", None),
}


@dataclass(frozen=True)
class Screen:
    """`path` with the names of OF_THE_DEMO in braces; `press` opens a dialog on that page."""

    name: str
    path: str
    who: str = "agent"
    press: str = ""
    status: int = 200

    def show(self, page: Page, found: dict[str, object]) -> None:
        """The page shows this screen, quietly."""
        page.goto(self.path.format(**found))
        if self.press:
            page.get_by_role("link", name=self.press, exact=True).click()
            page.get_by_role("dialog").wait_for()


SCREENS = (
    Screen("login", "/login/", who=""),
    Screen("login-reset", "/password/reset/", who=""),
    Screen("login-reset-done", "/password/reset/done/", who=""),
    Screen("home", "/home/"),
    Screen("home-supervisor", "/home/", who="supervisor"),
    Screen("queue", "/v/my-open/"),
    Screen("queue-all", "/v/unassigned/", who="supervisor"),
    Screen("ticket", "/v/my-open/{ticket}/"),
    Screen("ticket-alone", "/t/{ticket}/"),
    Screen("ticket-customer", "/t/{ticket}/customer/"),
    Screen("ticket-history", "/t/{ticket}/history/"),
    Screen("ticket-solved", "/t/{solved}/"),
    Screen("ticket-note", "/t/{ticket}/note/"),
    Screen("ticket-promise", "/v/my-open/{ticket}/", press="Promise a time"),
    Screen("ticket-promise-page", "/t/{ticket}/promise/"),
    Screen("ticket-promises", "/t/{ticket}/promises/"),
    Screen("solve", "/v/my-open/{ticket}/", press="Solve"),
    Screen("solve-page", "/t/{ticket}/solve/"),
    Screen("hold", "/t/{ticket}/hold/"),
    Screen("promises", "/promises/"),
    Screen("promises-kept", "/promises/?tab=kept&whose=teams"),
    Screen("promises-broken", "/promises/?tab=broken&whose=teams"),
    Screen("promises-renegotiated", "/promises/?tab=renegotiated&whose=teams"),
    Screen("promises-hand-over", "/promises/?tab=hand-over&whose=teams", who="supervisor"),
    Screen("promise", "/promises/{promise}/"),
    Screen("promise-moved", "/promises/{moved}/"),
    Screen("promise-ended", "/promises/{ended}/"),
    Screen("promise-kept", "/promises/{promise}/kept/"),
    Screen("promise-attempt", "/promises/{promise}/attempt/"),
    Screen("promise-renegotiate", "/promises/{promise}/renegotiate/"),
    Screen("promise-break", "/promises/{promise}/break/"),
    Screen("promise-cancel", "/promises/{promise}/cancel/"),
    Screen("promise-void", "/promises/{promise}/void/"),
    Screen("promise-hand-over", "/promises/{promise}/hand-over/"),
    Screen("notifications", "/notifications/", who="supervisor"),
    Screen("notifications-none", "/notifications/"),
    Screen("customer", "/customers/{person}/"),
    Screen("preferences", "/me/"),
    Screen("settings", "/settings/", who="administrator"),
    Screen("settings-people", "/settings/people/", who="administrator"),
    Screen("settings-person", "/settings/people/{user}/", who="administrator"),
    Screen("settings-teams", "/settings/teams/", who="administrator"),
    Screen("settings-team", "/settings/teams/{team}/", who="administrator"),
    Screen("settings-calendars", "/settings/calendars/", who="administrator"),
    Screen("settings-calendar", "/settings/calendars/{calendar}/", who="administrator"),
    Screen("settings-promises", "/settings/promises/", who="administrator"),
    Screen("settings-mailboxes", "/settings/mailboxes/", who="administrator"),
    Screen("settings-mailbox", "/settings/mailboxes/{mailbox}/", who="administrator"),
    Screen("settings-desk", "/settings/desk/", who="administrator"),
    Screen("settings-read-only", "/settings/mailboxes/{mailbox}/", who="manager"),
    Screen("background", "/settings/background/", who="administrator"),
    Screen("welcome", "/welcome/", who="administrator"),
    Screen("forbidden", "/welcome/", status=403),
    Screen("missing", "/t/1/", status=404),
)


def number_of(stack: Stack, subject: str) -> object:
    """The number of the demo's ticket with this subject."""
    return stack.row("SELECT number FROM tickets_ticket WHERE subject = %s", subject)[0]


def of_the_demo(stack: Stack) -> dict[str, object]:
    """The numbers in the addresses of the demo's screens."""
    return {
        name: stack.row(question, *([value] if value else []))[0]
        for name, (question, value) in OF_THE_DEMO.items()
    }
