"""Each screen in both themes and widths."""

import pytest

from tests.browser.looks import faults_of
from tests.browser.screens import SCREENS, Screen, of_the_demo
from tests.browser.stack import Stack
from tests.browser.visitors import Visitors


@pytest.fixture(scope="package")
def found(stack: Stack) -> dict[str, object]:
    return of_the_demo(stack)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_nothing_is_wrong_with_how_it_is_made(
    screen: Screen, visitors: Visitors, found: dict[str, object]
) -> None:
    visit = visitors.open(screen.who)
    visit.watch.expect(screen.status)
    screen.show(visit.page, found)
    faults = faults_of(visit.page)
    assert not faults, "\n".join(faults)
