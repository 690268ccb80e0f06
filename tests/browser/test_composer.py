"""Nothing a person wrote is ever lost."""

from playwright.sync_api import Page, expect

from tests.browser.acts import composer, thread, write_reply
from tests.browser.visitors import Visitors

SUBJECT = "Second invoice for the same delivery"
CUSTOMER = "Ingrid Halvorsen"
MINE = "Ingrid, the second invoice is cancelled. You will see it tomorrow."
AGAIN = "One more thing: the delivery note stays as it is."
THEIRS = "Ingrid, bookkeeping has just confirmed it to me."
MORE = "They also send a credit note."
# So little of the conversation is seen that new messages come in below it.
SMALL = (1440, 420)


def test_a_draft_outlives_a_reload_and_a_colleagues_reply(visitors: Visitors) -> None:
    amara = visitors.open("agent", size=SMALL)
    amara.watch.expect(409)
    jonas = visitors.open("colleague").page
    page = amara.page
    for one in (page, jonas):
        _open(one)

    composer(page, CUSTOMER).fill(MINE)
    expect(page.get_by_text("Saved in this browser").filter(visible=True)).to_be_visible()
    page.reload()
    expect(composer(page, CUSTOMER)).to_have_value(MINE)

    _look_at_the_beginning(page)
    write_reply(jonas, CUSTOMER, THEIRS)
    expect(page.get_by_role("button", name="1 new message")).to_be_visible()
    _is_held(page, MINE)
    page.get_by_role("button", name="Send mine anyway").click()
    expect(thread(page).get_by_text(MINE)).to_be_visible()
    expect(composer(page, CUSTOMER)).to_have_value("")

    _look_at_the_beginning(page)
    jonas.reload()
    write_reply(jonas, CUSTOMER, MORE)
    expect(page.get_by_role("button", name="1 new message")).to_be_visible()
    composer(page, CUSTOMER).fill(AGAIN)
    _is_held(page, AGAIN)
    page.get_by_role("link", name="Read it first").click()
    expect(thread(page).get_by_role("article").filter(has_text=MORE)).to_be_focused()
    expect(composer(page, CUSTOMER)).to_have_value(AGAIN)
    composer(page, CUSTOMER).press("Control+Enter")
    expect(thread(page).get_by_text(AGAIN)).to_be_visible()
    page.reload()
    expect(composer(page, CUSTOMER)).to_have_value("")


def _open(page: Page) -> None:
    page.goto("/v/all-open/")
    page.get_by_role("link", name=SUBJECT).click()
    expect(composer(page, CUSTOMER)).to_be_visible()


def _look_at_the_beginning(page: Page) -> None:
    thread(page).get_by_role("article").first.scroll_into_view_if_needed()


def _is_held(page: Page, text: str) -> None:
    """It was not sent, is still there, and there are three ways on."""
    composer(page, CUSTOMER).press("Control+Enter")
    for name in ("Send mine anyway", "Keep mine as a note"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    expect(page.get_by_role("link", name="Read it first")).to_be_focused()
    expect(composer(page, CUSTOMER)).to_have_value(text)
    expect(thread(page).get_by_role("article").filter(has_text=text)).to_have_count(0)
