"""Reading, replying and taking notes need no script."""

from playwright.sync_api import expect

from tests.browser.acts import composer, thread
from tests.browser.visitors import Visitors

SUBJECT = "Decaf erbij in de wekelijkse bestelling"
CUSTOMER = "Saskia Hoek"
REPLY = "Saskia, two kilos of decaf come along from Monday."
NOTE = "Told the roastery by phone."


def test_an_agent_reads_replies_and_notes(visitors: Visitors) -> None:
    page = visitors.open("agent", fresh=True, java_script_enabled=False).page
    page.goto("/v/my-open/")
    page.get_by_role("link", name=SUBJECT).click()
    expect(thread(page).get_by_text("twee kilo decaf")).to_be_visible()

    composer(page, CUSTOMER).fill(REPLY)
    page.get_by_role("button", name="Send, keep open").click()
    expect(thread(page).get_by_text(REPLY)).to_be_visible()
    expect(composer(page, CUSTOMER)).to_have_value("")

    page.get_by_role("link", name="Internal note").click()
    page.get_by_role("textbox", name="Internal note").fill(NOTE)
    page.get_by_role("button", name="Add note").click()
    expect(thread(page).get_by_role("article").filter(has_text=NOTE)).to_contain_text(
        "Only your team sees this"
    )


def test_a_form_of_a_promise_says_what_it_lacks(visitors: Visitors) -> None:
    visit = visitors.open("colleague", fresh=True, java_script_enabled=False)
    visit.watch.expect(422)
    page = visit.page
    page.goto("/v/my-open/")
    page.get_by_role("link", name="Move the contract to our new address").click()
    page.get_by_role("link", name="Renegotiate").click()
    expect(page.get_by_role("heading", name="Renegotiate", level=2)).to_be_visible()
    page.get_by_role("button", name="Promise the new time").click()
    expect(page.get_by_role("listitem").filter(has_text="Choose one of the times")).to_be_visible()
