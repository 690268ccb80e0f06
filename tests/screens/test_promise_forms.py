"""The form of a promise: what it makes, and each refusal beside its field with a way on."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest
from django.test import Client

from accounts.models import Team, User
from calendars.models import Calendar, CalendarVersion
from customers.models import Person
from promises.models import Promise
from tests.cast import NOW, member
from tests.screens.browsing import Answer, script, text
from tests.screens.desk import page, part, parts, visit
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


class Sent(Answer, Protocol):
    """What came back for a form."""

    status_code: int


@pytest.fixture(autouse=True)
def _two_o_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.clock.now", lambda: NOW)


@pytest.fixture
def night_owl(team: Team) -> User:
    """Eve, of the same team, who works from six to nine in the evening."""
    evening = Calendar.objects.create(name="Evening", zone="Europe/Amsterdam")
    windows = [
        {"day": day, "start": "18:00", "end": "21:00"}
        for day in ("mon", "tue", "wed", "thu", "fri", "sat")
    ]
    CalendarVersion.objects.create(
        calendar=evening,
        number=1,
        valid_from=NOW - timedelta(days=400),
        zone="Europe/Amsterdam",
        windows=windows,
    )
    return member("Eve", "agent", team=team, calendar=evening)


def filled(**given: str) -> dict[str, str]:
    """Call Marieke by 16:00 today, with her consent."""
    known = {
        "topic": "Call about Saturday",
        "channel": "call",
        "shape": "by",
        "near": "",
        "on": "2026-11-19",
        "time": "16:00",
        "who": "unchanged",
        "consent": "on",
    }
    return {name: value for name, value in {**known, **given}.items() if value != "-"}


def send(client: Client, ticket: Ticket, **given: str) -> Sent:
    """The form, sent without a script."""
    return client.post(f"/t/{ticket.number}/promise/", filled(**given))


def made() -> Promise:
    return Promise.objects.get()


def errors(answer: Sent) -> list[str]:
    return parts(answer, ".errors li")


def offers(answer: Sent) -> dict[str, str]:
    """The buttons that take an offered time: its words and what pressing them sends."""
    return {
        button.get_text(strip=True): str(button["value"])
        for button in page(answer).select("button[name=take]")
    }


def test_without_a_script_the_promise_is_made_and_the_ticket_shown(
    agent: User, ticket: Ticket
) -> None:
    answer = visit(agent).post(f"/t/{ticket.number}/promise/", filled())
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/t/{ticket.number}/")
    promise = made()
    assert (promise.topic, promise.owner, promise.consent) == ("Call about Saturday", agent, True)
    assert promise.until_at == datetime(2026, 11, 19, 15, 0, tzinfo=UTC)


def test_with_a_script_the_dialog_closes_and_open_parts_fetch_themselves(
    agent: User, ticket: Ticket
) -> None:
    answer = visit(agent).post(f"/t/{ticket.number}/promise/", filled(), headers=script("dialog"))
    assert answer.status_code == 200
    assert answer.headers["HX-Reswap"] == "none"
    events = answer.headers["HX-Trigger-After-Settle"]
    assert events.index(f"live:ticket-{ticket.pk}") < events.index("dialog-close")
    assert "Promised. The customer gets it in writing." in text(answer)
    assert page(answer).select("html") == []


def test_it_says_on_whose_clock_the_time_is_meant(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    Person.objects.update(zone="Europe/London")
    form = visit(agent).get(f"/t/{ticket.number}/promise/")
    assert "On Marieke de Wolf’s clock: Europe/London, now 13:00 there." in text(form)
    assert "Assumed" not in text(form)


def test_an_assumed_zone_is_marked_and_can_be_set_for_this_promise(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    Person.objects.update(zone="")
    client = visit(agent)
    form = client.get(f"/t/{ticket.number}/promise/")
    assert "Assumed: ask where the customer is." in text(form)
    assert page(form).select("select[name=zone]")
    send(client, ticket, zone="Europe/Athens", time="17:00")
    assert (made().zone, made().zone_assumed) == ("Europe/Athens", False)
    assert made().until_at == datetime(2026, 11, 19, 15, 0, tzinfo=UTC)


def test_an_offered_near_time_needs_no_typing(agent: User, ticket: Ticket) -> None:
    client = visit(agent)
    near = parts(client.get(f"/t/{ticket.number}/promise/"), ".near-times label")
    assert near == [
        "today 15:00",
        "today 17:00",
        "tomorrow 09:00",
        "tomorrow 12:00",
        "Another time",
    ]
    send(client, ticket, near="2026-11-20T09:00", on="", time="")
    assert made().until_wall == "2026-11-20T09:00"


def test_a_near_time_of_an_older_page_still_counts(agent: User, ticket: Ticket) -> None:
    send(visit(agent), ticket, near="2026-11-19T16:30", on="", time="")
    assert made().until_wall == "2026-11-19T16:30"


@pytest.mark.parametrize(
    ("shape", "window"),
    [
        ("at", ("2026-11-19T16:00", "2026-11-19T16:15")),
        ("by", ("", "2026-11-19T16:00")),
        ("by_day", ("", "2026-11-19T17:00")),
    ],
)
def test_each_way_of_saying_it_has_its_window(
    agent: User, ticket: Ticket, shape: str, window: tuple[str, str]
) -> None:
    send(visit(agent), ticket, shape=shape)
    assert (made().from_wall, made().until_wall) == window


def test_a_colleague_or_a_team_can_keep_it(
    agent: User, colleague: User, team: Team, ticket: Ticket
) -> None:
    client = visit(agent)
    send(client, ticket, who=f"user-{colleague.pk}")
    send(client, ticket, who=f"team-{team.pk}")
    owners = list(Promise.objects.order_by("pk").values_list("owner_id", "team_id"))
    assert owners == [(colleague.pk, team.pk), (None, team.pk)]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"topic": " "}, "Say in a few words what it is about."),
        ({"on": "", "time": ""}, "Choose one of the times, or give day and time."),
        ({"shape": "by_day", "on": ""}, "Give the day."),
        ({"time": "13:00"}, "This time has already passed (now 14:00)."),
        ({"on": "2027-03-19"}, "A promise lies at most 90 days ahead. Choose a nearer day."),
        ({"on": "2026-11-31"}, "The date must be a real one"),
        ({"time": "25:00"}, "Give the time as hours and minutes, such as 15:00."),
        ({"consent": "-"}, "Ask the customer whether this time suits"),
        ({"near": "soon"}, "Select a valid choice."),
        ({"channel": "fax"}, "Select a valid choice."),
        ({"who": "user-x"}, "Select a valid choice."),
        ({"topic": "a\x00b"}, "cannot be stored"),
    ],
)
def test_what_cannot_be_promised_is_said_at_its_field_and_nothing_is_lost(
    agent: User, ticket: Ticket, given: dict[str, str], sentence: str
) -> None:
    answer = send(visit(agent), ticket, said="kept", **given)
    assert answer.status_code == 422
    assert any(sentence in error for error in errors(answer)), errors(answer)
    assert not Promise.objects.exists()
    if "topic" not in given:
        (topic,) = page(answer).select("input[name=topic]")
        assert topic["value"] == "Call about Saturday"


def test_outside_contact_hours_only_what_the_customer_asked_for(
    agent: User, ticket: Ticket
) -> None:
    client = visit(agent)
    answer = send(client, ticket, time="22:15")
    assert answer.status_code == 422
    assert "Customers are contacted from 08:00 to 21:00, their time." in errors(answer)[0]
    asked = send(client, ticket, time="22:15", customer_requested_time="on")
    assert asked.status_code == 303, errors(asked)
    assert made().customer_requested_time


def test_when_one_is_off_the_nearest_time_is_one_press_away(agent: User, ticket: Ticket) -> None:
    client = visit(agent)
    answer = send(client, ticket, shape="at", on="2026-11-21", time="18:30")
    assert answer.status_code == 422
    assert errors(answer) == ["You are off then. The nearest time is Mon 23 Nov, 09:00."]
    assert offers(answer) == {"Promise Monday 09:00": "2026-11-23T09:00"}
    taken = send(client, ticket, shape="at", on="2026-11-21", time="18:30", take="2026-11-23T09:00")
    assert taken.status_code == 303
    assert made().from_wall == "2026-11-23T09:00"


def test_one_may_say_i_will_do_it_for_exactly_this_time(agent: User, ticket: Ticket) -> None:
    client = visit(agent)
    off = {"shape": "at", "on": "2026-11-21", "time": "18:30"}
    answer = send(client, ticket, **off)
    (confirmed,) = page(answer).select("input[name=confirmed_for]")
    kept = {"confirmed_for": str(confirmed["value"]), "owner_confirms": "1"}
    other = send(client, ticket, **{**off, "time": "19:30"}, **kept)
    assert other.status_code == 422
    assert send(client, ticket, **off, **kept).status_code == 303
    assert made().owner_confirmed_off_hours


def test_a_colleague_who_works_then_can_take_it(
    agent: User, night_owl: User, ticket: Ticket
) -> None:
    client = visit(agent)
    off = {"shape": "at", "on": "2026-11-21", "time": "18:30"}
    answer = send(client, ticket, **off)
    assert parts(answer, "select[name=on_duty] option") == ["Choose who is on duty", "Eve"]
    (confirmed,) = page(answer).select("input[name=confirmed_for]")
    send(
        client,
        ticket,
        **off,
        on_duty=str(night_owl.pk),
        confirmed_for=str(confirmed["value"]),
    )
    assert made().owner == night_owl


def test_if_nobody_works_then_the_lead_is_named_and_may_agree(
    agent: User, colleague: User, supervisor: User, ticket: Ticket
) -> None:
    off = {
        "shape": "at",
        "on": "2026-11-21",
        "time": "18:30",
        "who": f"user-{colleague.pk}",
    }
    answer = send(visit(agent), ticket, **off)
    assert "Sofie can promise it here, as the lead." in text(answer)
    assert page(answer).select("button[name=lead_confirms]") == []
    lead = visit(supervisor)
    seen = send(lead, ticket, **off)
    (confirmed,) = page(seen).select("input[name=confirmed_for]")
    assert page(seen).select("button[name=lead_confirms]")
    agreed = send(lead, ticket, **off, lead_confirms="1", confirmed_for=str(confirmed["value"]))
    assert agreed.status_code == 303, errors(agreed)


def test_a_time_the_clock_skips_offers_both_neighbours(
    agent: User, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = datetime(2027, 3, 26, 13, 0, tzinfo=UTC)
    monkeypatch.setattr("core.clock.now", lambda: before)
    client = visit(agent)
    night = {"on": "2027-03-28", "time": "02:30", "customer_requested_time": "on"}
    answer = send(client, ticket, **night)
    assert "does not exist on" in errors(answer)[0]
    assert list(offers(answer).values()) == ["2027-03-28T01:30", "2027-03-28T03:30"]


def test_a_window_of_more_than_five_working_days_needs_the_lead(
    agent: User, supervisor: User, ticket: Ticket
) -> None:
    far = {"on": "2026-12-10", "time": "16:00"}
    answer = send(visit(agent), ticket, **far)
    assert errors(answer) == [
        "This window is longer than five working days: that needs Sofie’s yes."
    ]
    assert "Sofie can promise it here, as the lead." in text(answer)


def test_a_solved_ticket_offers_a_check_back_and_refuses_the_rest(
    agent: User, ticket: Ticket
) -> None:
    Ticket.objects.update(status=Ticket.Status.SOLVED, solved_at=NOW)
    client = visit(agent)
    form = client.get(f"/t/{ticket.number}/promise/")
    assert part(form, "#dialog-title") == "Promise a check-back"
    assert page(form).select("input[name=is_check_back][checked]")
    refused = send(client, ticket)
    assert refused.status_code == 409
    assert "This ticket is solved. Reopen it first, or promise a check-back." in text(refused)
    assert send(client, ticket, is_check_back="on").status_code == 303


def test_a_closed_ticket_takes_no_promise(agent: User, ticket: Ticket) -> None:
    Ticket.objects.update(status=Ticket.Status.CLOSED, solved_at=NOW, closed_at=NOW)
    answer = send(visit(agent), ticket)
    assert answer.status_code == 409
    assert "This ticket is closed. Open a follow-up instead." in text(answer)


def test_a_manager_promises_nothing(manager: User, ticket: Ticket) -> None:
    assert send(visit(manager), ticket).status_code == 403


def test_a_ticket_one_may_not_see_takes_no_promise(agent: User, ticket: Ticket) -> None:
    Ticket.objects.update(team=Team.objects.create(name="Board", slug="board", private=True))
    assert send(visit(agent), ticket).status_code == 404


def test_the_wrong_field_is_tied_to_its_error(agent: User, ticket: Ticket) -> None:
    answer = send(visit(agent), ticket, time="13:00")
    (field,) = page(answer).select("input[name=time]")
    assert field["aria-invalid"] == "true"
    (group,) = page(answer).select("fieldset.when-fields")
    assert page(answer).select(f"#{group['aria-describedby']}")
