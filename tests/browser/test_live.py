"""What others do appears without being asked for, by one stream for each browser."""

import re

from playwright.sync_api import Page, expect

from helpdesk.launch.waiting import holds_within
from tests.browser.acts import thread, write_note
from tests.browser.screens import number_of
from tests.browser.stack import Stack
from tests.browser.visitors import Visit, Visitors

SUBJECT = "Vraagt opnieuw om ontkalken"
QUIET = "Kaartlezer vraagt om een pincode"


def test_a_colleague_sees_a_new_message_and_the_list_moves(
    visitors: Visitors, agent: Visit
) -> None:
    jonas = visitors.open("colleague").page
    supervisor = visitors.open("supervisor").page
    supervisor.goto("/v/unassigned/")
    jonas.goto("/v/unassigned/")
    jonas.get_by_role("link", name=SUBJECT).click()
    jonas.evaluate("window.stayed = true")
    page = agent.page
    page.goto("/v/unassigned/")
    page.get_by_role("link", name=SUBJECT).click()
    write_note(page, "The third time this week: firmware 4.2 again.")
    expect(thread(jonas).get_by_text("firmware 4.2 again")).to_be_visible()
    page.get_by_role("button", name="Assign to me").click()
    expect(thread(jonas).get_by_text("Amara Osei").first).to_be_visible()
    expect(supervisor.get_by_role("link", name=SUBJECT)).to_have_count(0)
    expect(supervisor.get_by_role("region", name="Queue")).to_have_count(1)
    assert jonas.evaluate("window.stayed")


def test_another_tab_takes_the_stream_over(visitors: Visitors, stack: Stack) -> None:
    visit = visitors.open("supervisor")
    streams: list[Page] = []
    visit.context.on(
        "request",
        lambda request: streams.append(request.frame.page) if "/live/" in request.url else None,
    )
    for tab in (visit.page, visit.context.new_page()):
        tab.goto(f"/v/all-open/{number_of(stack, QUIET)}/")
        expect(tab.get_by_role("heading", level=1, name=QUIET)).to_be_visible()
    first, second = visit.context.pages
    jonas = visitors.open("colleague").page
    jonas.goto(second.url)
    write_note(jonas, "He reads the number to me at four.")
    for tab in (first, second):
        expect(thread(tab).get_by_text("He reads the number")).to_be_visible()
    assert set(streams) == {first}

    first.close()
    assert holds_within(20, lambda: second in _seen(second, streams))
    write_note(jonas, "It begins with KX, as it should.")
    expect(thread(second).get_by_text("It begins with KX")).to_be_visible()


def test_whoever_was_signed_out_elsewhere_is_told(visitors: Visitors) -> None:
    visit = visitors.open("colleague", fresh=True)
    visit.watch.expect(401)
    second = visit.context.new_page()
    second.goto("/promises/")
    elsewhere = visitors.open("", storage_state=visit.context.storage_state()).page
    elsewhere.goto("/home/")
    elsewhere.get_by_label("Preferences, settings and sign-out").click()
    elsewhere.get_by_role("button", name="Sign out").click()
    expect(elsewhere).to_have_url(re.compile("/login/$"))
    # An open stream is looked after once a minute; the one that follows is refused at once.
    visit.page.close()
    expect(second.get_by_role("alert").get_by_text("You are signed out.")).to_be_visible()


def _seen(page: Page, streams: list[Page]) -> list[Page]:
    """The streams so far; the browser's messages are read while it is asked for its address."""
    page.evaluate("location.href")
    return streams
