"""From a mail to a kept promise: the desk's whole work once, through its real programs."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.browser.acts import ZONE, promise_a_call, thread, write_note, write_reply
from tests.browser.looks import axe_faults
from tests.browser.post import Post, mail
from tests.browser.stack import Stack
from tests.browser.visitors import Visitors

SENDER = "noor@windmolen.example"
NAME = "Noor van der Molen"
SUBJECT = "Stoomlans sist en druppelt"
SECRET = "Her machine is from the faulty batch."
REPLY = "Noor, please close the tap behind the machine. I will call you."
TOPIC = "Call about the steam wand"
SAID = "The seal was worn. She has a new one and the wand is dry."
DUE_S = 5


def test_a_promise_made_to_whoever_wrote_is_kept(
    visitors: Visitors, stack: Stack, post: Post
) -> None:
    _connect_the_mailbox(visitors, post)
    sent = mail(f"{NAME} <{SENDER}>", SUBJECT, "Sinds gisteren sist de stoomlans.\n\nNoor")
    assert json.loads(stack.receive(sent.as_bytes()))["status"] == "created"
    agent = visitors.open("agent")
    agent.watch.expect(422)  # the desk asks whether she will do it outside her hours
    _take(agent.page)
    write_note(agent.page, SECRET)
    _answer(agent.page, post, str(sent["Message-ID"]))
    _promise(agent.page, post)
    _be_reminded(agent.page, stack)
    _keep(agent.page)
    _solve(agent.page)
    assert _promised(stack, "state") == "kept"
    assert not [sent for sent in post.mails if SECRET in sent.as_string()]


def _connect_the_mailbox(visitors: Visitors, post: Post) -> None:
    """The administrator names the mail server."""
    page = visitors.open("administrator").page
    page.goto("/settings/mailboxes/")
    page.get_by_role("main").get_by_role("link", name="service@kestrel.example").click()
    page.get_by_label("Server for outgoing mail (SMTP)").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(post.port))
    page.get_by_label("Encryption").select_option("None")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


def _take(page: Page) -> None:
    page.goto("/v/unassigned/")
    page.get_by_role("link", name=SUBJECT).click()
    expect(page.get_by_role("heading", name=SUBJECT)).to_be_visible()
    page.get_by_role("button", name="Assign to me").click()
    expect(thread(page).get_by_text("Amara Osei").first).to_be_visible()


def _answer(page: Page, post: Post, message_id: str) -> None:
    """The reply arrives in the customer's thread."""
    page.get_by_role("link", name="Reply", exact=True).click()
    write_reply(page, NAME, REPLY)
    answer = post.arrived(SENDER, REPLY)
    assert answer["In-Reply-To"] == message_id
    assert message_id in answer["References"]
    assert "<service+" in answer["Reply-To"]
    assert SUBJECT in answer["Subject"]


def _promise(page: Page, post: Post) -> None:
    """The customer gets the promised time in writing."""
    soon = datetime.now(ZoneInfo(ZONE)) + timedelta(minutes=7)
    promise_a_call(page, TOPIC, soon)
    confirmation = post.arrived(SENDER, f"{soon:%H:%M}")
    assert confirmation["Auto-Submitted"] == "auto-generated"


def _be_reminded(page: Page, stack: Stack) -> None:
    """Although the worker was killed, the page says so without being loaded again."""
    stack.restart_worker()
    page.evaluate("window.stayed = true")
    _let_time_pass(stack)
    reminder = page.get_by_role("status").get_by_role("button", name=f"Call {NAME}")
    expect(reminder).to_be_visible()
    assert axe_faults(page) == []
    expect(page.get_by_role("link", name="Notifications")).to_contain_text("unread")
    assert page.evaluate("window.stayed")


def _let_time_pass(stack: Stack) -> None:
    """A form knows whole minutes only: the promised minute is moved to a few seconds from now."""
    promise = _promised(stack, "id")
    stack.change(
        "UPDATE promises_promise SET from_at = now() + %s * interval '1 s',"
        " until_at = now() + interval '15 min' WHERE id = %s",
        [DUE_S, promise],
    )
    stack.change(
        "UPDATE timers_timer SET due_at = now() + %s * interval '1 s'"
        " WHERE kind = 'promise' AND state = 'pending' AND subject_id = %s",
        [DUE_S, promise],
    )


def _keep(page: Page) -> None:
    """The call was made; what was said is written down."""
    page.get_by_role("region", name="Promises").get_by_role("link", name="Kept").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="A call that has just ended").check()
    dialog.get_by_label("Minutes").fill("7")
    dialog.get_by_label("What was said").fill(SAID)
    dialog.get_by_role("button", name="Kept", exact=True).click()
    expect(dialog).to_be_hidden()


def _solve(page: Page) -> None:
    """Nothing is asked, for nothing is open; the conversation holds all that happened."""
    page.get_by_role("button", name="Solve", exact=True).click()
    conversation = thread(page)
    expect(conversation.get_by_text("Replying reopens this ticket.")).to_be_visible()
    for words in (REPLY, SECRET, SAID, "called, 7 min."):
        expect(conversation.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("region", name="Promises")).not_to_contain_text("Renegotiate")


def _promised(stack: Stack, column: str) -> object:
    """A column of the newest promise about this."""
    newest = f"SELECT {column} FROM promises_promise WHERE topic = %s ORDER BY id DESC"  # noqa: S608
    return stack.row(newest, TOPIC)[0]
