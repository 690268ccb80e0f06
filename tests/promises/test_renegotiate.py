"""Another time, agreed with the customer: before the old one it is neutral, after it late."""

from datetime import timedelta

import pytest

from accounts.models import User
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from customers.models import Person
from promises import services
from promises.models import Promise
from tests.cast import NOW, actor
from tests.promises.stories import (
    MINUTE,
    THREE,
    call,
    customer_of,
    draft,
    last_event,
    mail,
    note,
    promised,
    reply,
)
from tickets.models import Message, Ticket
from timers.models import Timer

pytestmark = pytest.mark.django_db

AT = NOW + 30 * MINUTE
TOMORROW = {"on": "2026-11-20", "time": "12:00"}


@pytest.fixture
def promise(ticket: Ticket, agent: User) -> Promise:
    return promised(ticket, agent)


def move(promise: Promise, by: User, message: Message | None, **given: object) -> Promise:
    at = given.pop("at", message.at if message else AT)
    moved_by = given.pop("moved_by", "agent")
    return services.renegotiate(
        promise.pk,
        draft=draft(**{"topic": "", **TOMORROW, **given}),
        message_id=message.pk if message else None,
        moved_by=str(moved_by),
        actor=actor(by),
        at=at,  # type: ignore[arg-type]
    )


def test_the_successor_stands_in_its_chain(promise: Promise, ticket: Ticket, agent: User) -> None:
    contact = call(ticket, agent, at=AT)
    successor = move(promise, agent, contact)
    promise.refresh_from_db()
    assert (promise.state, promise.settled_by_message) == ("renegotiated", contact)
    assert (successor.state, successor.topic) == ("open", "Saturday")
    assert (successor.renegotiation_of, successor.chain_first) == (promise, promise)
    assert successor.until_at == NOW + timedelta(hours=22)
    live = Timer.objects.filter(kind="promise", state="pending").values_list(
        "subject_id", flat=True
    )
    assert list(live) == [successor.pk]
    ticket.refresh_from_db()
    assert ticket.next_promise_at == successor.until_at


def test_both_are_recorded(promise: Promise, ticket: Ticket, agent: User) -> None:
    successor = move(promise, agent, call(ticket, agent, at=AT))
    assert last_event(promise).data["moved_by"] == "agent"
    made = last_event(successor)
    assert (made.kind, made.data["follows"]) == ("promise.made", promise.pk)


@pytest.mark.parametrize("direction", ["in", "out"])
def test_agreed_after_the_time_it_was_kept_late(
    promise: Promise, ticket: Ticket, agent: User, direction: str
) -> None:
    contact = call(ticket, agent, at=THREE + MINUTE, direction=direction)
    successor = move(promise, agent, contact)
    promise.refresh_from_db()
    assert (promise.state, promise.ended_at) == ("kept_late", contact.at)
    assert successor.renegotiation_of == promise


def test_agreed_in_time_but_entered_afterwards_it_was_in_time(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    move(promise, agent, mail(ticket, at=AT), at=THREE + MINUTE)
    promise.refresh_from_db()
    assert promise.state == "renegotiated"


def test_without_contact_it_is_refused(promise: Promise, ticket: Ticket, agent: User) -> None:
    for message in (
        None,
        note(ticket, agent, at=AT),
        call(ticket, agent, at=AT, outcome="voicemail"),
        mail(ticket, at=AT, auto=True),
        reply(ticket, agent, at=NOW - MINUTE),
    ):
        with pytest.raises(Refused) as refused:
            move(promise, agent, message, at=AT)
        assert (refused.value.code, refused.value.field) == ("no_contact", "contact")
    assert Promise.objects.get().state == "open"


def test_without_consent_it_is_refused(promise: Promise, ticket: Ticket, agent: User) -> None:
    with pytest.raises(Refused) as refused:
        move(promise, agent, call(ticket, agent, at=AT), consent=False)
    assert refused.value.code == "no_consent"


def test_a_new_time_that_cannot_be_leaves_the_old_one(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    with pytest.raises(Refused) as refused:
        move(promise, agent, call(ticket, agent, at=AT), time="22:00")
    assert refused.value.code == "outside_contact_hours"
    assert Promise.objects.get().state == "open"
    assert Timer.objects.get(kind="promise").state == "pending"


def test_the_owner_stays_unless_another_is_named(
    promise: Promise, ticket: Ticket, agent: User, colleague: User
) -> None:
    kept = move(promise, colleague, call(ticket, colleague, at=AT))
    assert (kept.owner, kept.made_by) == (agent, colleague)
    later = AT + MINUTE
    named = move(kept, agent, call(ticket, agent, at=later), owner_id=colleague.pk)
    assert named.owner == colleague


def test_the_contact_that_moved_it_does_not_keep_the_new_one(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    contact = call(ticket, agent, at=AT)
    successor = move(promise, agent, contact)
    with pytest.raises(Refused) as refused:
        services.keep(successor.pk, message_id=contact.pk, actor=actor(agent), at=AT)
    assert refused.value.code == "no_contact"


def test_each_move_of_ours_in_the_chain_is_counted(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    counted = []
    for number, moved_by in enumerate(("agent", "customer", "agent", "agent")):
        contact = call(ticket, agent, at=AT + number * MINUTE)
        successor = move(promise, agent, contact, moved_by=moved_by)
        counted.append(last_event(promise).data["times"])
        promise = successor
    assert counted == [1, 1, 2, 3]
    assert Promise.objects.exclude(chain_first=None).values("chain_first").distinct().count() == 1


def test_a_customer_moves_his_own_promise_himself(promise: Promise, ticket: Ticket) -> None:
    successor = services.renegotiate(
        promise.pk, draft=draft(topic="", **TOMORROW), actor=customer_of(ticket), at=AT
    )
    promise.refresh_from_db()
    assert (promise.state, promise.moved_by) == ("renegotiated", "customer")
    assert promise.settled_by_message is None
    assert (successor.owner, successor.made_by) == (promise.owner, promise.made_by)


def test_a_customer_may_do_nothing_else(promise: Promise, ticket: Ticket, agent: User) -> None:
    contact = call(ticket, agent, at=AT)
    with pytest.raises(Forbidden):
        services.keep(promise.pk, message_id=contact.pk, actor=customer_of(ticket), at=AT)
    with pytest.raises(Forbidden):
        services.void(promise.pk, actor=customer_of(ticket), at=AT)
    cancelled = services.cancel_by_customer(promise.pk, actor=customer_of(ticket), at=AT)
    assert cancelled.state == "cancelled_by_customer"


def test_another_customers_promise_is_not_found(promise: Promise) -> None:
    stranger = Person.objects.create(name="Luc")
    with pytest.raises(NotFound):
        services.cancel_by_customer(promise.pk, actor=Actor.customer(stranger.pk), at=AT)
