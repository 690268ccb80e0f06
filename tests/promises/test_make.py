"""A promise is made: what it stores, what it plans, and whom it refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Team, User
from calendars import services as calendars
from calendars.queries import default
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from core.models import Announcement
from customers.models import Person
from promises import services
from promises.models import Promise, PromiseSettings
from tests.cast import NOW, actor, member
from tests.promises.stories import THREE, customer_of, draft, last_event, promised, reply
from tickets.models import Ticket
from timers.models import Timer

pytestmark = pytest.mark.django_db

SATURDAY: dict[str, Any] = {"shape": "at", "on": "2026-11-21", "time": "18:30"}


def refuse(code: str, ticket: Ticket, by: User, **given: object) -> Refused:
    at = given.pop("at", NOW)
    with pytest.raises(Refused) as caught:
        promised(ticket, by, at=at, **given)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert caught.value.sentence
    assert not Promise.objects.exists()
    return caught.value


def test_it_stands_with_window_owner_and_chain(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent)
    assert (promise.from_at, promise.until_at) == (NOW, THREE)
    assert (promise.zone, promise.until_wall) == ("Europe/Amsterdam", "2026-11-19T15:00")
    assert (promise.owner, promise.team, promise.made_by) == (agent, ticket.team, agent)
    assert promise.person_id == ticket.requester_id
    assert promise.state == "open"
    assert (promise.version, promise.renegotiation_of, promise.chain_first) == (1, None, None)


def test_its_first_reminder_is_planned(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent)
    timer = Timer.objects.get(kind="promise", subject_id=promise.pk)
    assert (timer.state, timer.due_at) == ("pending", THREE - timedelta(minutes=15))


def test_it_is_recorded_and_announced(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent)
    event = last_event(promise)
    assert (event.kind, event.ticket_id, event.actor_id) == ("promise.made", ticket.pk, agent.pk)
    assert event.data["version"] == 1
    assert event.data["until_at"] == THREE.isoformat()
    assert "Saturday" not in str(event.data)
    assert Announcement.objects.filter(event_id=event.pk).exists()


def test_the_queue_knows_the_next_promise(ticket: Ticket, agent: User) -> None:
    promised(ticket, agent, shape="at", time="16:00")
    ticket.refresh_from_db()
    assert ticket.next_promise_at == NOW + timedelta(hours=2)
    assert ticket.next_due_at == NOW + timedelta(hours=2, minutes=15)
    assert ticket.next_due_kind == "promise"
    promised(ticket, agent)
    ticket.refresh_from_db()
    assert (ticket.next_promise_at, ticket.next_due_at) == (THREE, THREE)


def test_made_with_a_reply_it_remembers_the_reply(ticket: Ticket, agent: User) -> None:
    message = reply(ticket, agent, at=NOW)
    promise = promised(ticket, agent, made_with=message.pk)
    assert promise.made_with_message == message
    assert last_event(promise).data["made_with_message_id"] == message.pk


def test_a_reply_of_another_ticket_is_not_found(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    other = Ticket.objects.create(
        subject="Other", channel="email", requester=customer, opened_at=NOW, last_event_at=NOW
    )
    with pytest.raises(NotFound):
        promised(ticket, agent, made_with=reply(other, agent, at=NOW).pk)


def test_without_consent_it_is_refused(ticket: Ticket, agent: User) -> None:
    assert refuse("no_consent", ticket, agent, consent=False).field == "consent"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"topic": " "}, "no_topic"),
        ({"topic": "x" * 301}, "no_topic"),
        ({"topic": "a\x00b"}, "bad_character"),
        ({"channel": "pigeon"}, "unknown_channel"),
        ({"shape": "around"}, "bad_window"),
        ({"on": "2026-02-30"}, "bad_date"),
        ({"time": "3pm"}, "bad_time_of_day"),
        ({"zone": "+02:00"}, "unknown_time_zone"),
        ({"time": "13:59"}, "bad_window"),
        ({"on": "2027-03-01"}, "bad_window"),
        ({"on": "2027-02-01"}, "bad_window"),
        ({"time": "22:00"}, "outside_contact_hours"),
        ({"owner_id": 0}, "bad_owner"),
        ({"owner_id": 2**63 - 1}, "bad_owner"),
        ({"team_id": 2**62}, "bad_owner"),
    ],
)
def test_bad_input_is_refused(
    ticket: Ticket, agent: User, given: dict[str, object], code: str
) -> None:
    refuse(code, ticket, agent, **given)


def test_a_time_in_the_spring_gap_is_refused(ticket: Ticket, agent: User) -> None:
    error = refuse(
        "wall_time_gap",
        ticket,
        agent,
        at=datetime(2027, 3, 20, 12, 0, tzinfo=UTC),
        shape="at",
        on="2027-03-28",
        time="02:30",
    )
    assert error.facts["neighbours"] == ["2027-03-28T01:30", "2027-03-28T03:30"]


def test_late_at_night_only_if_the_customer_asked_for_it(ticket: Ticket, agent: User) -> None:
    late: dict[str, Any] = {"time": "22:00", "customer_requested_time": True}
    promise = promised(ticket, agent, **late)
    assert promise.customer_requested_time


def test_contact_hours_are_the_desks_setting(ticket: Ticket, agent: User) -> None:
    PromiseSettings.objects.update(contact_until="14:30")
    error = refuse("outside_contact_hours", ticket, agent)
    assert error.facts["contact_until"] == "14:30"


def test_a_solved_ticket_takes_only_a_check_back(ticket: Ticket, agent: User) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status="solved", solved_at=NOW)
    refuse("ticket_solved", ticket, agent)
    assert promised(ticket, agent, is_check_back=True, consent=False).is_check_back


def test_a_closed_ticket_takes_none(ticket: Ticket, agent: User) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status="closed", solved_at=NOW, closed_at=NOW)
    refuse("closed", ticket, agent, is_check_back=True)


def test_who_lacks_the_right_is_forbidden(ticket: Ticket, manager: User) -> None:
    with pytest.raises(Forbidden):
        promised(ticket, manager)
    with pytest.raises(Forbidden):
        services.make(ticket.pk, draft=draft(), actor=customer_of(ticket), at=NOW)
    with pytest.raises(Forbidden):
        services.make(ticket.pk, draft=draft(), actor=Actor.system(), at=NOW)


def test_a_ticket_one_may_not_see_is_not_found(
    ticket: Ticket, team: Team, agent: User, outsider: User
) -> None:
    Team.objects.filter(pk=team.pk).update(private=True)
    with pytest.raises(NotFound):
        promised(ticket, outsider)
    refuse("bad_owner", ticket, agent, owner_id=outsider.pk)


def test_nobody_promises_for_who_cannot_keep_it(
    ticket: Ticket, agent: User, colleague: User, manager: User
) -> None:
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    refuse("bad_owner", ticket, agent, owner_id=colleague.pk)
    refuse("bad_owner", ticket, agent, owner_id=manager.pk)


def test_the_zone_is_assumed_where_the_customers_is_unknown(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    Person.objects.filter(pk=customer.pk).update(zone="")
    customer.organisation.zone = "Europe/Lisbon"  # type: ignore[union-attr]
    customer.organisation.save()  # type: ignore[union-attr]
    assumed = promised(ticket, agent)
    assert (assumed.zone, assumed.zone_assumed) == ("Europe/Lisbon", True)
    assert assumed.until_at == NOW + timedelta(hours=2)
    asked = promised(ticket, agent, zone="Europe/Madrid")
    assert (asked.zone, asked.zone_assumed) == ("Europe/Madrid", False)


def test_the_customers_wall_clock_counts(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, zone="America/New_York", time="10:00")
    assert promise.until_at == NOW + timedelta(hours=2)


def test_a_window_of_more_than_five_working_days_needs_the_lead(
    ticket: Ticket, agent: User, supervisor: User
) -> None:
    error = refuse("bad_window", ticket, agent, on="2026-11-27", lead_confirms=True)
    assert error.facts == {"why": "too_long", "lead": {"id": supervisor.pk, "name": "Sofie"}}
    long: dict[str, Any] = {"on": "2026-11-27", "owner_id": agent.pk, "lead_confirms": True}
    promise = promised(ticket, supervisor, **long)
    assert promise.owner == agent
    assert last_event(promise).data["lead_confirmed"] is True


def test_outside_the_owners_hours_the_nearest_time_is_offered(
    ticket: Ticket, agent: User, supervisor: User
) -> None:
    error = refuse("outside_owner_hours", ticket, agent, **SATURDAY)
    assert (error.facts["nearest_on"], error.facts["nearest_time"]) == ("2026-11-23", "09:00")
    assert error.facts["owner_may_confirm"] is True
    assert error.facts["on_duty"] == []
    assert error.facts["lead"] == {"id": supervisor.pk, "name": "Sofie"}
    assert error.sentence == "You are off then. The nearest time is Mon 23 Nov, 09:00."


def test_the_owner_may_say_that_he_will_do_it(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, **SATURDAY, owner_confirms=True)
    assert promise.owner_confirmed_off_hours


def test_nobody_may_say_it_for_him(ticket: Ticket, agent: User, colleague: User) -> None:
    error = refuse(
        "outside_owner_hours",
        ticket,
        agent,
        **SATURDAY,
        owner_id=colleague.pk,
        owner_confirms=True,
    )
    assert error.facts["owner_may_confirm"] is False
    assert error.sentence.startswith("Jonas is off then.")


def weekend(user: User) -> User:
    hours = calendars.create(
        "Weekend",
        zone="Europe/Amsterdam",
        windows=[{"day": "sat", "start": "10:00", "end": "20:00"}],
        actor=Actor.system(),
        at=NOW,
    )
    user.calendar = hours
    user.save(update_fields=["calendar"])
    return user


def test_a_colleague_on_duty_then_may_be_named(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    weekend(colleague)
    error = refuse("outside_owner_hours", ticket, agent, **SATURDAY)
    assert error.facts["on_duty"] == [{"id": colleague.pk, "name": "Jonas"}]
    promise = promised(ticket, agent, **SATURDAY, on_duty_id=colleague.pk)
    assert (promise.owner, promise.made_by) == (colleague, agent)
    assert not promise.owner_confirmed_off_hours


def test_a_colleague_who_is_off_then_too_may_not(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    error = refuse("outside_owner_hours", ticket, agent, **SATURDAY, on_duty_id=colleague.pk)
    assert error.field == "on_duty"


def test_a_team_on_duty_then_may_be_named(ticket: Ticket, agent: User) -> None:
    hotline = Team.objects.create(name="Hotline", slug="hotline")
    refuse("outside_owner_hours", ticket, agent, **SATURDAY, team_id=hotline.pk)
    weekend(member("Nadia", "agent", team=hotline))
    hotline.calendar_id = User.objects.get(name="Nadia").calendar_id
    hotline.save(update_fields=["calendar"])
    promise = promised(ticket, agent, **SATURDAY, team_id=hotline.pk)
    assert (promise.owner, promise.team) == (None, hotline)


def test_if_nobody_is_on_duty_the_lead_may_confirm(
    ticket: Ticket, agent: User, colleague: User, supervisor: User
) -> None:
    confirmed: dict[str, Any] = {**SATURDAY, "owner_id": agent.pk, "lead_confirms": True}
    promise = promised(ticket, supervisor, **confirmed)
    assert not promise.owner_confirmed_off_hours
    assert last_event(promise).data["lead_confirmed"] is True
    promise.delete()
    weekend(colleague)
    error = refuse("outside_owner_hours", ticket, supervisor, **confirmed)
    assert error.facts["lead_may_confirm"] is False


def test_an_agent_cannot_confirm_in_the_leads_place(ticket: Ticket, agent: User) -> None:
    refuse("outside_owner_hours", ticket, agent, **SATURDAY, lead_confirms=True)


def test_by_friday_ends_with_business(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, shape="by_day", on="2026-11-20", time="")
    assert promise.until_at == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def test_a_holiday_is_no_day_to_promise_by(ticket: Ticket, agent: User) -> None:
    calendars.add_holiday(default().pk, on="2026-11-20", actor=Actor.system(), at=NOW)
    error = refuse("bad_window", ticket, agent, shape="by_day", on="2026-11-20", time="")
    assert error.facts["nearest_on"] == "2026-11-23"


def test_time_never_runs_backwards_on_a_ticket(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, at=NOW - timedelta(minutes=5))
    assert promise.made_at == NOW


def test_the_promise_belongs_to_the_owners_team(
    ticket: Ticket, agent: User, outsider: User
) -> None:
    promise = services.make(ticket.pk, draft=draft(), actor=actor(outsider), at=NOW)
    assert promise.team is not None
    assert promise.team.name == "Billing"
