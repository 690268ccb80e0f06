"""How a promise ends or changes hands through its forms: with and without a script."""

from datetime import timedelta

import pytest

from accounts.models import Team, User
from promises import services
from promises.models import Attempt, Promise
from tests.cast import NOW, actor
from tests.promises.stories import call, promised, reply
from tests.screens.browsing import script, text
from tests.screens.desk import Clock, page, part, parts, visit
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
DOORS = (
    "kept",
    "attempt",
    "renegotiate",
    "break",
    "cancel",
    "supersede",
    "void",
    "hand-over",
)


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


@pytest.mark.parametrize("door", DOORS)
def test_each_form_opens_as_a_page_and_as_a_dialog(
    agent: User, promise: Promise, door: str
) -> None:
    client = visit(agent)
    whole = client.get(f"/promises/{promise.pk}/{door}/")
    assert whole.status_code == 200
    assert len(page(whole).select("main h1")) == 1
    dialog = client.get(f"/promises/{promise.pk}/{door}/", headers=script("dialog"))
    assert page(dialog).select("html") == []
    assert part(dialog, "#dialog-title")


@pytest.mark.parametrize("door", DOORS)
def test_a_promise_one_may_not_see_has_no_forms(agent: User, promise: Promise, door: str) -> None:
    Ticket.objects.update(team=Team.objects.create(name="Board", slug="board", private=True))
    client = visit(agent)
    assert client.get(f"/promises/{promise.pk}/{door}/").status_code == 404
    assert client.post(f"/promises/{promise.pk}/{door}/").status_code == 404


@pytest.mark.parametrize("door", DOORS)
def test_who_comes_too_late_reads_what_became_of_it(
    agent: User, promise: Promise, door: str
) -> None:
    services.void(promise.pk, actor=actor(agent), at=NOW)
    answer = visit(agent).get(f"/promises/{promise.pk}/{door}/")
    assert answer.status_code == 409
    assert "This callback was entered by mistake and made void at 14:00." in text(answer)


def test_a_call_that_has_just_ended_keeps_it(agent: User, promise: Promise, clock: Clock) -> None:
    clock.shows = NOW + 40 * MINUTE
    sent = {"contact": "call", "minutes": "4", "said": "She takes the loan machine."}
    answer = visit(agent).post(f"/promises/{promise.pk}/kept/", sent)
    number = promise.ticket.number
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/t/{number}/")
    assert state(promise) == Promise.State.KEPT
    contact = promise.settled_by_message
    assert contact is not None
    assert (contact.call_minutes, contact.body_text) == (4, "She takes the loan machine.")


def test_with_a_script_it_is_said_in_the_toast_and_the_dialog_closes(
    agent: User, promise: Promise
) -> None:
    answer = visit(agent).post(
        f"/promises/{promise.pk}/kept/", {"contact": "call"}, headers=script("dialog")
    )
    assert "Promise kept." in text(answer)
    assert "dialog-close" in answer.headers["HX-Trigger-After-Settle"]


def test_after_its_time_it_is_kept_late_and_that_is_said(
    agent: User, promise: Promise, clock: Clock
) -> None:
    clock.shows = NOW + 90 * MINUTE
    client = visit(agent)
    client.post(f"/promises/{promise.pk}/kept/", {"contact": "call", "minutes": "5"})
    assert state(promise) == Promise.State.KEPT_LATE
    assert "Kept late: it counts as broken." in text(client.get("/home/"))


def test_a_contact_on_the_ticket_is_proposed_and_a_person_confirms(
    agent: User, promise: Promise, clock: Clock
) -> None:
    made = call(promise.ticket, agent, at=NOW + 31 * MINUTE)
    clock.shows = NOW + 40 * MINUTE
    client = visit(agent)
    form = client.get(f"/promises/{promise.pk}/kept/")
    (chosen,) = page(form).select("input[name=contact][checked]")
    assert chosen["value"] == str(made.pk)
    assert state(promise) == Promise.State.OPEN
    client.post(f"/promises/{promise.pk}/kept/", {"contact": str(made.pk)})
    assert promise.state == Promise.State.OPEN
    assert state(promise) == Promise.State.KEPT


