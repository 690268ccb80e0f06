"""A conversation of many messages: a stretch at a time, and nothing of it is lost on the way."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from accounts.models import User
from tests.cast import NOW
from tests.screens.browsing import as_, script
from tests.screens.mails import wrote
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_older_messages_come_a_page_at_a_time_without_gaps(agent: User, ticket: Ticket) -> None:
    for number in range(2, 72):
        wrote(ticket, f"message {number:02}", at=NOW + timedelta(minutes=number))
    browser = as_(agent)
    seen: list[str] = []
    address: str | None = f"/t/{ticket.number}/"
    while address:
        shown = browser.get(address, headers=script(f"older-{ticket.number}")).content.decode()
        if not seen:
            shown = browser.get(address).content.decode()
        seen = [f"{n:02}" for n in range(2, 72) if f"message {n:02}" in shown] + seen
        marker = 'hx-get="'
        part = shown.partition("earlier")[2].partition(marker)[2].partition('"')[0]
        address = part.replace("&amp;", "&") if "before=" in part else None
    assert seen == [f"{n:02}" for n in range(2, 72)]


def test_earlier_messages_take_the_place_of_nothing_but_their_link(
    agent: User, ticket: Ticket
) -> None:
    for number in range(2, 72):
        wrote(ticket, f"message {number:02}", at=NOW + timedelta(minutes=number))
    browser = as_(agent)
    whole = BeautifulSoup(browser.get(f"/t/{ticket.number}/").content, "html.parser")
    (link,) = whole.select(".earlier a[hx-get]")
    (replaced,) = whole.select(str(link["hx-target"]))
    assert " ".join(replaced.get_text().split()) == "Show 30 earlier"
    headers = script(str(replaced["id"]))
    part = browser.get(str(link["hx-get"]), headers=headers).content
    chosen = BeautifulSoup(part, "html.parser").select(str(link["hx-select"]))
    assert [one["id"] for one in chosen][:1] == [replaced["id"]]
    assert sum(one.name == "article" for one in chosen) == 30


def test_a_refresh_keeps_every_message_that_is_shown(agent: User, ticket: Ticket) -> None:
    for number in range(40):
        wrote(ticket, f"message {number:02}")
    browser = as_(agent)
    whole = browser.get(f"/t/{ticket.number}/").content.decode()
    refresh = whole.partition(f'hx-get="/t/{ticket.number}/?since=')[2].partition('"')[0]
    wrote(ticket, "the newest")
    part = browser.get(
        f"/t/{ticket.number}/?since={refresh}", headers=script("convo")
    ).content.decode()
    shown = [n for n in range(40) if f"message {n:02}" in part]
    assert shown == list(range(10, 40))
    assert "the newest" in part
    assert "<html" not in part
