"""Which contact settles a promise, and how its instant judges it."""

from datetime import timedelta

import pytest

from accounts.models import User
from core.errors import NotFound, Refused
from promises import services
from promises.models import Attempt, Promise
from tests.cast import NOW, actor
from tests.promises.stories import (
    MINUTE,
    THREE,
    call,
    draft,
    last_event,
    letter,
    mail,
    note,
    promised,
    reply,
)
from tickets.models import Message, Ticket
from timers.models import Timer

pytestmark = pytest.mark.django_db

AT = NOW + 30 * MINUTE


@pytest.fixture
def promise(ticket: Ticket, agent: User) -> Promise:
    return promised(ticket, agent)


def keep(promise: Promise, by: User, message: Message, **given: object) -> Promise:
    given = {"at": max(message.at, promise.made_at), **given}
    return services.keep(promise.pk, message_id=message.pk, actor=actor(by), **given)  # type: ignore[arg-type]


def refuse(code: str, promise: Promise, by: User, message: Message) -> None:
    with pytest.raises(Refused) as refused:
        keep(promise, by, message)
    assert refused.value.code == code
    assert refused.value.field


@pytest.mark.parametrize(
    ("offset", "state"),
    [(-1, "kept"), (0, "kept"), (1, "kept_late")],
)
def test_until_belongs_to_the_window(
    promise: Promise, ticket: Ticket, agent: User, offset: int, state: str
) -> None:
    contact = call(ticket, agent, at=THREE + timedelta(microseconds=offset))
    assert keep(promise, agent, contact).state == state


