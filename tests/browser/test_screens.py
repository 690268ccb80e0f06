"""Each screen in both themes and widths."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import WIDE
from tests.browser.looks import faults_of
from tests.browser.screens import SCREENS, Screen, of_the_demo
from tests.browser.stack import Stack
from tests.browser.visitors import Visit, Visitors

Visits = dict[str, Visit]


@pytest.fixture(scope="module")
def found(stack: Stack) -> dict[str, object]:
    return of_the_demo(stack)


@pytest.fixture(scope="module")
def visits(browser: Browser, stack: Stack) -> Iterator[Visits]:
    """One browser for each person, so that styles and scripts are fetched once."""
    visitors = Visitors(browser, stack.url)
    yield {who: visitors.open(who) for who in {screen.who for screen in SCREENS}}
    visitors.close()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_nothing_is_wrong_with_how_it_is_made(
    screen: Screen, visits: Visits, found: dict[str, object]
) -> None:
    visit = visits[screen.who]
    visit.watch.expect(screen.status)
    known = len(visit.watch.troubles)
    visit.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    screen.show(visit.page, found)
    faults = [*faults_of(visit.page), *visit.watch.troubles[known:]]
    assert not faults, "\n".join(faults)
