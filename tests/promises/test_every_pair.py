"""Every state and every verb: what becomes of it, or which rule says no."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from core.errors import Refused
from promises import services
from promises.models import Promise
from tests.cast import NOW, actor
from tests.promises.stories import MINUTE, THREE, call, draft, last_event, promised
from tickets.models import Ticket
from timers.models import Timer

pytestmark = pytest.mark.django_db

State = Promise.State
IN_TIME = NOW + 30 * MINUTE
LATE = THREE + 20 * MINUTE
MISSED_AT = datetime.fromisoformat("2026-11-20T16:00:01+00:00")


class Story:
    """One promise, made by Amara for 15:00, and the people around it."""

    def __init__(self, ticket: Ticket, agent: User, colleague: User, supervisor: User) -> None:
        self.ticket, self.agent, self.supervisor = ticket, agent, supervisor
        self.colleague = colleague
        self.promise = promised(ticket, agent)

    def contact(self, at: datetime, outcome: str = "connected", direction: str = "out") -> int:
        contact = call(self.ticket, self.agent, at=at, outcome=outcome, direction=direction)
        return contact.pk

    def verb(self, name: str, at: datetime) -> Promise:
        return VERBS[name](self, at)

    def state(self) -> str:
        self.promise.refresh_from_db()
        return self.promise.state


def _keep(story: Story, at: datetime) -> Promise:
    contact = story.contact(at)
    return services.keep(story.promise.pk, message_id=contact, actor=actor(story.agent), at=at)


def _attempt(story: Story, at: datetime) -> Promise:
    contact = story.contact(at, "voicemail")
    return services.attempt(story.promise.pk, message_id=contact, actor=actor(story.agent), at=at)


def _attempt_twice(story: Story, at: datetime) -> Promise:
    """A voicemail, another a quarter of an hour later, and a time for the next try."""
    for outcome, when in (("not_reached", at), ("voicemail", at + 15 * MINUTE)):
        contact = story.contact(when, outcome)
        follow_up = draft(on="2026-11-20", time="10:00") if outcome == "voicemail" else None
        services.attempt(
            story.promise.pk,
            message_id=contact,
            follow_up=follow_up,
            actor=actor(story.agent),
            at=when,
        )
    story.promise.refresh_from_db()
    return story.promise


def _renegotiate(story: Story, at: datetime) -> Promise:
    services.renegotiate(
        story.promise.pk,
        draft=draft(on="2026-11-20", time="12:00"),
        message_id=story.contact(at),
        actor=actor(story.agent),
        at=at,
    )
    story.promise.refresh_from_db()
    return story.promise


def _break(story: Story, at: datetime) -> Promise:
    return services.break_openly(
        story.promise.pk,
        reason="The part is not here.",
        message_id=story.contact(at),
        actor=actor(story.agent),
        at=at,
    )


def _cancel(story: Story, at: datetime) -> Promise:
    contact = story.contact(at, direction="in")
    return services.cancel_by_customer(
        story.promise.pk, message_id=contact, actor=actor(story.agent), at=at
    )


def _supersede(story: Story, at: datetime) -> Promise:
    story.contact(at)
    return services.supersede(story.promise.pk, actor=actor(story.agent), at=at)


def _void(story: Story, at: datetime) -> Promise:
    return services.void(
        story.promise.pk, reason="Typed into the wrong ticket", actor=actor(story.supervisor), at=at
    )


def _hand_over(story: Story, at: datetime) -> Promise:
    return services.hand_over(
        story.promise.pk, to_id=story.colleague.pk, actor=actor(story.agent), at=at
    )


def _turn_check_back(story: Story, at: datetime) -> Promise:
    return services.turn_check_back(story.promise.pk, actor=actor(story.agent), at=at)


def _miss(story: Story, at: datetime) -> Promise:
    services.fire_promise(story.promise.pk, MISSED_AT)
    story.promise.refresh_from_db()
    return story.promise


VERBS: dict[str, Callable[[Story, datetime], Promise]] = {
    "keep": _keep,
    "attempt": _attempt,
    "attempt_twice": _attempt_twice,
    "renegotiate": _renegotiate,
    "break_openly": _break,
    "cancel_by_customer": _cancel,
    "supersede": _supersede,
    "void": _void,
    "hand_over": _hand_over,
    "turn_check_back": _turn_check_back,
}
IN_TIME_GIVES = {
    "keep": "kept",
    "attempt": "open",
    "attempt_twice": "attempted",
    "renegotiate": "renegotiated",
    "break_openly": "broken",
    "cancel_by_customer": "cancelled_by_customer",
    "supersede": "superseded",
    "void": "voided",
    "hand_over": "open",
    "turn_check_back": "open",
}
# Where a rule says no, its code.
LATE_GIVES = {
    "keep": "kept_late",
    "attempt": "open",
    "attempt_twice": "too_few_attempts",
    "renegotiate": "kept_late",
    "break_openly": "broken",
    "cancel_by_customer": "overdue",
    "supersede": "overdue",
    "void": "voided",
    "hand_over": "open",
    "turn_check_back": "open",
}
ENDS: dict[str, tuple[Callable[[Story, datetime], Promise], datetime]] = {
    State.KEPT: (_keep, IN_TIME),
    State.ATTEMPTED: (_attempt_twice, IN_TIME),
    State.KEPT_LATE: (_keep, LATE),
    State.BROKEN: (_break, IN_TIME),
    State.MISSED: (_miss, MISSED_AT),
    State.RENEGOTIATED: (_renegotiate, IN_TIME),
    State.CANCELLED: (_cancel, IN_TIME),
    State.SUPERSEDED: (_supersede, IN_TIME),
    State.VOIDED: (_void, IN_TIME),
}


@pytest.fixture
def story(ticket: Ticket, agent: User, colleague: User, supervisor: User) -> Story:
    return Story(ticket, agent, colleague, supervisor)


def test_the_table_knows_every_state() -> None:
    assert {*ENDS, State.OPEN} == set(State)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("at", "gives"), [(IN_TIME, IN_TIME_GIVES), (LATE, LATE_GIVES)])
def test_an_open_promise(story: Story, verb: str, at: datetime, gives: dict[str, str]) -> None:
    expected = gives[verb]
    if expected not in set(State):
        with pytest.raises(Refused) as refused:
            story.verb(verb, at)
        assert refused.value.code == expected
        assert refused.value.sentence
        assert story.state() == "open"
        return
    changed = story.verb(verb, at)
    assert changed.state == story.state() == expected
    assert changed.version > 1
    pending = Timer.objects.filter(kind="promise", subject_id=story.promise.pk, state="pending")
    assert pending.count() == (1 if expected == "open" else 0)
    assert (changed.ended_at is None) == (expected == "open")


@pytest.mark.parametrize("state", ENDS)
def test_an_ending_is_recorded_with_its_owner(story: Story, state: str) -> None:
    end, at = ENDS[state]
    end(story, at)
    assert story.state() == state
    assert story.promise.owner_at_until == story.agent
    event = last_event(story.promise)
    assert event.kind == f"promise.{state}"
    assert event.data["version"] == story.promise.version
    assert story.promise.ended_at is not None
    assert event.data["ended_at"] == story.promise.ended_at.isoformat()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ENDS)
def test_what_has_ended_stays_as_it_is(story: Story, state: str, verb: str) -> None:
    end, at = ENDS[state]
    end(story, at)
    ended = Promise.objects.filter(pk=story.promise.pk).values().get()
    with pytest.raises(Refused) as refused:
        story.verb(verb, at + timedelta(minutes=40))
    assert refused.value.code == "already_ended"
    assert refused.value.facts["state"] == state
    assert Promise.objects.filter(pk=story.promise.pk).values().get() == ended


def test_the_refusal_says_when_it_was_kept(story: Story) -> None:
    _keep(story, IN_TIME)
    with pytest.raises(Refused) as refused:
        _keep(story, IN_TIME)
    assert refused.value.sentence == "This callback was already kept at 13:30."


@pytest.mark.parametrize("state", sorted(set(ENDS) - {State.RENEGOTIATED, State.ATTEMPTED}))
def test_an_ended_promise_leaves_the_queue(story: Story, state: str) -> None:
    end, at = ENDS[state]
    end(story, at)
    story.ticket.refresh_from_db()
    assert story.ticket.next_promise_at is None
    assert (story.ticket.next_due_at, story.ticket.next_due_kind) == (None, "")
