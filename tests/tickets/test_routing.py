"""`assign`, `transfer` and `set_priority`: whose ticket it is, and how soon."""

from datetime import timedelta

import pytest

from accounts.models import Team, User
from core.errors import Forbidden, NotFound, Refused
from core.models import Event
from promises.models import Promise
from tests.cast import NOW, actor, member
from tickets import services
from tickets.models import Ticket

LATER = NOW + timedelta(hours=1)


def _promise(ticket: Ticket, owner: User | None) -> Promise:
    """Two days from now, by a colleague."""
    return Promise.objects.create(
        ticket=ticket,
        person=ticket.requester,
        topic="Call back",
        shape="by",
        zone="Europe/Amsterdam",
        until_wall="2026-11-21T15:00",
        from_at=NOW,
        until_at=NOW + timedelta(days=2),
        owner=owner,
        team=ticket.team,
        made_by_id=ticket.assignee_id or 0,
        made_at=NOW,
        version_at=NOW,
        consent=True,
    )


# ---- assign


def test_assigning_gives_the_ticket_to_a_colleague(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    services.assign(ticket.pk, assignee_id=colleague.pk, actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert (ticket.assignee_id, ticket.assigned_at, ticket.status) == (
        colleague.pk,
        LATER,
        "open",
    )
    event = Event.objects.get(ticket_id=ticket.pk)
    assert event.kind == "ticket.assigned"
    assert event.data == {
        "v": ticket.version,
        "assignee_was": agent.pk,
        "assignee_id": colleague.pk,
    }


def test_assigning_opens_a_new_ticket(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(status="new", assignee=None)
    services.assign(ticket.pk, assignee_id=agent.pk, actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert ticket.status == "open"
    assert Event.objects.get(ticket_id=ticket.pk).data["to"] == "open"


@pytest.mark.parametrize("status", ["pending", "on_hold", "solved"])
def test_assigning_leaves_any_other_status(
    ticket: Ticket, agent: User, colleague: User, status: str
) -> None:
    Ticket.objects.update(status=status, solved_at=NOW if status == "solved" else None)
    services.assign(ticket.pk, assignee_id=colleague.pk, actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert ticket.status == status


def test_a_ticket_can_be_given_back(ticket: Ticket, agent: User) -> None:
    services.assign(ticket.pk, assignee_id=None, actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert (ticket.assignee_id, ticket.assigned_at) == (None, None)


def test_assigning_twice_is_refused(ticket: Ticket, agent: User) -> None:
    with pytest.raises(Refused) as refused:
        services.assign(ticket.pk, assignee_id=agent.pk, actor=actor(agent), at=LATER)
    assert refused.value.code == "already_assigned"


def test_only_an_active_colleague_who_sees_it_and_may_reply_gets_it(
    ticket: Ticket, agent: User, colleague: User, outsider: User, manager: User, team: Team
) -> None:
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    Team.objects.filter(pk=team.pk).update(private=True)
    nobody = User.objects.create_user("x@kestrel.example", "x", name="No role")
    for user_id in (colleague.pk, outsider.pk, manager.pk, nobody.pk, 0, 2**70):
        with pytest.raises(Refused) as refused:
            services.assign(ticket.pk, assignee_id=user_id, actor=actor(agent), at=LATER)
        assert (refused.value.code, refused.value.field) == ("not_assignable", "assignee")


def test_the_one_who_had_it_keeps_his_promises_unless_they_are_to_move(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    promise = _promise(ticket, agent)
    services.assign(ticket.pk, assignee_id=colleague.pk, actor=actor(agent), at=LATER)
    promise.refresh_from_db()
    assert promise.owner_id == agent.pk


def test_promises_move_with_the_ticket_if_asked(
    ticket: Ticket, agent: User, colleague: User, supervisor: User
) -> None:
    mine, nobodys, hers = (_promise(ticket, owner) for owner in (agent, None, supervisor))
    services.assign(
        ticket.pk, assignee_id=colleague.pk, actor=actor(agent), at=LATER, promises_to="move"
    )
    owners = dict(Promise.objects.values_list("pk", "owner_id"))
    assert owners == {mine.pk: colleague.pk, nobodys.pk: colleague.pk, hers.pk: supervisor.pk}
    ticket.refresh_from_db()
    last = Event.objects.filter(ticket_id=ticket.pk).order_by("-id")[0]
    assert (last.kind, last.data["v"]) == ("ticket.assigned", ticket.version)


def test_promises_never_move_to_nobody(ticket: Ticket, agent: User) -> None:
    promise = _promise(ticket, agent)
    with pytest.raises(Refused) as refused:
        services.assign(
            ticket.pk, assignee_id=None, actor=actor(agent), at=LATER, promises_to="move"
        )
    assert refused.value.code == "promise_needs_owner"
    assert refused.value.facts == {"promise_ids": [promise.pk]}


# ---- transfer


def test_transferring_takes_the_ticket_from_an_assignee_outside_the_team(
    ticket: Ticket, agent: User, outsider: User
) -> None:
    billing = Team.objects.get(slug="billing")
    services.transfer(ticket.pk, team_id=billing.pk, actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert (ticket.team_id, ticket.assignee_id, ticket.assigned_at) == (billing.pk, None, None)
    event = Event.objects.get(ticket_id=ticket.pk)
    assert event.kind == "ticket.transferred"
    assert (event.data["team_id"], event.data["assignee_was"], event.data["assignee_id"]) == (
        billing.pk,
        agent.pk,
        None,
    )


def test_an_assignee_who_is_in_the_other_team_keeps_it(ticket: Ticket, agent: User) -> None:
    billing = Team.objects.create(name="Billing", slug="billing")
    billing.members.add(agent)
    services.transfer(ticket.pk, team_id=billing.pk, actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert ticket.assignee_id == agent.pk


def test_transfers_that_lead_nowhere_are_refused(ticket: Ticket, agent: User, team: Team) -> None:
    with pytest.raises(Refused) as refused:
        services.transfer(ticket.pk, team_id=team.pk, actor=actor(agent), at=LATER)
    assert refused.value.code == "same_team"
    with pytest.raises(NotFound):
        services.transfer(ticket.pk, team_id=0, actor=actor(agent), at=LATER)
    old = Team.objects.create(name="Old", slug="old", archived_at=NOW)
    with pytest.raises(Refused) as refused:
        services.transfer(ticket.pk, team_id=old.pk, actor=actor(agent), at=LATER)
    assert refused.value.code == "team_archived"


def test_a_private_team_takes_no_ticket_whose_promise_its_owner_could_not_see(
    ticket: Ticket, agent: User
) -> None:
    promise = _promise(ticket, agent)
    board = Team.objects.create(name="Board", slug="board", private=True)
    with pytest.raises(Refused) as refused:
        services.transfer(ticket.pk, team_id=board.pk, actor=actor(agent), at=LATER)
    assert refused.value.facts == {"promise_ids": [promise.pk]}
    board.members.add(agent)
    services.transfer(ticket.pk, team_id=board.pk, actor=actor(agent), at=LATER)


# ---- priority


def test_the_priority_is_set_once(ticket: Ticket, agent: User) -> None:
    services.set_priority(ticket.pk, priority="urgent", actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert ticket.priority == "urgent"
    event = Event.objects.get(ticket_id=ticket.pk)
    assert event.kind == "ticket.priority_set"
    assert (event.data["priority_was"], event.data["priority"]) == ("normal", "urgent")
    with pytest.raises(Refused) as refused:
        services.set_priority(ticket.pk, priority="urgent", actor=actor(agent), at=LATER)
    assert refused.value.code == "same_priority"


def test_an_unknown_priority_is_refused(ticket: Ticket, agent: User) -> None:
    with pytest.raises(Refused) as refused:
        services.set_priority(ticket.pk, priority="asap", actor=actor(agent), at=LATER)
    assert (refused.value.code, refused.value.field) == ("bad_priority", "priority")


# ---- who


def test_who_lacks_the_right_routes_nothing(
    ticket: Ticket, manager: User, colleague: User, outsider: User
) -> None:
    billing = Team.objects.get(slug="billing")
    by = actor(manager)
    with pytest.raises(Forbidden):
        services.assign(ticket.pk, assignee_id=colleague.pk, actor=by, at=LATER)
    with pytest.raises(Forbidden):
        services.transfer(ticket.pk, team_id=billing.pk, actor=by, at=LATER)
    with pytest.raises(Forbidden):
        services.set_priority(ticket.pk, priority="low", actor=by, at=LATER)


def test_a_private_team_s_ticket_is_routed_by_its_members_only(
    ticket: Ticket, outsider: User, team: Team
) -> None:
    Team.objects.filter(pk=team.pk).update(private=True)
    with pytest.raises(NotFound):
        services.set_priority(ticket.pk, priority="low", actor=actor(outsider), at=LATER)
    inside = member("Mila", "agent", team=team)
    services.set_priority(ticket.pk, priority="low", actor=actor(inside), at=LATER)
