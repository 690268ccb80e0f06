"""The queue's page: who sees it, what its address may ask for, and how it goes on."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from customers.models import Person
from tests.cast import NOW
from tests.screens.browsing import as_, script, text
from tickets.models import Ticket
from tickets.queries.fixed_views import VIEWS

pytestmark = pytest.mark.django_db


def rows(content: bytes) -> list[str]:
    return re.findall(r'<a class="tk[^>]*id="r(\d+)"', content.decode())


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("role", ["agent", "manager", "administrator"])
def test_every_view_opens_for_every_role(
    view: str, role: str, request: pytest.FixtureRequest, ticket: Ticket
) -> None:
    response = as_(request.getfixturevalue(role)).get(f"/v/{view}/")
    assert response.status_code == 200
    assert response.cookies["view"].value == view


def test_who_is_not_signed_in_is_led_to_sign_in() -> None:
    assert Client().get("/v/my-open/")["Location"] == "/login/?next=/v/my-open/"
    assert Client().get("/v/my-open/", headers=script("queue")).status_code == 401


@pytest.mark.parametrize("view", ["nothing", "my-team", "MY-OPEN"])
def test_an_unknown_view_is_not_found(view: str, agent: User) -> None:
    assert as_(agent).get(f"/v/{view}/").status_code == 404


@pytest.mark.parametrize(
    ("view", "query", "words"),
    [
        ("all-open", {"status": "deleted"}, "Unknown value “deleted” for status. Allowed: new,"),
        ("all-open", {"status": "solved"}, "Allowed: new, open, pending, on_hold."),
        ("all-open", {"priority": "__class__"}, "Allowed: low, normal, high, urgent."),
        ("all-open", {"channel": "fax"}, "Allowed: email, phone, web, portal, api, agent."),
        ("all-open", {"team": "' OR 1=1 --"}, "Unknown value"),
        ("all-open", {"assignee": "0"}, "for assignee. Allowed: me, nobody"),
        ("my-open", {"assignee": "me"}, "Unknown filter “assignee”. Allowed: team, status,"),
        ("all-open", {"_connector": "OR"}, "Unknown filter “_connector”."),
        ("all-open", {"pk__in": "1"}, "Unknown filter “pk__in”."),
        ("all-open", {"sort": "password"}, "Unknown sort field “password”. Allowed: due, newest."),
        ("all-open", {"after": "x"}, "This link to a further page is not valid."),
        ("all-open", {"after": "due.20260230T000000000000.1"}, "is not valid"),
        ("all-open", {"after": "due.20261119T000000000000.-1"}, "is not valid"),
        ("all-open", {"after": "due.20261119T000000000000.9223372036854775808"}, "is not valid"),
        ("all-open", {"after": "nowhere.20261119T000000000000.1"}, "is not valid"),
    ],
)
def test_what_the_address_may_not_ask_for_is_named(
    view: str, query: dict[str, str], words: str, agent: User
) -> None:
    response = as_(agent).get(f"/v/{view}/?{urlencode(query)}")
    assert response.status_code == 422
    assert words in text(response)


def test_a_bad_filter_beside_a_ticket_is_refused_too(agent: User, ticket: Ticket) -> None:
    assert as_(agent).get(f"/v/all-open/{ticket.number}/?sort=x").status_code == 422


def test_a_filter_stays_with_the_rows_and_can_be_taken_off(agent: User, ticket: Ticket) -> None:
    response = as_(agent).get("/v/all-open/?priority=normal&channel=email&team=&sort=newest")
    shown = response.content.decode()
    assert rows(response.content) == [str(ticket.number)]
    assert f'href="/v/all-open/{ticket.number}/?priority=normal&amp;channel=email' in shown
    assert "Normal, Email" in text(response)
    assert "Show all" in text(response)
    empty = as_(agent).get("/v/all-open/?priority=urgent")
    assert "Nothing matches" in text(empty)


def test_an_empty_view_offers_the_next_useful_place(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(assignee=None)
    shown = text(as_(agent).get("/v/my-open/"))
    assert "Nothing is yours to do One ticket has no owner yet. Look at Unassigned" in shown


def _many(customer: Person, agent: User, number: int) -> None:
    for index in range(number):
        Ticket.objects.create(
            subject=f"{index}",
            status=Ticket.Status.OPEN,
            channel="email",
            requester=customer,
            assignee=agent,
            opened_at=NOW,
            last_event_at=NOW,
        )


def test_further_rows_come_in_place_without_repeating_the_heading(
    agent: User, customer: Person
) -> None:
    _many(customer, agent, 60)
    browser = as_(agent)
    first = browser.get("/v/my-open/")
    assert len(rows(first.content)) == 50
    more = re.search(r'hx-get="([^"]*after=[^"]*)"', first.content.decode())
    assert more is not None
    rest = browser.get(more[1].replace("&amp;", "&"), headers=script("more"))
    assert len(rows(rest.content)) == 10
    assert b"<html" not in rest.content
    assert "No time due" not in text(rest)
    whole = browser.get(more[1].replace("&amp;", "&"))
    assert len(rows(whole.content)) == 10
    assert "No time due" in text(whole)


def test_a_script_refreshes_the_list_alone(agent: User, ticket: Ticket) -> None:
    browser = as_(agent)
    for address in ("/v/my-open/", f"/v/my-open/{ticket.number}/"):
        part = browser.get(address, headers=script("queue")).content.decode()
        assert part.lstrip().startswith("<section")
        assert ('aria-current="true"' in part.partition(f'id="r{ticket.number}"')[2][:200]) == (
            str(ticket.number) in address
        )


def test_a_row_is_small(agent: User, ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=NOW, next_promise_at=NOW)
    shown = as_(agent).get("/v/my-open/").content.decode()
    row = shown.partition('<a class="tk')[2].partition("</a>")[0]
    assert len(row) < 1300
