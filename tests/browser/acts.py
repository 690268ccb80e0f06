"""What people do on the desk's pages, by the words they see there."""

import re
from datetime import datetime

from playwright.sync_api import Locator, Page, expect

ZONE = "Europe/Amsterdam"


def thread(page: Page) -> Locator:
    """The conversation of the ticket that is open."""
    return page.get_by_role("region", name="Conversation")


def composer(page: Page, who: str) -> Locator:
    """The field in which the reply to this customer is written."""
    return page.get_by_role("textbox", name=f"Reply to {who}")


def write_reply(page: Page, who: str, text: str) -> None:
    """A reply is written and sent by the keyboard."""
    composer(page, who).fill(text)
    composer(page, who).press("Control+Enter")
    expect(thread(page).get_by_role("article").filter(has_text=text)).to_be_visible()


def write_note(page: Page, text: str) -> None:
    """An internal note is written and sent by the keyboard."""
    page.get_by_role("link", name="Internal note").click()
    page.get_by_role("textbox", name="Internal note").fill(text)
    page.get_by_role("textbox", name="Internal note").press("Control+Enter")
    expect(thread(page).get_by_role("article").filter(has_text=text)).to_be_visible()


def promise_a_call(page: Page, topic: str, at: datetime) -> None:
    """A call at this time, on the customer's clock, is promised; the customer had asked for it."""
    page.get_by_role("link", name="Promise a time").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What about").fill(topic)
    dialog.get_by_role("radio", name="at", exact=True).check()
    dialog.get_by_role("radio", name="Another time").check()
    dialog.get_by_role("textbox", name="Day").fill(f"{at:%Y-%m-%d}")
    dialog.get_by_role("textbox", name="Time").fill(f"{at:%H:%M}")
    dialog.get_by_label("The customer agreed to wait").check()
    dialog.get_by_label("The customer asked for this time").check()
    dialog.get_by_role("button", name="Promise it").click()
    # Whoever runs this by night or on a Sunday is outside her hours: the desk asks once more.
    promised = page.get_by_role("region", name="Promises").get_by_role("link", name=topic)
    confirms = dialog.get_by_role("button", name="I will do it")
    expect(promised.or_(confirms).first).to_be_visible()
    if confirms.is_visible():
        confirms.click()
    expect(promised).to_be_visible()
    expect(dialog).to_be_hidden()


def set_up_desk(page: Page) -> None:
    """The first administrator fills in what the link asks for."""
    password = "a quiet morning"
    page.get_by_label("Name of the desk").fill("Windmolen Service")
    page.get_by_label("Time zone").select_option("Europe/Amsterdam")
    page.get_by_label("Your name").fill("Noor van der Molen")
    page.get_by_label("Your work email").fill("noor@windmolen.example")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("Password again").fill(password)
    page.get_by_role("button", name="Open the desk").click()
    expect(page).to_have_url(re.compile("/welcome/$"))
