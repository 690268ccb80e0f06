"""The verbs that move a ticket: wait, hold, take up, solve, reopen, close."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import Role, Team, User
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from core.models import Event
from promises.models import Promise
from promises.services import Decision
from tests.cast import NOW, actor
from tickets import services
from tickets.models import Message, Ticket
from timers.models import Timer
from timers.services import BUSY, Done, fire_due

LATER = NOW + timedelta(hours=1)
CLOSES = NOW + timedelta(hours=96)


def _kinds(ticket: Ticket) -> list[str]:
    events = Event.objects.filter(ticket_id=ticket.pk).order_by("id")
    return list(events.values_list("kind", flat=True))


def _promise(ticket: Ticket, owner: User, *, check_back: bool = False) -> Promise:
    return Promise.objects.create(
        ticket=ticket,
        person=ticket.requester,
        topic="Call back",
        shape="by",
        zone="Europe/Amsterdam",
        until_wall="2026-11-27T14:00",
        from_at=NOW,
        until_at=NOW + timedelta(days=8),
        owner=owner,
        made_by=owner,
        made_at=NOW,
        version_at=NOW,
        consent=True,
        is_check_back=check_back,
    )


# ---- wait for the customer


def test_after_a_reply_it_can_be_the_customer_s_turn(ticket: Ticket, agent: User) -> None:
    services.reply(ticket.pk, text_md="Which bag?", actor=actor(agent), at=LATER)
    services.wait_for_customer(ticket.pk, actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert ticket.status == "pending"
    event = Event.objects.filter(ticket_id=ticket.pk).order_by("-id")[0]
    assert event.kind == "ticket.waiting_for_customer"
    assert event.data == {"v": ticket.version, "from": "open", "to": "pending"}


def test_without_a_reply_it_takes_a_note_why(ticket: Ticket, agent: User) -> None:
    with pytest.raises(Refused) as refused:
        services.wait_for_customer(ticket.pk, actor=actor(agent), at=LATER, note=" ")
    assert (refused.value.code, refused.value.field) == ("reply_first", "note")
    services.wait_for_customer(ticket.pk, actor=actor(agent), at=LATER, note="Asked by phone")
    note = Message.objects.get(kind="note")
    assert (note.body_text, note.is_public) == ("Asked by phone", False)
    assert Event.objects.get(ticket_id=ticket.pk).data["message_id"] == note.pk


def test_a_reply_before_the_customer_s_last_message_does_not_count(
    ticket: Ticket, agent: User
) -> None:
    Ticket.objects.update(last_agent_message_at=NOW - timedelta(minutes=1))
    with pytest.raises(Refused) as refused:
        services.wait_for_customer(ticket.pk, actor=actor(agent), at=LATER)
    assert refused.value.code == "reply_first"


def test_a_bad_note_is_refused_at_its_field(ticket: Ticket, agent: User) -> None:
    with pytest.raises(Refused) as refused:
        services.wait_for_customer(ticket.pk, actor=actor(agent), at=LATER, note="a\x00")
    assert (refused.value.code, refused.value.field) == ("bad_character", "note")


# ---- hold and take up


def test_holding_needs_a_reason(ticket: Ticket, agent: User) -> None:
    for reason, code in ((" ", "reason_missing"), ("x" * 501, "reason_too_long")):
        with pytest.raises(Refused) as refused:
            services.hold(ticket.pk, reason=reason, actor=actor(agent), at=LATER)
        assert (refused.value.code, refused.value.field) == (code, "reason")
    services.hold(ticket.pk, reason="Part\n ordered", actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.hold_reason) == ("on_hold", "Part ordered")
    assert _kinds(ticket) == ["ticket.held"]


def test_taking_up_ends_waiting(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(status="on_hold", hold_reason="Part", customer_wrote_on_hold=True)
    services.take_up(ticket.pk, actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.hold_reason, ticket.customer_wrote_on_hold) == ("open", "", False)
    assert _kinds(ticket) == ["ticket.taken_up"]


# ---- solve


def test_solving_plans_the_closing(ticket: Ticket, agent: User) -> None:
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at) == ("solved", NOW)
    timer = Timer.objects.get(kind="ticket.close", subject_id=ticket.pk)
    assert (timer.state, timer.due_at) == ("pending", CLOSES)
    event = Event.objects.get(ticket_id=ticket.pk)
    assert event.data == {"v": ticket.version, "from": "open", "to": "solved", "silent": True}


def test_a_complaint_is_never_closed_by_the_clock(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(type="complaint")
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    assert not Timer.objects.exists()
    assert services.fire_close(ticket.pk, CLOSES) == Done()
    ticket.refresh_from_db()
    assert ticket.status == "solved"


def test_an_open_promise_blocks_solving(ticket: Ticket, agent: User) -> None:
    promise = _promise(ticket, agent)
    for solve in (
        lambda: services.solve(ticket.pk, actor=actor(agent), at=LATER),
        lambda: services.reply(
            ticket.pk, text_md="Done", actor=actor(agent), at=LATER, then="solved"
        ),
    ):
        with pytest.raises(Refused) as refused:
            solve()
        assert refused.value.code == "open_promise"
        assert refused.value.facts == {"promise_ids": [promise.pk]}
    ticket.refresh_from_db()
    assert (ticket.status, Message.objects.count()) == ("open", 1)


def test_solving_decides_its_promises(ticket: Ticket, agent: User) -> None:
    promise = _promise(ticket, agent)
    message = services.reply(
        ticket.pk,
        text_md="Solved it, no call needed",
        actor=actor(agent),
        at=LATER,
        then="solved",
        promises=[Decision(promise.pk, "cancelled")],
    )
    promise.refresh_from_db()
    ticket.refresh_from_db()
    assert (ticket.status, promise.state) == ("solved", "cancelled_by_customer")
    events = Event.objects.filter(ticket_id=ticket.pk).order_by("id")
    assert [event.data["v"] for event in events] == list(
        range(ticket.version - len(events) + 1, ticket.version + 1)
    )
    assert message.pk


def test_a_promise_of_another_ticket_is_not_decided_here(ticket: Ticket, agent: User) -> None:
    with pytest.raises(NotFound):
        services.solve(ticket.pk, actor=actor(agent), at=LATER, promises=[Decision(0, "cancelled")])


def test_a_check_back_does_not_block_solving_but_delays_closing(
    ticket: Ticket, agent: User
) -> None:
    promise = _promise(ticket, agent, check_back=True)
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    assert services.fire_close(ticket.pk, CLOSES) == Done(next_due_at=promise.until_at)
    late = promise.until_at + timedelta(minutes=5)
    assert services.fire_close(ticket.pk, late) == Done(next_due_at=late + timedelta(hours=1))
    Promise.objects.update(state="kept", ended_at=late)
    assert services.fire_close(ticket.pk, late) == Done()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at) == ("closed", late)


# ---- reopen


def test_reopening_calls_the_closing_off(ticket: Ticket, agent: User) -> None:
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    services.reopen(ticket.pk, actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at) == ("open", None)
    assert Timer.objects.get().state == "cancelled"
    assert _kinds(ticket) == ["ticket.solved", "ticket.reopened"]
    assert services.fire_close(ticket.pk, CLOSES) == Done()
    ticket.refresh_from_db()
    assert ticket.status == "open"


# ---- close


def test_the_desk_closes_what_is_solved(ticket: Ticket, agent: User) -> None:
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    services.close(ticket.pk, actor=Actor.system(), at=LATER)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at, ticket.solved_at) == ("closed", LATER, NOW)
    assert Timer.objects.get().state == "cancelled"


def test_nobody_closes_by_hand_unless_his_role_may(
    ticket: Ticket, agent: User, supervisor: User
) -> None:
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    with pytest.raises(Forbidden):
        services.close(ticket.pk, actor=actor(supervisor), at=LATER)
    role = Role.objects.get(slug="supervisor")
    role.rights.append("ticket.close")
    role.save()
    services.close(ticket.pk, actor=actor(supervisor), at=LATER)


def test_an_open_check_back_keeps_a_ticket_from_being_closed(ticket: Ticket, agent: User) -> None:
    promise = _promise(ticket, agent, check_back=True)
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    with pytest.raises(Refused) as refused:
        services.close(ticket.pk, actor=Actor.system(), at=LATER)
    assert refused.value.facts == {"promise_ids": [promise.pk]}


def test_the_timer_closes_96_hours_after_solving(ticket: Ticket, agent: User) -> None:
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    early = CLOSES - timedelta(seconds=1)
    assert services.fire_close(ticket.pk, early) == Done(next_due_at=CLOSES)
    assert services.fire_close(ticket.pk, CLOSES) == Done()
    assert services.fire_close(ticket.pk, CLOSES) == Done()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.closed_at) == ("closed", CLOSES)
    assert _kinds(ticket) == ["ticket.solved", "ticket.closed"]
    event = Event.objects.filter(ticket_id=ticket.pk).order_by("-id")[0]
    assert (event.actor_kind, event.actor_id) == ("system", None)


@pytest.mark.django_db(transaction=True)
def test_a_due_closing_fires_through_the_timers(ticket: Ticket, agent: User) -> None:
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    Ticket.objects.update(solved_at=NOW - timedelta(days=30))
    Timer.objects.update(due_at=NOW - timedelta(days=26))
    assert fire_due({"ticket.close": services.fire_close}).fired == 1
    ticket.refresh_from_db()
    assert ticket.status == "closed"


def test_a_ticket_that_is_gone_or_locked_is_left_for_the_next_look(db: None) -> None:
    assert services.fire_close(0, NOW) is BUSY


# ---- who


@pytest.mark.parametrize(
    "verb",
    [
        lambda ticket, by: services.wait_for_customer(ticket, actor=by, at=LATER, note="n"),
        lambda ticket, by: services.hold(ticket, reason="r", actor=by, at=LATER),
        lambda ticket, by: services.take_up(ticket, actor=by, at=LATER),
        lambda ticket, by: services.solve(ticket, actor=by, at=LATER),
        lambda ticket, by: services.reopen(ticket, actor=by, at=LATER),
    ],
    ids=["wait_for_customer", "hold", "take_up", "solve", "reopen"],
)
def test_only_agents_who_see_the_ticket_move_it(
    verb: Callable[[int, Actor], Ticket],
    ticket: Ticket,
    manager: User,
    outsider: User,
    team: Team,
) -> None:
    for by in (actor(manager), Actor.customer(ticket.requester_id)):
        with pytest.raises(Forbidden):
            verb(ticket.pk, by)
    Team.objects.filter(pk=team.pk).update(private=True)
    with pytest.raises(NotFound):
        verb(ticket.pk, actor(outsider))
    assert not Event.objects.exists()
