"""Another time, or telling that it cannot be kept, through the forms of a promise."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from promises.models import Promise
from tests.cast import NOW
from tests.promises.stories import mail, promised
from tests.screens.browsing import text
from tests.screens.desk import Clock, page, parts, visit
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """It is two o'clock until a test says otherwise."""
    clock = Clock()
    monkeypatch.setattr("core.clock.now", clock.now)
    return clock


@pytest.fixture
def promise(ticket: Ticket, agent: User) -> Promise:
    """Amara calls Marieke by 15:00."""
    return promised(ticket, agent)


def state(promise: Promise) -> str:
    promise.refresh_from_db()
    return promise.state


def fields(answer: object) -> list[str]:
    """The contacts that are offered."""
    return parts(answer, ".contact .choice label")  # type: ignore[arg-type]


def moved(**given: str) -> dict[str, str]:
    """By noon tomorrow, agreed in a call."""
    return {
        "contact": "call",
        "minutes": "2",
        "next-channel": "call",
        "next-shape": "by",
        "next-on": "2026-11-20",
        "next-time": "12:00",
        "next-who": "unchanged",
        "next-consent": "on",
        **given,
    }


def test_another_time_is_agreed_in_a_call(agent: User, promise: Promise) -> None:
    answer = visit(agent).post(f"/promises/{promise.pk}/renegotiate/", moved())
    assert answer.status_code == 303
    assert state(promise) == Promise.State.RENEGOTIATED
    successor = Promise.objects.get(renegotiation_of=promise)
    assert (successor.topic, successor.owner) == ("Saturday", agent)


def test_the_customers_own_mail_can_be_the_agreement(
    agent: User, promise: Promise, clock: Clock
) -> None:
    wrote = mail(promise.ticket, at=NOW + 5 * MINUTE)
    clock.shows = NOW + 10 * MINUTE
    client = visit(agent)
    path = f"/promises/{promise.pk}/renegotiate/"
    assert any("wrote, 14:05" in line for line in fields(client.get(path)))
    client.post(path, moved(contact=str(wrote.pk)))
    assert promise.settled_by_message is None
    assert state(promise) == Promise.State.RENEGOTIATED
    assert promise.settled_by_message == wrote


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"next-consent": ""}, "Ask the customer whether this time suits"),
        ({"next-time": "23:00"}, "Customers are contacted from 08:00 to 21:00"),
        ({"next-on": "", "next-time": ""}, "Choose one of the times, or give day and time."),
        ({"next-on": "2026-11-19", "next-time": "13:30"}, "This time has already passed"),
        ({"minutes": "9999"}, "1440"),
    ],
)
def test_a_new_time_is_held_to_the_same_rules_and_nothing_is_lost(
    agent: User, promise: Promise, given: dict[str, str], sentence: str
) -> None:
    answer = visit(agent).post(
        f"/promises/{promise.pk}/renegotiate/", moved(said="She has guests.", **given)
    )
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "She has guests." in text(answer)
    assert state(promise) == Promise.State.OPEN
    assert Message.objects.filter(kind=Message.Kind.CALL).count() == 0


def test_an_offered_new_time_is_one_press_away(agent: User, promise: Promise) -> None:
    client = visit(agent)
    path = f"/promises/{promise.pk}/renegotiate/"
    off = moved(**{"next-shape": "at", "next-on": "2026-11-21", "next-time": "18:30"})
    refused = client.post(path, off)
    (button,) = page(refused).select("button[name=next-take]")
    assert client.post(path, {**off, "next-take": str(button["value"])}).status_code == 303
    assert Promise.objects.get(renegotiation_of=promise).from_wall == "2026-11-23T09:00"


def test_after_its_time_renegotiating_says_that_it_counts_as_broken(
    agent: User, promise: Promise, clock: Clock
) -> None:
    clock.shows = NOW + 90 * MINUTE
    form = visit(agent).get(f"/promises/{promise.pk}/renegotiate/")
    assert "counts as kept late: broken" in text(form)


def test_breaking_it_openly_offers_an_apology_and_sends_it(agent: User, promise: Promise) -> None:
    client = visit(agent)
    path = f"/promises/{promise.pk}/break/"
    (draft,) = page(client.get(path)).select("textarea[name=text_md]")
    assert "Marieke de Wolf" in draft.get_text()
    assert "15:00" in draft.get_text()
    sent = {"contact": "letter", "reason": "The part is not there.", "text_md": "I am sorry."}
    assert client.post(path, sent).status_code == 303
    assert state(promise) == Promise.State.BROKEN
    told = promise.settled_by_message
    assert told is not None
    assert (told.kind, told.body_text) == (Message.Kind.REPLY, "I am sorry.")
    assert promise.reason == "The part is not there."


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason": ""}, "Say why in a few words."),
        ({"text_md": ""}, "Write what the customer reads."),
        ({"contact": "call", "outcome": "not_reached"}, "Select a valid choice."),
    ],
)
def test_breaking_it_needs_a_reason_and_that_the_customer_hears_it(
    agent: User, promise: Promise, given: dict[str, str], sentence: str
) -> None:
    sent = {"contact": "letter", "reason": "No part.", "text_md": "I am sorry.", **given}
    answer = visit(agent).post(f"/promises/{promise.pk}/break/", sent)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert state(promise) == Promise.State.OPEN


def test_the_clock_of_a_renegotiated_promise_is_the_customers(agent: User, ticket: Ticket) -> None:
    far = promised(ticket, agent, zone="Europe/Athens", time="17:00")
    client = visit(agent)
    path = f"/promises/{far.pk}/renegotiate/"
    assert "Europe/Athens, now 15:00 there." in text(client.get(path))
    client.post(path, moved())
    successor = Promise.objects.get(renegotiation_of=far)
    assert successor.until_at == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_who_gives_the_ticket_away_is_asked_who_keeps_its_promise(
    agent: User, colleague: User, supervisor: User, promise: Promise
) -> None:
    panel = f"/t/{promise.ticket.number}/promises/"
    assert "Hand it over" not in text(visit(agent).get(panel))
    Ticket.objects.filter(pk=promise.ticket_id).update(assignee=colleague)
    said = f"The ticket is {colleague.name}’s now. {agent.name} still keeps this promise."
    for user, asked in ((agent, True), (supervisor, True), (colleague, False)):
        shown = text(visit(user).get(panel))
        assert said in shown
        assert ("Hand it over" in shown) is asked