def test_a_call_in_time_that_is_entered_late_was_in_time(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    kept = keep(promise, agent, call(ticket, agent, at=AT), at=THREE + timedelta(hours=2))
    assert (kept.state, kept.ended_at) == ("kept", AT)


def test_before_the_window_begins_is_in_time_too(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, shape="at", time="16:00")
    assert keep(promise, agent, call(ticket, agent, at=AT)).state == "kept"


def test_nobody_reached_is_nothing_kept(promise: Promise, ticket: Ticket, agent: User) -> None:
    for outcome in ("not_reached", "voicemail"):
        refuse("no_contact", promise, agent, call(ticket, agent, at=AT, outcome=outcome))


def test_only_a_person_of_ours_keeps_it(promise: Promise, ticket: Ticket, agent: User) -> None:
    refuse("no_contact", promise, agent, note(ticket, agent, at=AT))
    refuse("no_contact", promise, agent, letter(ticket, at=AT))
    refuse("no_contact", promise, agent, mail(ticket, at=AT))
    refuse("no_contact", promise, agent, call(ticket, agent, at=AT, direction="in"))


def test_a_customer_who_calls_after_the_time_was_reached_late(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    contact = call(ticket, agent, at=THREE + MINUTE, direction="in")
    assert keep(promise, agent, contact).state == "kept_late"


def test_what_was_before_the_promise_does_not_keep_it(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    refuse("no_contact", promise, agent, call(ticket, agent, at=NOW - MINUTE))


def test_the_reply_that_made_it_does_not_keep_it(ticket: Ticket, agent: User) -> None:
    message = reply(ticket, agent, at=NOW)
    promise = promised(ticket, agent, made_with=message.pk, channel="email")
    refuse("no_contact", promise, agent, message)


def test_another_channel_needs_the_customers_agreement(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    message = reply(ticket, agent, at=AT)
    refuse("other_channel", promise, agent, message)
    assert keep(promise, agent, message, channel_accepted=True).state == "kept"


@pytest.mark.parametrize("channel", ["email", "visit"])
def test_the_promised_channel_keeps_it(ticket: Ticket, agent: User, channel: str) -> None:
    promise = promised(ticket, agent, channel=channel)
    refuse("other_channel", promise, agent, call(ticket, agent, at=AT))
    if channel == "email":
        contact = reply(ticket, agent, at=AT)
    else:
        contact = call(ticket, agent, at=AT, channel="visit")
    assert keep(promise, agent, contact).state == "kept"


def test_a_message_of_another_ticket_is_not_found(
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
        keep(promise, agent, call(other, agent, at=AT))


def test_one_call_may_keep_two_promises(promise: Promise, ticket: Ticket, agent: User) -> None:
    second = promised(ticket, agent, topic="The invoice", time="16:00")
    contact = call(ticket, agent, at=AT)
    assert keep(promise, agent, contact).state == "kept"
    assert keep(second, agent, contact).state == "kept"


# ---- attempts


def attempt(promise: Promise, by: User, message: Message, *, follow_up: bool = False) -> Promise:
    return services.attempt(
        promise.pk,
        message_id=message.pk,
        follow_up=draft(topic="", on="2026-11-20", time="10:00", consent=False)
        if follow_up
        else None,
        actor=actor(by),
        at=message.at,
    )


def tries(ticket: Ticket, agent: User, *at: int, outcome: str = "voicemail") -> list[Message]:
    return [call(ticket, agent, at=NOW + minutes * MINUTE, outcome=outcome) for minutes in at]


def test_an_attempt_is_noted_and_the_promise_stays_open(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    [first] = tries(ticket, agent, 10)
    assert attempt(promise, agent, first).state == "open"
    event = last_event(promise)
    assert (event.kind, event.data["message_id"]) == ("promise.tried", first.pk)
    version = Promise.objects.get(pk=promise.pk).version
    attempt(promise, agent, first)
    assert Attempt.objects.count() == 1
    assert Promise.objects.get(pk=promise.pk).version == version


def test_two_attempts_a_quarter_of_an_hour_apart_are_as_agreed(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    first, second = tries(ticket, agent, 10, 25)
    attempt(promise, agent, first)
    ended = attempt(promise, agent, second, follow_up=True)
    assert (ended.state, ended.ended_at) == ("attempted", second.at)
    following = ended.successor
    assert (following.state, following.topic, following.owner) == ("open", "Saturday", agent)
    assert following.chain_first == promise
    assert Timer.objects.filter(subject_id=following.pk, state="pending").exists()


@pytest.mark.parametrize(
    ("minutes", "again"),
    [([10], 25), ([10, 24], 25), ([50], None), ([61, 80], 0), ([10, 61], 25)],
)
def test_too_few_attempts_say_when_to_try_again(
    promise: Promise, ticket: Ticket, agent: User, minutes: list[int], again: int | None
) -> None:
    *before, last = tries(ticket, agent, *minutes)
    for message in before:
        attempt(promise, agent, message)
    with pytest.raises(Refused) as refused:
        attempt(promise, agent, last, follow_up=True)
    assert refused.value.code == "too_few_attempts"
    expected = (NOW + again * MINUTE).isoformat() if again is not None else None
    assert refused.value.facts["again_at"] == expected


def test_a_window_of_a_quarter_of_an_hour_allows_one_attempt(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, shape="at", time="15:00")
    [early] = tries(ticket, agent, 50)
    with pytest.raises(Refused):
        attempt(promise, agent, early, follow_up=True)
    [inside] = tries(ticket, agent, 62)
    assert attempt(promise, agent, inside, follow_up=True).state == "attempted"


def test_the_follow_up_stays_with_the_owner_whoever_called(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    promise = promised(ticket, agent, shape="at", time="16:00")
    contact = call(ticket, colleague, at=promise.from_at, outcome="voicemail")
    attempt(promise, colleague, contact, follow_up=True)
    following = Promise.objects.get(renegotiation_of=promise)
    assert (following.owner, following.topic) == (agent, promise.topic)


def test_the_customer_must_know_that_we_tried(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    first, second = tries(ticket, agent, 10, 25, outcome="not_reached")
    attempt(promise, agent, first)
    with pytest.raises(Refused) as refused:
        attempt(promise, agent, second, follow_up=True)
    assert refused.value.code == "no_message_left"
    reply(ticket, agent, at=second.at)
    assert attempt(promise, agent, second, follow_up=True).state == "attempted"


def test_an_attempt_is_a_call_of_ours_that_failed(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    for message in (
        call(ticket, agent, at=AT),
        call(ticket, agent, at=AT, outcome="voicemail", direction="in"),
        reply(ticket, agent, at=AT),
    ):
        with pytest.raises(Refused) as refused:
            attempt(promise, agent, message)
        assert refused.value.code == "no_contact"


# ---- broken openly, cancelled, superseded


def test_breaking_openly_needs_a_reason_and_the_message_that_told(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    def tell(reason: str, message: Message) -> Promise:
        return services.break_openly(
            promise.pk, reason=reason, message_id=message.pk, actor=actor(agent), at=message.at
        )

    for reason, message, code in (
        (" ", reply(ticket, agent, at=AT), "no_reason"),
        ("a\x00b", reply(ticket, agent, at=AT), "bad_character"),
        ("No part", note(ticket, agent, at=AT), "no_contact"),
        ("No part", mail(ticket, at=AT), "no_contact"),
        ("No part", call(ticket, agent, at=AT, outcome="not_reached"), "no_contact"),
    ):
        with pytest.raises(Refused) as refused:
            tell(reason, message)
        assert refused.value.code == code
    told = tell("No part", call(ticket, agent, at=AT, outcome="voicemail"))
    assert (told.state, told.reason) == ("broken", "No part")
    assert "No part" not in str(last_event(promise).data)


def test_a_customer_cancels_in_his_own_words(promise: Promise, ticket: Ticket, agent: User) -> None:
    def cancel(message: Message | None) -> Promise:
        return services.cancel_by_customer(
            promise.pk,
            message_id=message.pk if message else None,
            actor=actor(agent),
            at=THREE + MINUTE,
        )

    for message in (reply(ticket, agent, at=AT), mail(ticket, at=AT, auto=True)):
        with pytest.raises(Refused) as refused:
            cancel(message)
        assert refused.value.code == "no_contact"
    with pytest.raises(Refused) as refused:
        cancel(None)
    assert refused.value.code == "overdue"
    cancelled = cancel(mail(ticket, at=AT))
    assert (cancelled.state, cancelled.ended_at) == ("cancelled_by_customer", AT)


def test_a_customer_who_says_no_at_once_needs_no_message(promise: Promise, agent: User) -> None:
    cancelled = services.cancel_by_customer(promise.pk, actor=actor(agent), at=AT)
    assert (cancelled.state, cancelled.ended_at) == ("cancelled_by_customer", AT)


def test_superseded_is_what_we_answered_before(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    with pytest.raises(Refused) as refused:
        services.supersede(promise.pk, actor=actor(agent), at=AT)
    assert refused.value.code == "no_contact"
    answer = reply(ticket, agent, at=AT)
    reply(ticket, agent, at=THREE + MINUTE)
    superseded = services.supersede(promise.pk, actor=actor(agent), at=THREE + 2 * MINUTE)
    assert superseded.state == "superseded"
    assert superseded.settled_by_message == answer
