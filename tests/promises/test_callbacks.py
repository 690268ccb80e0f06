"""The desk's verbs that write the contact and settle its promise in one transaction."""

from datetime import timedelta

import pytest

from accounts.models import User
from core.errors import Forbidden, Refused
from core.models import Event
from customers.models import Person
from promises.models import Promise
from tests.cast import NOW, actor
from tests.promises.stories import MINUTE, THREE, draft, mail, promised, reply
from tickets.models import Message, Ticket
from tickets.services import callbacks
from tickets.services.callbacks import Call, Letter, MessageLink

pytestmark = pytest.mark.django_db

AT = NOW + 30 * MINUTE
TALKED = Call("connected", minutes=4, said="She takes the **loan machine**.")


@pytest.fixture
def promise(ticket: Ticket, agent: User) -> Promise:
    return promised(ticket, agent)


def keep(promise: Promise, by: User, contact: Call | MessageLink, **given: object) -> Promise:
    given = {"at": AT, **given}
    return callbacks.keep(promise.pk, contact=contact, actor=actor(by), **given)  # type: ignore[arg-type]


def calls() -> list[Message]:
    return list(Message.objects.filter(kind="call").order_by("id"))


def test_the_call_stands_on_the_ticket_and_settles_the_promise(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    kept = keep(promise, agent, TALKED)
    [message] = calls()
    assert (kept.state, kept.settled_by_message) == ("kept", message)
    assert (message.author_id, message.author_name) == (agent.pk, "Amara")
    assert (message.call_outcome, message.call_minutes) == ("connected", 4)
    assert message.body_text == "She takes the loan machine."
    assert "<strong>loan machine</strong>" in message.body_html
    kinds = Event.objects.filter(ticket_id=ticket.pk).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["promise.made", "ticket.called", "promise.kept"]


def test_a_call_counts_from_when_it_began(promise: Promise, agent: User) -> None:
    long = Call("connected", minutes=20)
    assert keep(promise, agent, long, at=THREE + 10 * MINUTE).state == "kept"
    [message] = calls()
    assert message.at == THREE - 10 * MINUTE


def test_it_did_not_begin_before_it_was_promised(promise: Promise, agent: User) -> None:
    keep(promise, agent, Call("connected", minutes=90))
    assert calls()[0].at == promise.made_at


def test_a_connected_call_counts_as_our_reply(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status="new")
    keep(promise, agent, TALKED)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.last_agent_message_at) == ("open", AT)
    assert calls()[0].is_agent_reply


def test_not_if_the_question_is_still_open(promise: Promise, ticket: Ticket, agent: User) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status="new")
    assert keep(promise, agent, Call("connected", answers_open_message=False)).state == "kept"
    ticket.refresh_from_db()
    assert (ticket.status, ticket.last_agent_message_at) == ("new", None)


def test_nobody_reached_is_no_reply(promise: Promise, ticket: Ticket, agent: User) -> None:
    tried = callbacks.attempt(promise.pk, contact=Call("voicemail"), actor=actor(agent), at=AT)
    assert (tried.state, tried.attempts.get().message) == ("open", calls()[0])
    ticket.refresh_from_db()
    assert ticket.last_agent_message_at is None


def test_attempted_as_agreed_with_a_follow_up(promise: Promise, agent: User) -> None:
    callbacks.attempt(promise.pk, contact=Call("not_reached"), actor=actor(agent), at=AT)
    ended = callbacks.attempt(
        promise.pk,
        contact=Call("voicemail"),
        follow_up=draft(on="2026-11-20", time="10:00", consent=False),
        actor=actor(agent),
        at=AT + 15 * MINUTE,
    )
    assert ended.state == "attempted"
    assert ended.successor.is_open


def test_a_customer_who_calls_takes_his_turn(promise: Promise, ticket: Ticket, agent: User) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status="pending")
    cancelled = callbacks.cancel_by_customer(
        promise.pk, contact=Call("connected", direction="in"), actor=actor(agent), at=AT
    )
    assert cancelled.state == "cancelled_by_customer"
    ticket.refresh_from_db()
    assert (ticket.status, ticket.last_customer_message_at) == ("open", AT)