def test_another_way_than_promised_needs_the_customers_yes(
    agent: User, promise: Promise, clock: Clock
) -> None:
    wrote = reply(promise.ticket, agent, at=NOW + 20 * MINUTE)
    clock.shows = NOW + 30 * MINUTE
    client = visit(agent)
    path = f"/promises/{promise.pk}/kept/"
    refused = client.post(path, {"contact": str(wrote.pk), "said": "Keep this text."})
    assert refused.status_code == 422
    assert "Tick that the customer accepted this way." in text(refused)
    assert "Keep this text." in text(refused)
    client.post(path, {"contact": str(wrote.pk), "channel_accepted": "on"})
    assert state(promise) == Promise.State.KEPT


@pytest.mark.parametrize("contact", ["", "999999", "letter", "x"])
def test_a_contact_that_is_not_offered_keeps_nothing(
    agent: User, promise: Promise, contact: str
) -> None:
    answer = visit(agent).post(
        f"/promises/{promise.pk}/kept/", {"contact": contact, "said": "Typed for long."}
    )
    assert answer.status_code == 422
    assert "Typed for long." in text(answer)
    assert state(promise) == Promise.State.OPEN


def test_if_somebody_was_quicker_the_text_stays(
    agent: User, promise: Promise, clock: Clock
) -> None:
    services.void(promise.pk, actor=actor(agent), at=NOW)
    answer = visit(agent).post(
        f"/promises/{promise.pk}/kept/", {"contact": "call", "said": "Typed for long."}
    )
    assert answer.status_code == 409
    assert "entered by mistake" in text(answer)
    assert "Typed for long." in text(answer)


def test_a_colleague_of_another_team_may_not_keep_it(outsider: User, promise: Promise) -> None:
    answer = visit(outsider).post(f"/promises/{promise.pk}/kept/", {"contact": "call"})
    assert answer.status_code == 403
    assert state(promise) == Promise.State.OPEN
    assert not Message.objects.filter(kind=Message.Kind.CALL).exists()


def test_a_visit_is_kept_by_a_visit(agent: User, ticket: Ticket) -> None:
    visiting = promised(ticket, agent, channel="visit", on="2026-11-20", time="11:00")
    client = visit(agent)
    path = f"/promises/{visiting.pk}/kept/"
    assert fields(client.get(path)) == ["A visit that has just ended"]
    client.post(path, {"contact": "visit", "minutes": "30"})
    assert state(visiting) == Promise.State.KEPT


def test_an_attempt_is_noted_and_the_promise_stays_open(
    agent: User, promise: Promise, clock: Clock
) -> None:
    clock.shows = NOW + 10 * MINUTE
    client = visit(agent)
    sent = {"contact": "call", "outcome": "voicemail", "minutes": "0"}
    assert client.post(f"/promises/{promise.pk}/attempt/", sent).status_code == 303
    assert state(promise) == Promise.State.OPEN
    assert Attempt.objects.get().message.call_outcome == "voicemail"
    assert "tried once" in text(client.get(f"/t/{promise.ticket.number}/promises/"))


def test_an_attempt_says_whether_word_was_left(agent: User, promise: Promise) -> None:
    answer = visit(agent).post(f"/promises/{promise.pk}/attempt/", {"contact": "call"})
    assert answer.status_code == 422
    assert "Say whether you reached the customer." in text(answer)


def test_the_last_attempt_ends_it_and_promises_anew(
    agent: User, promise: Promise, clock: Clock
) -> None:
    client = visit(agent)
    path = f"/promises/{promise.pk}/attempt/"
    clock.shows = NOW + 10 * MINUTE
    once = {"contact": "call", "outcome": "voicemail", "minutes": "0"}
    client.post(path, once)
    anew = {
        **once,
        "ends": "on",
        "next-channel": "call",
        "next-shape": "by",
        "next-on": "2026-11-20",
        "next-time": "12:00",
        "next-who": "unchanged",
    }
    clock.shows = NOW + 15 * MINUTE
    early = client.post(path, anew)
    assert early.status_code == 409
    assert "One more attempt is needed" in text(early)
    clock.shows = NOW + 30 * MINUTE
    assert client.post(path, anew).status_code == 303
    assert state(promise) == Promise.State.ATTEMPTED
    follow_up = Promise.objects.get(renegotiation_of=promise)
    assert (follow_up.topic, follow_up.until_wall) == ("Saturday", "2026-11-20T12:00")


