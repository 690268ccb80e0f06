"""Solving never drops a promise: each is decided, or turned into a check-back."""

import pytest

from accounts.models import User
from core.errors import NotFound, Refused
from promises import services
from promises.models import Promise
from promises.services import Decision
from tests.cast import NOW, actor
from tests.promises.stories import MINUTE, THREE, call, promised, reply
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

AT = NOW + 30 * MINUTE


@pytest.fixture
def promise(ticket: Ticket, agent: User) -> Promise:
    return promised(ticket, agent)


def decide(ticket: Ticket, by: User, *decisions: Decision) -> None:
    services.decide_all(ticket, decisions, actor=actor(by), at=AT)


def test_an_open_promise_stands_in_the_way(promise: Promise, ticket: Ticket) -> None:
    with pytest.raises(Refused) as refused:
        services.require_all_decided(ticket)
    assert refused.value.code == "open_promise"
    assert refused.value.facts == {"promise_ids": [promise.pk]}


def test_an_overdue_one_too(promise: Promise, ticket: Ticket) -> None:
    Promise.objects.filter(pk=promise.pk).update(from_at=NOW - 2 * MINUTE, until_at=NOW - MINUTE)
    with pytest.raises(Refused):
        services.require_all_decided(ticket)


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        ("kept", "kept"),
        ("superseded", "superseded"),
        ("cancelled", "cancelled_by_customer"),
        ("check_back", "open"),
    ],
)
def test_each_verdict_decides_it(
    promise: Promise, ticket: Ticket, agent: User, verdict: str, state: str
) -> None:
    call(ticket, agent, at=AT - MINUTE)
    decide(ticket, agent, Decision(promise.pk, verdict))  # type: ignore[arg-type]
    assert Promise.objects.get().state == state
    services.require_all_decided(ticket)


def test_a_check_back_delays_closing_only(promise: Promise, ticket: Ticket, agent: User) -> None:
    assert services.open_check_back(ticket) is None
    decide(ticket, agent, Decision(promise.pk, "check_back"))
    found = services.open_check_back(ticket)
    assert found == promise
    assert found is not None
    assert (found.version, found.until_at) == (2, THREE)
    decide(ticket, agent, Decision(promise.pk, "check_back"))
    assert Promise.objects.get().version == 2


def test_kept_takes_the_newest_contact(promise: Promise, ticket: Ticket, agent: User) -> None:
    call(ticket, agent, at=NOW + MINUTE)
    newest = call(ticket, agent, at=AT - MINUTE)
    call(ticket, agent, at=AT, outcome="not_reached")
    decide(ticket, agent, Decision(promise.pk, "kept"))
    assert Promise.objects.get().settled_by_message == newest


def test_kept_without_any_contact_is_refused(promise: Promise, ticket: Ticket, agent: User) -> None:
    with pytest.raises(Refused) as refused:
        decide(ticket, agent, Decision(promise.pk, "kept"))
    assert refused.value.code == "no_contact"


def test_kept_by_another_way_needs_the_customers_agreement(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    answer = reply(ticket, agent, at=AT - MINUTE)
    with pytest.raises(Refused) as refused:
        decide(ticket, agent, Decision(promise.pk, "kept", answer.pk))
    assert refused.value.code == "other_channel"
    decide(ticket, agent, Decision(promise.pk, "kept", answer.pk, channel_accepted=True))
    assert Promise.objects.get().state == "kept"


def test_one_undecided_promise_is_enough(promise: Promise, ticket: Ticket, agent: User) -> None:
    second = promised(ticket, agent, time="16:00")
    decide(ticket, agent, Decision(promise.pk, "cancelled"))
    with pytest.raises(Refused) as refused:
        services.require_all_decided(ticket)
    assert refused.value.facts == {"promise_ids": [second.pk]}


def test_a_promise_of_another_ticket_is_not_found(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    other = Ticket.objects.create(
        subject="Other",
        channel="email",
        requester=ticket.requester,
        opened_at=NOW,
        last_event_at=NOW,
    )
    with pytest.raises(NotFound):
        decide(other, agent, Decision(promise.pk, "cancelled"))
