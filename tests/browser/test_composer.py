"""Nothing a person wrote is ever lost."""

from playwright.sync_api import Page, expect

from tests.browser.acts import composer, thread, write_reply
from tests.browser.looks import axe_faults
from tests.browser.screens import number_of
from tests.browser.stack import Stack
from tests.browser.visitors import Visit, Visitors

SUBJECT = "Second invoice for the same delivery"
CUSTOMER = "Ingrid Halvorsen"
DRAFT = "Ingrid, our bookkeeping looks into it."
MINE = "Ingrid, the second invoice is cancelled. You will see it tomorrow."
AGAIN = "One more thing: the delivery note stays as it is."
THEIRS = "Ingrid, bookkeeping has just confirmed it to me."
MORE = "They also send a credit note."
# So little of the conversation is seen that new messages come in below it.
SMALL = (1440, 420)


def test_a_draft_outlives_a_reload_and_is_gone_when_sent(agent: Visit, stack: Stack) -> None:
    page = agent.page
    _open(page, stack)
    composer(page, CUSTOMER).fill(DRAFT)
    expect(page.get_by_text("Saved in this browser").filter(visible=True)).to_be_visible()
    page.reload()
    expect(composer(page, CUSTOMER)).to_have_value(DRAFT)
    composer(page, CUSTOMER).press("Control+Enter")
    expect(thread(page).get_by_text(DRAFT)).to_be_visible()
    page.reload()
    expect(composer(page, CUSTOMER)).to_have_value("")


def test_a_reply_is_held_when_a_colleague_was_quicker(visitors: Visitors, stack: Stack) -> None:
    amara = visitors.open("agent", size=SMALL)
    amara.watch.expect(409)
    page, jonas = amara.page, visitors.open("colleague").page
    for one in (page, jonas):
        _open(one, stack)
    _is_overtaken(page, jonas, MINE, THEIRS)
    page.get_by_role("button", name="Send mine anyway").click()
    expect(thread(page).get_by_text(MINE)).to_be_visible()
    expect(composer(page, CUSTOMER)).to_have_value("")

    jonas.reload()
    _is_overtaken(page, jonas, AGAIN, MORE)
    page.get_by_role("link", name="Read it first").click()
    expect(thread(page).get_by_role("article").filter(has_text=MORE)).to_be_focused()
    expect(composer(page, CUSTOMER)).to_have_value(AGAIN)
    composer(page, CUSTOMER).press("Control+Enter")
    expect(thread(page).get_by_text(AGAIN)).to_be_visible()


def _open(page: Page, stack: Stack) -> None:
    page.goto(f"/v/all-open/{number_of(stack, SUBJECT)}/")
    expect(composer(page, CUSTOMER)).to_be_visible()


def _is_overtaken(page: Page, jonas: Page, mine: str, theirs: str) -> None:
    """While one writes the other replies: nothing was sent or lost, and there are three ways on."""
    thread(page).get_by_role("article").first.scroll_into_view_if_needed()
    composer(page, CUSTOMER).fill(mine)
    write_reply(jonas, CUSTOMER, theirs)
    expect(page.get_by_role("button", name="1 new message")).to_be_visible()
    composer(page, CUSTOMER).press("Control+Enter")
    for name in ("Send mine anyway", "Keep mine as a note"):
        expect(page.get_by_role("button", name=name)).to_be_visible()
    expect(page.get_by_role("link", name="Read it first")).to_be_focused()
    assert axe_faults(page) == []
    expect(composer(page, CUSTOMER)).to_have_value(mine)
    expect(thread(page).get_by_role("article").filter(has_text=mine)).to_have_count(0)
