"""bin/screens, second half: pictures of the demo's screens, in both themes and widths."""

import argparse
import io
import signal
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from PIL import Image
from playwright.sync_api import Page

from core import clock
from helpdesk.launch.browser import find
from helpdesk.launch.options import OneLineParser
from helpdesk.launch.places import CHECKOUT
from helpdesk.launch.problem import Problem, told_in_one_line
from tests.browser.acts import ZONE, set_up_desk
from tests.browser.chromium import NARROW, WIDE, Theme, chromium
from tests.browser.screens import SCREENS, of_the_demo
from tests.browser.stack import Stack, a_stack
from tests.browser.visitors import Visitors

FOLDER = CHECKOUT / "docs" / "screens"
OF_THE_DEMO = (
    "login",
    "home",
    "home-supervisor",
    "queue",
    "ticket",
    "ticket-promise",
    "ticket-history",
    "solve",
    "promises",
    "promise",
    "promise-kept",
    "notifications",
    "customer",
    "preferences",
    "settings-people",
    "settings-calendars",
    "settings-promises",
    "settings-mailbox",
    "background",
)
OF_AN_EMPTY_DESK = ("setup", "welcome")
SIZES = (WIDE, NARROW)
THEMES: tuple[Theme, ...] = ("light", "dark")
# Where the working day of the demo is over, it is shown as if it happened further west or east.
WORKING_HOURS = range(10, 16)
SHOWN_AT = 14
WALL = 'YYYY-MM-DD"T"HH24:MI'
MOVES = (
    "UPDATE accounts_user SET zone = %(zone)s",
    "UPDATE customers_person SET zone = %(zone)s",
    "UPDATE customers_organisation SET zone = %(zone)s",
    "UPDATE promises_promise SET zone = %(zone)s, until_at = CASE shape WHEN 'by_day' THEN"
    " (date_trunc('day', until_at AT TIME ZONE %(zone)s) + interval '17 h') AT TIME ZONE %(zone)s"
    " ELSE until_at END",
    # What was told is a time of day: without this every promise would move along.
    "UPDATE promises_promise SET until_wall = to_char(until_at AT TIME ZONE zone, %(wall)s),"
    " from_wall = CASE from_wall WHEN '' THEN ''"
    " ELSE to_char(from_at AT TIME ZONE zone, %(wall)s) END",
    "UPDATE tickets_ticket t SET next_promise_at = p.until_at, next_due_at = p.until_at"
    " FROM promises_promise p"
    " WHERE p.ticket_id = t.id AND p.state = 'open' AND p.shape = 'by_day'",
)
# Flat colours and anti-aliased letters: more would only be larger.
COLOURS = 160
ELSEWHERE = """([here, there]) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const {data} = texts.currentNode;
    if (data.includes(here)) {
      texts.currentNode.data = data.replaceAll(here, there).replace(/--data \\S+ /, "");
    }
  }
}"""


def main() -> None:
    options = parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with told_in_one_line():
        if not find(may_install=False):
            raise Problem("There is no Chromium: set HELPDESK_CHROMIUM or install it.")
        options.out.mkdir(parents=True, exist_ok=True)
        with chromium() as browser, a_stack() as stack:
            take_all(Visitors(browser, stack.url), stack, set(options.names), options.out)


def parser() -> argparse.ArgumentParser:
    result = OneLineParser(
        prog="bin/screens",
        allow_abbrev=False,
        description="Starts a demo of its own and takes pictures NAME-WIDTH-THEME.png.",
    )
    result.add_argument("--out", type=Path, default=FOLDER, metavar="DIR", help="where to")
    known = (*OF_THE_DEMO, *OF_AN_EMPTY_DESK)
    result.add_argument(
        "names", nargs="*", metavar="NAME", help=f"only these of {', '.join(known)}"
    )
    return result


def take_all(visitors: Visitors, stack: Stack, names: set[str], folder: Path) -> None:
    """Every screen asked for, or all."""
    dress(stack)
    found = of_the_demo(stack)
    wanted = {screen.name: screen for screen in SCREENS if screen.name in OF_THE_DEMO}
    for name, screen in wanted.items():
        if not names or name in names:
            page = visitors.open(screen.who).page
            for size in SIZES:
                # A dialog is opened on the wide page: on the narrow one its link is elsewhere.
                if size == WIDE or not screen.press:
                    resize(page, size)
                    screen.show(page, found)
                take(page, name, size, folder)
            page.context.close()
    if not names or names.intersection(OF_AN_EMPTY_DESK):
        page = Visitors(visitors.browser, stack.start_empty_desk()).open().page
        page.goto("")
        for size in SIZES:
            take(page, "setup", size, folder)
        set_up_desk(page)
        for size in SIZES:
            take(page, "welcome", size, folder)


def dress(stack: Stack) -> None:
    """The mailbox is connected and it is day, whenever and wherever the pictures are taken."""
    stack.change(
        "UPDATE mailboxes_mailbox SET is_demo = false, smtp_host = 'mail.kestrel.example',"
        " smtp_user = 'service@kestrel.example'"
    )
    zone = zone_by_day(clock.now())
    for change in MOVES if zone else ():
        stack.change(change, {"zone": zone, "wall": WALL})


def zone_by_day(now: datetime) -> str:
    """A zone where it is early afternoon; empty where the demo plays it is day."""
    if now.astimezone(ZoneInfo(ZONE)).hour in WORKING_HOURS:
        return ""
    zones = sorted(zone for zone in available_timezones() if zone.count("/") == 1)
    places = [zone for zone in zones if not zone.startswith(("Etc/", "US/", "SystemV/"))]
    return next(zone for zone in places if now.astimezone(ZoneInfo(zone)).hour == SHOWN_AT)


def take(page: Page, name: str, size: tuple[int, int], folder: Path) -> None:
    """The page as it stands, in this size and both themes."""
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(ELSEWHERE, [str(CHECKOUT), "/srv/helpdesk"])
    resize(page, size)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        path = folder / f"{name}-{size[0]}-{theme}.png"
        small.save(path, optimize=True)
        sys.stdout.write(f"{path.name}\n")
        sys.stdout.flush()


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


if __name__ == "__main__":
    main()
