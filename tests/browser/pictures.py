"""bin/screens, second half: pictures of the demo's screens, in both themes and widths."""

import argparse
import io
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from helpdesk.launch.browser import find
from helpdesk.launch.options import OneLineParser
from helpdesk.launch.places import CHECKOUT
from helpdesk.launch.problem import Problem, told_in_one_line
from tests.browser.acts import set_up_desk
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
THEMES: tuple[Theme, ...] = ("light", "dark")
# Flat colours and anti-aliased letters: more would only be larger.
COLOURS = 160


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
    found = of_the_demo(stack)
    wanted = {screen.name: screen for screen in SCREENS if screen.name in OF_THE_DEMO}
    for name, screen in wanted.items():
        if not names or name in names:
            page = visitors.open(screen.who).page
            screen.show(page, found)
            take(page, name, folder)
            page.context.close()
    if not names or names.intersection(OF_AN_EMPTY_DESK):
        page = Visitors(visitors.browser, stack.start_empty_desk()).open().page
        page.goto("")
        take(page, "setup", folder)
        set_up_desk(page)
        take(page, "welcome", folder)


def take(page: Page, name: str, folder: Path) -> None:
    """The page as it stands, in both widths and themes."""
    page.evaluate("document.fonts.ready.then(() => null)")
    for (width, height), theme in looks():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=theme)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(folder / f"{name}-{width}-{theme}.png", optimize=True)
    sys.stdout.write(f"{name}\n")
    sys.stdout.flush()


def looks() -> Iterable[tuple[tuple[int, int], Theme]]:
    return ((size, theme) for size in (WIDE, NARROW) for theme in THEMES)


if __name__ == "__main__":
    main()
