"""From the link that bin/start prints to a desk that is ready for its first mail."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.acts import set_up_desk
from tests.browser.looks import faults_of
from tests.browser.stack import Stack
from tests.browser.visitors import Visitors


def test_the_first_administrator_sets_the_desk_up(browser: Browser, stack: Stack) -> None:
    link = stack.start_empty_desk()
    desk = Visitors(browser, stack.empty_url)
    page = desk.open().page
    page.goto(link)
    assert faults_of(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    set_up_desk(page)
    expect(page.get_by_text("steps, about ten minutes.")).to_be_visible()
    assert faults_of(page) == []
    _set_the_hours(page)
    _connect_an_address(page)
    _invite(page)
    page.goto("/welcome/")
    expect(page.get_by_text("Everything is ready.")).to_be_visible()
    again = desk.open()
    again.watch.expect(404, 410)
    again.page.goto(link)
    expect(again.page.get_by_label("Password")).to_have_count(0)
    assert desk.close() == []


def _set_the_hours(page: Page) -> None:
    page.get_by_role("link", name="Set the hours").click()
    page.get_by_label("Monday").fill("09:00-12:30, 13:30-17:00")
    page.get_by_role("button", name="Save the hours").click()
    page.goto("/welcome/")
    expect(page.get_by_role("listitem").filter(has_text="Business hours")).to_contain_text("Done")


def _connect_an_address(page: Page) -> None:
    page.get_by_role("link", name="Connect").click()
    page.get_by_label("Address").fill("service@windmolen.example")
    page.get_by_label("Server for outgoing mail (SMTP)").fill("127.0.0.1")
    page.get_by_label("Encryption").select_option("None")
    page.get_by_role("button", name="Save").click()
    page.goto("/welcome/")
    expect(page.get_by_role("listitem").filter(has_text="service@windmolen")).to_be_visible()


def _invite(page: Page) -> None:
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("Name", exact=True).fill("Joris Bakker")
    page.get_by_label("Work email").fill("joris@windmolen.example")
    page.get_by_role("checkbox", name="Agent").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("row").filter(has_text="Joris Bakker")).to_be_visible()
