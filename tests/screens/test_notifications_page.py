"""Notices on screen: the list, reading them, and what comes up without being asked for."""

from datetime import timedelta

import pytest

from accounts.models import Team, User
from notifications.models import Notification
from notifications.services import Notice, notify, settle
from tests.cast import NOW
from tests.screens.browsing import script, text
from tests.screens.desk import cost, page, part, parts, visit
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_o_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.clock.now", lambda: NOW)


def tell(user: User, ticket: Ticket, number: int = 1, **given: object) -> Notification:
    """The user is told that the customer replied, or what is given."""
    known: dict[str, object] = {
        "kind": "ticket.replied",
        "cause": f"cause {number}",
        "event_id": number,
        "at": NOW - timedelta(minutes=number),
        "ticket_id": ticket.pk,
    }
    told = notify(user, Notice(**{**known, **given}))  # type: ignore[arg-type]
    assert told is not None
    return told


def due(user: User, ticket: Ticket, number: int = 1, **given: object) -> Notification:
    """The user is told that a promised call is due."""
    data = {
        "shape": "by",
        "from_at": NOW.isoformat(),
        "until_at": (NOW + timedelta(minutes=15)).isoformat(),
        "zone": "Europe/Amsterdam",
        "channel": "call",
    }
    return tell(user, ticket, number, kind="promise.due", data=data, **given)


def unread(user: User) -> int:
    return Notification.objects.filter(user=user, read_at__isnull=True).count()


def test_tasks_stand_first_then_the_newest(agent: User, ticket: Ticket) -> None:
    tell(agent, ticket, 1, kind="ticket.flagged")
    tell(agent, ticket, 2)
    tell(agent, ticket, 3, kind="promise.moved_often", is_task=True)
    lines = parts(visit(agent).get("/notifications/"), ".notes li")
    assert [line.split(":")[0].split(" was")[0] for line in lines] == [
        "A promise to Marieke de Wolf",
        "Somebody who takes no part wrote on",
        "Marieke de Wolf replied",
    ]


def test_what_is_settled_or_of_others_is_not_there(
    agent: User, colleague: User, ticket: Ticket
) -> None:
    tell(agent, ticket, 1, subject_kind="promise", subject_id=7)
    tell(colleague, ticket, 2)
    settle("promise", 7, event_id=2**62, at=NOW)
    assert "Nothing new" in text(visit(agent).get("/notifications/"))


def test_a_ticket_one_may_no_longer_see_is_not_mentioned(agent: User, ticket: Ticket) -> None:
    tell(agent, ticket)
    Ticket.objects.update(team=Team.objects.create(name="Board", slug="board", private=True))
    assert parts(visit(agent).get("/notifications/"), ".notes li") == []


def test_going_to_what_it_is_about_marks_it_read(agent: User, ticket: Ticket) -> None:
    told = tell(agent, ticket)
    client = visit(agent)
    assert page(client.get("/notifications/")).select("li.unread")
    answer = client.post(f"/notifications/{told.pk}/open/")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/t/{ticket.number}/")
    assert unread(agent) == 0
    assert page(client.get("/notifications/")).select("li.unread") == []


def test_looking_at_the_list_reads_nothing(agent: User, ticket: Ticket) -> None:
    tell(agent, ticket)
    visit(agent).get("/notifications/")
    assert unread(agent) == 1


def test_others_notices_can_be_neither_opened_nor_read(
    agent: User, colleague: User, ticket: Ticket
) -> None:
    told = tell(colleague, ticket)
    client = visit(agent)
    assert client.post(f"/notifications/{told.pk}/open/").status_code == 404
    client.post("/notifications/read/", {"notice": str(told.pk)})
    assert unread(colleague) == 1


def test_all_are_read_at_once_with_and_without_a_script(agent: User, ticket: Ticket) -> None:
    for number in range(1, 4):
        tell(agent, ticket, number)
    client = visit(agent)
    answer = client.post("/notifications/read/", {"notice": "all"}, headers=script("notifications"))
    assert unread(agent) == 0
    assert page(answer).select("html, li.unread") == []
    tell(agent, ticket, 4)
    assert client.post("/notifications/read/", {"notice": "all"}).status_code == 303
    assert unread(agent) == 0


def test_the_bell_counts_what_is_unread(agent: User, ticket: Ticket) -> None:
    tell(agent, ticket, 1)
    tell(agent, ticket, 2)
    bell = part(visit(agent).get("/home/"), '#rail [data-key="g n"]')
    assert bell == "Notifications 2 unread"


def test_a_long_list_goes_on_without_gap_or_repeat(agent: User, ticket: Ticket) -> None:
    for number in range(1, 46):
        tell(agent, ticket, number)
    client = visit(agent)
    first = client.get("/notifications/")
    (more,) = page(first).select("a.more")
    second = client.get(f"/notifications/{more['href']}")
    ids = [str(line["id"]) for one in (first, second) for line in page(one).select(".notes li")]
    assert len(ids) == len(set(ids)) == 45


def test_a_link_we_never_gave_out_is_refused(agent: User) -> None:
    assert visit(agent).get("/notifications/?after=nonsense").status_code == 409


def test_what_is_due_comes_up_as_a_toast_with_a_way_to_it(agent: User, ticket: Ticket) -> None:
    due(agent, ticket, 5)
    answer = visit(agent).get("/notifications/toasts/?since=4", headers=script("notices"))
    (stack,) = page(answer).select("#toasts[hx-swap-oob]")
    assert "Call Marieke de Wolf, by 14:15" in stack.get_text()
    assert page(answer).select("toast-note form[action$='/open/']")
    (listener,) = page(answer).select("#notices")
    assert str(listener["hx-get"]).endswith("?since=5")


def test_a_toast_comes_up_once(agent: User, ticket: Ticket) -> None:
    due(agent, ticket, 5)
    answer = visit(agent).get("/notifications/toasts/?since=5")
    assert page(answer).select("toast-note") == []


def test_a_step_told_anew_of_the_same_promise_comes_up_again(agent: User, ticket: Ticket) -> None:
    due(agent, ticket, 5, cause="promise 1")
    due(agent, ticket, 9, cause="promise 1")
    answer = visit(agent).get("/notifications/toasts/?since=5")
    assert len(page(answer).select("toast-note")) == 1


def test_only_what_cannot_wait_comes_up(agent: User, ticket: Ticket) -> None:
    tell(agent, ticket, 5)
    due(agent, ticket, 6)
    Notification.objects.filter(event_id=6).update(read_at=NOW)
    assert page(visit(agent).get("/notifications/toasts/?since=0")).select("toast-note") == []


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30])
def test_a_page_that_says_nonsense_gets_an_answer(agent: User, since: str) -> None:
    assert visit(agent).get(f"/notifications/toasts/?since={since}").status_code == 200


def test_every_page_knows_up_to_where_it_was_told(agent: User, ticket: Ticket) -> None:
    due(agent, ticket, 41)
    (listener,) = page(visit(agent).get("/promises/")).select("#notices")
    assert str(listener["hx-get"]).endswith("?since=41")
    assert "live:notification" in str(listener["hx-trigger"])


def test_the_list_costs_the_same_however_long_it_is(agent: User, ticket: Ticket) -> None:
    for number in range(1, 30):
        tell(agent, ticket, number)
    client = visit(agent)
    client.get("/notifications/")
    assert cost(client, "/notifications/") <= 10
