"""One desk and one browser for all tests of this folder, which run in one process, one by one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from helpdesk.launch.browser import find
from tests.browser.chromium import PATIENCE_MS, chromium
from tests.browser.post import Post, post_office
from tests.browser.stack import Stack, a_stack
from tests.browser.visitors import Visit, Visitors

HERE = Path(__file__).parent
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests here share programs that take long to start: they follow each other, at the end.

    Playwright also keeps an event loop running in its thread, in which Django would not touch
    a database: no other test may come between.
    """
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.xdist_group("browser"))
    items[:] = [item for item in items if HERE not in item.path.parents] + ours


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests of this folder are skipped."""
    if not find(may_install=False):
        pytest.skip("There is no Chromium: set HELPDESK_CHROMIUM or install it.")
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def stack(browser: Browser) -> Iterator[Stack]:
    """The desk's programs; afterwards none of them has complained in its log."""
    with a_stack() as running:
        yield running
        assert running.complaints() == []


@pytest.fixture(scope="package")
def post(stack: Stack) -> Iterator[Post]:
    """A mail server by which the desk's answers leave."""
    with post_office(stack) as office:
        yield office


@pytest.fixture(scope="package")
def sessions() -> dict[str, object]:
    """Who has signed in already."""
    return {}


@pytest.fixture
def visitors(browser: Browser, stack: Stack, sessions: dict[str, object]) -> Iterator[Visitors]:
    """Opens browsers at the desk; in none of them anything forbidden has happened."""
    opened = Visitors(browser, stack.url, sessions)
    yield opened
    assert opened.close() == []


@pytest.fixture
def agent(visitors: Visitors) -> Visit:
    """Amara at her browser."""
    return visitors.open("agent")