def test_a_check_back_leaves_a_solved_ticket_solved(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    Promise.objects.update(is_check_back=True)
    Ticket.objects.filter(pk=ticket.pk).update(status="solved", solved_at=NOW)
    assert keep(promise, agent, TALKED).state == "kept"
    ticket.refresh_from_db()
    assert ticket.status == "solved"


def test_renegotiated_in_the_call(promise: Promise, agent: User) -> None:
    successor = callbacks.renegotiate(
        promise.pk,
        draft=draft(on="2026-11-20", time="10:00"),
        contact=TALKED,
        actor=actor(agent),
        at=AT,
    )
    promise.refresh_from_db()
    assert (promise.state, successor.renegotiation_of) == ("renegotiated", promise)


def test_told_openly_by_a_letter(promise: Promise, ticket: Ticket, agent: User) -> None:
    broken = callbacks.break_openly(
        promise.pk,
        reason="The part is late",
        contact=Letter("Marieke, I am sorry: the part is not here yet."),
        actor=actor(agent),
        at=AT,
    )
    message = broken.settled_by_message
    assert message is not None
    assert (broken.state, message.kind, message.direction) == ("broken", "reply", "out")
    assert Event.objects.filter(ticket_id=ticket.pk, kind="ticket.replied").exists()


def test_a_message_on_the_ticket_is_linked(promise: Promise, ticket: Ticket, agent: User) -> None:
    answer = reply(ticket, agent, at=AT)
    kept = keep(promise, agent, MessageLink(answer.pk), channel_accepted=True)
    assert (kept.settled_by_message, calls()) == (answer, [])
    other = promised(ticket, agent, time="16:00", at=AT)
    cancelled = callbacks.cancel_by_customer(
        other.pk,
        contact=MessageLink(mail(ticket, at=AT + MINUTE).pk),
        actor=actor(agent),
        at=AT + MINUTE,
    )
    assert cancelled.state == "cancelled_by_customer"


def test_a_visit_is_logged_like_a_call(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, channel="visit")
    assert keep(promise, agent, Call("connected", channel="visit")).state == "kept"


@pytest.mark.parametrize(
    ("contact", "code", "field"),
    [
        (Call("maybe"), "bad_call", "outcome"),
        (Call("connected", channel="fax"), "bad_call", "outcome"),
        (Call("connected", direction="internal"), "bad_call", "direction"),
        (Call("connected", minutes=-1), "bad_minutes", "minutes"),
        (Call("connected", minutes=1441), "bad_minutes", "minutes"),
        (Call("connected", said="a\x00b"), "bad_character", "said"),
        (Call("connected", said="x" * 100_001), "text_too_long", "said"),
        (Call("not_reached"), "no_contact", "contact"),
    ],
)
def test_a_refused_call_leaves_nothing_behind(
    promise: Promise, agent: User, contact: Call, code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        keep(promise, agent, contact)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert calls() == []
    assert Promise.objects.get().is_open


def test_who_may_not_settle_it_writes_no_call(
    promise: Promise, ticket: Ticket, outsider: User, manager: User
) -> None:
    for user in (outsider, manager):
        with pytest.raises(Forbidden):
            keep(promise, user, TALKED)
    assert calls() == []


def test_twice_at_once_is_refused_the_second_time(promise: Promise, agent: User) -> None:
    keep(promise, agent, TALKED)
    with pytest.raises(Refused) as refused:
        keep(promise, agent, TALKED, at=AT + timedelta(seconds=1))
    assert refused.value.code == "already_ended"
    assert len(calls()) == 1


def test_a_customer_without_a_name_is_called_too(promise: Promise, agent: User) -> None:
    Person.objects.update(name="")
    assert keep(promise, agent, TALKED).state == "kept"