def test_the_customer_may_cancel_in_a_call_or_without_one(agent: User, ticket: Ticket) -> None:
    client = visit(agent)
    called = promised(ticket, agent)
    client.post(f"/promises/{called.pk}/cancel/", {"contact": "their-call", "reason": "Solved."})
    assert state(called) == Promise.State.CANCELLED
    assert called.settled_by_message is not None
    assert called.settled_by_message.direction == Message.Direction.IN
    other = promised(ticket, agent)
    client.post(f"/promises/{other.pk}/cancel/", {"contact": "none"})
    assert state(other) == Promise.State.CANCELLED


def test_cancelling_after_the_time_is_refused_with_what_to_do(
    agent: User, promise: Promise, clock: Clock
) -> None:
    clock.shows = NOW + 90 * MINUTE
    answer = visit(agent).post(f"/promises/{promise.pk}/cancel/", {"contact": "none"})
    assert answer.status_code == 409
    assert "Record the contact: the promise is then kept late." in text(answer)


def test_an_earlier_answer_supersedes_it(agent: User, promise: Promise, clock: Clock) -> None:
    wrote = reply(promise.ticket, agent, at=NOW + 20 * MINUTE)
    clock.shows = NOW + 30 * MINUTE
    client = visit(agent)
    client.post(f"/promises/{promise.pk}/supersede/", {"contact": str(wrote.pk)})
    assert state(promise) == Promise.State.SUPERSEDED


def test_without_any_answer_there_is_nothing_that_supersedes(agent: User, promise: Promise) -> None:
    client = visit(agent)
    path = f"/promises/{promise.pk}/supersede/"
    assert "There was no contact by us since this was promised." in text(client.get(path))
    answer = client.post(path)
    assert answer.status_code == 422
    assert "We have not answered since this was promised." in text(answer)


def test_its_maker_makes_it_void_within_ten_minutes(agent: User, promise: Promise) -> None:
    assert visit(agent).post(f"/promises/{promise.pk}/void/").status_code == 303
    assert state(promise) == Promise.State.VOIDED


def test_later_a_supervisor_does_with_a_reason(
    agent: User, supervisor: User, promise: Promise, clock: Clock
) -> None:
    clock.shows = NOW + 11 * MINUTE
    path = f"/promises/{promise.pk}/void/"
    refused = visit(agent).post(path, {"reason": "Wrong ticket"})
    assert refused.status_code == 409
    assert "Ask a supervisor to make it void." in text(refused)
    client = visit(supervisor)
    assert client.post(path).status_code == 422
    assert client.post(path, {"reason": "Wrong ticket"}).status_code == 303
    assert state(promise) == Promise.State.VOIDED


def test_handing_over_keeps_the_time_and_changes_the_owner(
    agent: User, colleague: User, promise: Promise
) -> None:
    client = visit(agent)
    path = f"/promises/{promise.pk}/hand-over/"
    choices = parts(client.get(path), "select[name=to] option")
    assert choices == ["Choose a colleague", "Jonas", "Sofie"]
    until_at = promise.until_at
    assert client.post(path, {"to": str(colleague.pk)}).status_code == 303
    promise.refresh_from_db()
    assert (promise.owner, promise.until_at) == (colleague, until_at)


def test_a_lead_may_take_it_himself(supervisor: User, promise: Promise) -> None:
    client = visit(supervisor)
    path = f"/promises/{promise.pk}/hand-over/"
    assert "I myself" in parts(client.get(path), "select[name=to] option")
    client.post(path, {"to": str(supervisor.pk)})
    promise.refresh_from_db()
    assert promise.owner == supervisor


@pytest.mark.parametrize("to", ["", "999999", "x"])
def test_it_is_handed_to_nobody_unknown(agent: User, promise: Promise, to: str) -> None:
    answer = visit(agent).post(f"/promises/{promise.pk}/hand-over/", {"to": to})
    assert answer.status_code == 422
    promise.refresh_from_db()
    assert promise.owner == agent
