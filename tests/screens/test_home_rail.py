"""The navigation: its figures, how long they are remembered, and what it shows as current."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from promises.models import Promise
from tests.cast import NOW
from tests.promises.stories import promised
from tests.screens.desk import cost, page, part, parts, visit
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_o_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.clock.now", lambda: NOW)


def shown(client: Client, place: str) -> str:
    return part(client.get("/notifications/"), f'#rail [data-key="{place}"]')


def test_it_counts_my_promises_of_today(agent: User, colleague: User, ticket: Ticket) -> None:
    promised(ticket, agent, time="16:00")
    promised(ticket, agent, on="2026-11-20")
    promised(ticket, colleague, time="16:00")
    assert shown(visit(agent), "g p") == "Promises 1 today"


def test_overdue_ones_displace_them_and_stand_in_the_title(agent: User, ticket: Ticket) -> None:
    late = promised(ticket, agent)
    passed = NOW - timedelta(minutes=1)
    Promise.objects.filter(pk=late.pk).update(until_at=passed, from_at=passed - timedelta(hours=1))
    client = visit(agent)
    assert shown(client, "g p") == "Promises 1 overdue"
    (rail,) = page(client.get("/home/")).select("nav#rail")
    assert rail["data-badge"] == "1"


def test_figures_are_remembered_until_one_changes_something(agent: User, ticket: Ticket) -> None:
    client = visit(agent)
    assert shown(client, "g p") == "Promises"
    promised(ticket, agent, time="16:00")
    assert shown(client, "g p") == "Promises"
    known = {"topic": "x", "channel": "call", "shape": "by", "near": "2026-11-19T16:00"}
    client.post(f"/t/{ticket.number}/promise/", {**known, "who": "unchanged", "consent": "on"})
    assert shown(client, "g p") == "Promises 2 today"


def test_fetched_by_a_hint_it_counts_anew(agent: User, ticket: Ticket) -> None:
    client = visit(agent)
    client.get("/home/")
    promised(ticket, agent, time="16:00")
    assert part(client.get("/rail/"), '[data-key="g p"]') == "Promises 1 today"


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/home/", ["Home"]),
        ("/promises/?tab=kept", ["Promises"]),
        ("/notifications/", ["Notifications"]),
        ("/settings/promises/", ["Settings"]),
        ("/v/unassigned/", ["Unassigned", "Unassigned"]),
    ],
)
def test_it_shows_where_one_is_also_when_fetched_alone(
    agent: User, path: str, current: list[str]
) -> None:
    client = visit(agent)
    (rail,) = page(client.get(path)).select("nav#rail")
    alone = client.get(
        "/rail/", headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{path}"}
    )
    for one in (rail, page(alone)):
        found = [entry.get_text(" ", strip=True) for entry in one.select("[aria-current=page]")]
        assert found == current


def test_a_place_elsewhere_is_nowhere(agent: User) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/nowhere/at/all/"}
    answer = visit(agent).get("/rail/", headers=headers)
    assert page(answer).select("[aria-current=page]") == []


def test_it_says_until_when_one_works_while_one_does(
    agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visit(agent)
    assert part(client.get("/home/"), "#rail .me .small") == "Until 17:00"
    monkeypatch.setattr("core.clock.now", lambda: NOW + timedelta(hours=4))
    assert parts(client.get("/home/"), "#rail .me .small") == []


def test_tickets_lead_to_the_view_used_last(agent: User) -> None:
    client = visit(agent)
    client.get("/v/unassigned/")
    (entry,) = page(client.get("/home/")).select('#rail [data-key="g t"]')
    assert entry["href"] == "/v/unassigned/"


def test_alone_it_costs_a_handful_of_statements(agent: User, ticket: Ticket) -> None:
    client = visit(agent)
    client.get("/rail/")
    assert cost(client, "/rail/") <= 6
