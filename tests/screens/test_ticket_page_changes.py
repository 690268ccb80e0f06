"""Changing a ticket on its page: one field, one door; solving asks about every promise."""

from collections.abc import Mapping

import pytest
from django.test import Client

from accounts.models import Team, User
from promises.models import Promise
from tests.cast import NOW
from tests.screens.browsing import as_, script, text
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def promise(ticket: Ticket, owner: User) -> Promise:
    return Promise.objects.create(
        ticket=ticket,
        person_id=ticket.requester_id,
        topic="Call about Saturday",
        shape=Promise.Shape.BY,
        zone="Europe/Amsterdam",
        until_wall="2190-11-19T15:00",
        from_at=NOW,
        until_at=NOW.replace(year=2190),
        owner=owner,
        made_by=owner,
        made_at=NOW,
        version_at=NOW,
        consent=True,
    )


def test_fields_are_changed_one_by_one(
    agent: User, colleague: User, ticket: Ticket, team: Team
) -> None:
    other = Team.objects.create(name="Billing", slug="billing")
    browser = as_(agent)

    def post(door: str, **fields: object) -> int:
        return browser.post(f"/t/{ticket.number}/{door}/", fields).status_code

    assert post("assignee", assignee=colleague.pk) == 303
    assert fresh(ticket).assignee == colleague
    assert post("assignee", assignee="nobody") == 303
    assert fresh(ticket).assignee is None
    assert post("priority", priority="urgent") == 303
    assert fresh(ticket).priority == "urgent"
    assert post("hold", reason="spare part") == 303
    assert fresh(ticket).hold_reason == "spare part"
    assert post("taking-up") == 303
    assert fresh(ticket).status == "open"
    assert post("customers-turn", note="asked by phone") == 303
    assert fresh(ticket).status == "pending"
    assert post("team", team=other.pk) == 303
    assert fresh(ticket).team == other
    assert post("solve") == 303
    assert fresh(ticket).status == "solved"
    assert post("reopening") == 303
    assert fresh(ticket).status == "open"


@pytest.mark.parametrize(
    ("door", "fields", "status"),
    [
        ("assignee", {}, 404),
        ("assignee", {"assignee": "9223372036854775808"}, 404),
        ("assignee", {"assignee": "-1"}, 404),
        ("team", {"team": "x"}, 404),
        ("priority", {"priority": "top"}, 409),
        ("priority", {}, 409),
        ("taking-up", {}, 409),
        ("reopening", {}, 409),
        ("hold", {}, 422),
        ("customers-turn", {}, 422),
    ],
)
def test_what_cannot_be_done_is_said(
    door: str, fields: Mapping[str, str], status: int, agent: User, ticket: Ticket
) -> None:
    response = as_(agent).post(f"/t/{ticket.number}/{door}/", fields)
    assert response.status_code == status
    assert fresh(ticket).status == "open"


def test_a_refusal_stands_on_the_tickets_page(agent: User, ticket: Ticket) -> None:
    response = as_(agent).post(f"/t/{ticket.number}/taking-up/")
    assert "Only a ticket that waits can be taken up; this one is “Open”." in text(response)
    assert "Since yesterday the grinder stops." in text(response)


@pytest.mark.parametrize("door", ["assignee", "reply", "priority", "hold", "solve", "team"])
def test_who_lacks_the_right_is_refused(door: str, manager: User, ticket: Ticket) -> None:
    fields = {
        "assignee": manager.pk,
        "text_md": "x",
        "then": "open",
        "priority": "high",
        "reason": "x",
        "team": ticket.team_id,
    }
    response = as_(manager).post(f"/t/{ticket.number}/{door}/", fields)
    assert response.status_code == 403
    assert fresh(ticket).version == ticket.version


def test_a_form_from_elsewhere_is_refused(agent: User, ticket: Ticket) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(agent)
    assert careful.post(f"/t/{ticket.number}/solve/").status_code == 403
    assert fresh(ticket).status == "open"


def test_a_reason_that_is_missing_is_asked_for_in_the_dialog(agent: User, ticket: Ticket) -> None:
    address = f"/t/{ticket.number}/hold/"
    browser = as_(agent)
    asked = browser.get(address, headers=script("dialog"))
    assert b"<html" not in asked.content
    refused = browser.post(address, {"reason": ""}, headers=script("dialog"))
    assert refused.status_code == 422
    assert "Say what the ticket waits for." in text(refused)
    assert b'aria-invalid="true"' in refused.content
    done = browser.post(address, {"reason": "spare part"}, headers=script("dialog"))
    assert done["HX-Retarget"] == "#convo"
    assert "dialog-close" in done["HX-Trigger-After-Settle"]


# ---- solving, with promises


def test_solving_asks_what_becomes_of_an_open_promise(agent: User, ticket: Ticket) -> None:
    made = promise(ticket, agent)
    browser = as_(agent)
    asked = browser.post(f"/t/{ticket.number}/solve/")
    assert asked.status_code == 409
    assert "A promise is still open." in text(asked)
    assert "Call about Saturday" in text(asked)
    chosen = {"asked": "1", f"promise-{made.pk}": "cancelled"}
    assert browser.post(f"/t/{ticket.number}/solve/", chosen).status_code == 303
    assert fresh(ticket).status == "solved"
    made.refresh_from_db()
    assert made.state == Promise.State.CANCELLED


def test_nonsense_about_promises_is_not_found(agent: User, ticket: Ticket) -> None:
    fields = {"asked": "1", "promise-999999": "kept", "promise-x": "kept", "promise-1": "no"}
    assert as_(agent).post(f"/t/{ticket.number}/solve/", fields).status_code == 404


def test_the_solve_dialog_is_a_page_without_script(agent: User, ticket: Ticket) -> None:
    browser = as_(agent)
    assert b"<html" in browser.get(f"/t/{ticket.number}/solve/").content
    assert (
        b"<html" not in browser.get(f"/t/{ticket.number}/solve/", headers=script("dialog")).content
    )
