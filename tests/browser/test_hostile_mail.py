"""Mails that want to run a script, or to learn that they were read, are only text."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.acts import thread
from tests.browser.hostile import HTML, MARK, TEXT, mails
from tests.browser.stack import Stack
from tests.browser.visitors import Visit

FORBIDDEN = """() => [...document.querySelectorAll("*")].filter((one) =>
  one.matches("object, embed, base[href], meta[http-equiv=refresh], link:not([href^='/static/'])")
  || (one.matches("script") && !one.src.startsWith(`${location.origin}/static/`))
  || (one.matches("a") && !/^(https?|mailto|tel):$/.test(one.protocol) && one.href)
  || [...one.attributes].some(({name}) => /^on/.test(name))
).map((one) => one.outerHTML.slice(0, 200))"""
NAMED = 6


@pytest.fixture(scope="module")
def numbers(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """The tickets of the hostile mails, in their order."""
    folder: Path = tmp_path_factory.mktemp("mails")
    for number, made in enumerate(mails()):
        (folder / f"{number:03}.eml").write_bytes(made.as_bytes())
    answers = stack.receive(b"", "--no-limits", "--mbox-dir", str(folder)).splitlines()
    told = [json.loads(line) for line in answers]
    assert [answer["status"] for answer in told] == ["created"] * len(mails())
    return [answer["ticket"] for answer in told]


def test_names_and_subjects_are_text_in_the_lists(agent: Visit, numbers: list[int]) -> None:
    page = agent.page
    page.goto("/v/unassigned/?sort=newest")
    rows = page.get_by_role("region", name="Queue").locator("[data-row]")
    expect(rows.filter(has_text=MARK).first).to_be_visible()
    assert rows.filter(has_text=MARK).count() >= len(TEXT) + len(HTML)
    for address in ("/home/", "/v/all-open/?sort=newest"):
        _is_harmless(page)
        page.goto(address)
    _is_harmless(page)


def test_bodies_and_file_names_are_harmless(agent: Visit, numbers: list[int]) -> None:
    agent.watch.expect_blocked_pictures()
    page = agent.page
    framed, inline, bare, *_named = numbers
    for number in (inline, bare, framed):
        page.goto(f"/t/{number}/")
        expect(thread(page).get_by_role("article")).to_have_count(1)
        _is_harmless(page)
    frame = page.frame_locator("iframe.mail")
    expect(frame.locator("body")).to_contain_text("Is this harmless?")
    for one in _inner_frames(page):
        _is_harmless(one)
    expect(thread(page).get_by_text("alert(1)").first).to_be_visible()
    page.goto(str(thread(page).get_by_role("link", name="Open in full").get_attribute("href")))
    _is_harmless(page)


def test_a_ticket_with_a_hostile_name_can_be_worked_on(agent: Visit, numbers: list[int]) -> None:
    page = agent.page
    for number, payload in zip(numbers[3 : 3 + NAMED], TEXT, strict=False):
        page.goto(f"/t/{number}/")
        expect(page.get_by_role("heading", level=1)).to_contain_text(payload)
        _is_harmless(page)
    page.get_by_role("link", name="Promise a time").click()
    expect(page.get_by_role("dialog").get_by_label("What about")).to_be_visible()
    _is_harmless(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Everything about this person").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    _is_harmless(page)


def _inner_frames(page: Page) -> Iterator[Frame]:
    return (frame for frame in page.frames if frame != page.main_frame)


def _is_harmless(page: Page | Frame) -> None:
    """The watch over the browser has seen nothing either: see the fixture `visitors`."""
    assert page.evaluate(FORBIDDEN) == []
