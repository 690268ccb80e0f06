"""Who may settle, hand over and make void, and until when."""

from datetime import timedelta

import pytest

from accounts.models import Team, User
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from promises import services
from promises.models import Promise
from tests.cast import NOW, actor, member
from tests.promises.stories import MINUTE, THREE, call, last_event, promised
from tickets.models import Ticket
from timers.models import Timer

pytestmark = pytest.mark.django_db

AT = NOW + 5 * MINUTE


@pytest.fixture
def promise(ticket: Ticket, agent: User) -> Promise:
    return promised(ticket, agent)


def keep(promise: Promise, by: User) -> Promise:
    contact = call(promise.ticket, by, at=AT)
    return services.keep(promise.pk, message_id=contact.pk, actor=actor(by), at=AT)


def hand_over(promise: Promise, to: User, by: User, **given: object) -> Promise:
    at = given.get("at", AT)
    return services.hand_over(promise.pk, to_id=to.pk, actor=actor(by), at=at)  # type: ignore[arg-type]


# ---- who may settle


def test_a_colleague_of_the_team_may_settle_it(promise: Promise, colleague: User) -> None:
    assert keep(promise, colleague).state == "kept"


def test_the_supervisor_of_the_team_may_settle_it(promise: Promise, supervisor: User) -> None:
    assert keep(promise, supervisor).state == "kept"


def test_another_teams_agent_may_not(promise: Promise, outsider: User) -> None:
    with pytest.raises(Forbidden):
        keep(promise, outsider)


def test_who_writes_to_no_customers_may_not(
    promise: Promise, manager: User, administrator: User
) -> None:
    for user in (manager, administrator):
        with pytest.raises(Forbidden):
            keep(promise, user)


def test_the_owner_may_wherever_the_ticket_has_gone(
    promise: Promise, ticket: Ticket, agent: User, outsider: User
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(team=outsider.teams.get(), assignee=outsider)
    assert keep(promise, agent).state == "kept"


def test_what_one_may_not_see_is_not_found(promise: Promise, team: Team, outsider: User) -> None:
    Team.objects.filter(pk=team.pk).update(private=True)
    with pytest.raises(NotFound):
        keep(promise, outsider)
    with pytest.raises(NotFound):
        services.void(2**62, actor=actor(outsider), at=AT)


# ---- handing over


def test_the_owner_hands_over_his_own(promise: Promise, agent: User, colleague: User) -> None:
    handed = hand_over(promise, colleague, agent)
    assert (handed.owner, handed.until_at, handed.version) == (colleague, THREE, 2)
    event = last_event(promise)
    assert (event.kind, event.data["from_id"]) == ("promise.handed_over", agent.pk)
    assert event.data["owner_id"] == colleague.pk
    assert Timer.objects.filter(subject_id=promise.pk, state="pending").count() == 1


def test_again_is_harmless(promise: Promise, agent: User, supervisor: User) -> None:
    assert hand_over(promise, agent, supervisor).version == 1


def test_a_colleague_may_not_give_away_what_is_not_his(
    promise: Promise, agent: User, colleague: User
) -> None:
    with pytest.raises(Forbidden):
        hand_over(promise, colleague, colleague)


def test_lead_supervisor_and_manager_may(
    promise: Promise, agent: User, colleague: User, supervisor: User, manager: User
) -> None:
    assert hand_over(promise, colleague, supervisor).owner == colleague
    assert hand_over(promise, agent, manager).owner == agent


def test_another_teams_supervisor_may_not(
    promise: Promise, colleague: User, outsider: User
) -> None:
    other = member("Ines", "supervisor", team=outsider.teams.get())
    with pytest.raises(Forbidden):
        hand_over(promise, colleague, other)


def test_a_promise_of_the_team_anybody_in_it_may_take(
    ticket: Ticket, team: Team, agent: User, colleague: User, outsider: User
) -> None:
    promise = promised(ticket, agent, team_id=team.pk)
    assert promise.owner is None
    with pytest.raises(Forbidden):
        hand_over(promise, outsider, outsider)
    assert hand_over(promise, colleague, colleague).owner == colleague


def test_it_goes_only_to_who_can_keep_it(
    promise: Promise, agent: User, colleague: User, manager: User
) -> None:
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    for user in (colleague, manager):
        with pytest.raises(Refused) as refused:
            hand_over(promise, user, agent)
        assert (refused.value.code, refused.value.field) == ("bad_owner", "to")


def test_an_overdue_promise_still_counts_for_who_had_it(
    promise: Promise, agent: User, colleague: User
) -> None:
    handed = hand_over(promise, colleague, agent, at=THREE + MINUTE)
    assert (handed.owner, handed.owner_at_until) == (colleague, agent)


def test_the_new_owners_word_is_not_given_for_him(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    promise = promised(
        ticket, agent, shape="at", on="2026-11-21", time="12:00", owner_confirms=True
    )
    assert not hand_over(promise, colleague, agent).owner_confirmed_off_hours


# ---- void


def void(promise: Promise, by: User, *, minutes: int, reason: str = "") -> Promise:
    return services.void(
        promise.pk, reason=reason, actor=actor(by), at=NOW + timedelta(minutes=minutes)
    )


def test_the_maker_undoes_it_within_ten_minutes(promise: Promise, agent: User) -> None:
    assert void(promise, agent, minutes=10).state == "voided"


def test_afterwards_the_maker_asks_a_supervisor(promise: Promise, agent: User) -> None:
    with pytest.raises(Refused) as refused:
        void(promise, agent, minutes=11, reason="Mistyped")
    assert refused.value.code == "too_late"


def test_a_colleague_cannot_undo_it(promise: Promise, colleague: User) -> None:
    with pytest.raises(Forbidden):
        void(promise, colleague, minutes=1, reason="Mistyped")


def test_the_supervisor_needs_a_reason(promise: Promise, supervisor: User) -> None:
    with pytest.raises(Refused) as refused:
        void(promise, supervisor, minutes=1)
    assert (refused.value.code, refused.value.field) == ("no_reason", "reason")
    voided = void(promise, supervisor, minutes=500, reason="Mistyped")
    assert (voided.state, voided.reason) == ("voided", "Mistyped")


def test_a_manager_may_another_teams_supervisor_not(
    promise: Promise, manager: User, outsider: User
) -> None:
    other = member("Ines", "supervisor", team=outsider.teams.get())
    with pytest.raises(Forbidden):
        void(promise, other, minutes=1, reason="Mistyped")
    assert void(promise, manager, minutes=60, reason="Mistyped").state == "voided"


def test_the_desk_itself_may_do_everything(promise: Promise, colleague: User) -> None:
    handed = services.hand_over(promise.pk, to_id=colleague.pk, actor=Actor.system(), at=AT)
    assert handed.owner == colleague
