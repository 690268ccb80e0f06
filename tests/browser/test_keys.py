"""A day's work by single keys."""

import re

from playwright.sync_api import Page, expect

from tests.browser.acts import composer
from tests.browser.looks import axe_faults
from tests.browser.screens import GRINDER
from tests.browser.visitors import Visit


def test_the_list_is_walked_and_a_ticket_opened(agent: Visit) -> None:
    page = agent.page
    page.goto("/v/my-open/")
    rows = page.get_by_role("region", name="Queue").locator("[data-row]")
    for key, row in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(rows.nth(row)).to_be_focused()
    subject = rows.nth(1).locator(".subj").inner_text()
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1, name=subject)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/v/my-open/\d+/$"))
    page.keyboard.press("u")
    expect(rows.nth(1)).to_be_focused()


def test_on_a_ticket_letters_press_what_they_name(agent: Visit) -> None:
    page = agent.page
    _open_the_grinder(page)
    page.keyboard.press("r")
    expect(composer(page, "Marieke de Wolf")).to_be_focused()
    page.keyboard.type("no shortcut while writing: j n p ?")
    expect(composer(page, "Marieke de Wolf")).to_have_value("no shortcut while writing: j n p ?")
    page.keyboard.press("Escape")
    expect(composer(page, "Marieke de Wolf")).to_have_value("no shortcut while writing: j n p ?")
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Internal note")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    expect(page.get_by_role("dialog").get_by_label("What about")).to_be_visible()
    page.keyboard.press("Escape")
    # The field in a dialog that has just closed keeps the focus for an instant.
    expect(page.locator(":focus")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_text("Next, previous ticket")).to_be_visible()
    assert axe_faults(page) == []


def test_g_goes_places(agent: Visit) -> None:
    page = agent.page
    page.goto("/v/my-open/")
    for letter, heading in (("p", "Promises"), ("h", "Today"), ("n", "Notifications")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        expect(page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.get_by_role("region", name="Queue")).to_be_visible()


def _open_the_grinder(page: Page) -> None:
    page.goto("/v/my-open/")
    page.get_by_role("link", name=GRINDER).click()
    expect(page.get_by_role("heading", level=1, name=GRINDER)).to_be_visible()
