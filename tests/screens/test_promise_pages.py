"""The promises' lists, how the month stands, and the story of one."""

from datetime import timedelta

import pytest

from accounts.models import Team, User
from promises import services
from promises.models import Promise
from tests.cast import NOW, actor
from tests.promises.stories import call, promised
from tests.screens.browsing import script, text
from tests.screens.desk import cost, page, part, parts, visit
from tickets.models import Ticket
from tickets.services import callbacks
from tickets.templatetags.promise_words import share

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
State = Promise.State


@pytest.fixture(autouse=True)
def _two_o_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.clock.now", lambda: NOW)


def ended(ticket: Ticket, by: User, state: str, number: int = 1, **fields: object) -> None:
    """Promises of this month that ended so, a minute apart."""
    for minute in range(number):
        promise = promised(ticket, by, topic=f"{state} {minute}")
        at = NOW - timedelta(minutes=minute)
        known = {"state": state, "ended_at": at, "owner_at_until": by, "until_at": at}
        Promise.objects.filter(pk=promise.pk).update(**{**known, "from_at": at - HOUR, **fields})


def topics(answer: object) -> list[str]:
    return parts(answer, ".prow a[data-row]")  # type: ignore[arg-type]


@pytest.fixture
def week(ticket: Ticket, agent: User) -> None:
    """One promise for each list of open ones."""
    promised(ticket, agent, topic="later today", time="16:00")
    promised(ticket, agent, topic="tomorrow", on="2026-11-20", time="12:00")
    late = promised(ticket, agent, topic="overdue", time="15:00")
    Promise.objects.filter(pk=late.pk).update(until_at=NOW - HOUR, from_at=NOW - 2 * HOUR)


@pytest.mark.parametrize(
    ("tab", "expected"),
    [("today", ["later today"]), ("later", ["tomorrow"]), ("overdue", ["overdue"])],
)
def test_open_promises_stand_by_when_they_are_due(
    agent: User, week: None, tab: str, expected: list[str]
) -> None:
    assert topics(visit(agent).get(f"/promises/?tab={tab}")) == expected


@pytest.mark.parametrize(
    ("tab", "states"),
    [
        ("kept", ["kept", "attempted", "superseded"]),
        ("broken", ["broken", "kept_late", "missed"]),
        ("renegotiated", ["renegotiated"]),
        ("not-counted", ["cancelled_by_customer", "voided"]),
    ],
)
def test_ended_ones_stand_by_their_word(
    agent: User, ticket: Ticket, tab: str, states: list[str]
) -> None:
    for state in State.values:
        if state != State.OPEN:
            ended(ticket, agent, state)
    shown = topics(visit(agent).get(f"/promises/?tab={tab}"))
    assert sorted(shown) == sorted(f"{state} 0" for state in states)


def test_an_unknown_tab_does_not_exist(agent: User) -> None:
    assert visit(agent).get("/promises/?tab=secret").status_code == 404


def test_mine_are_mine_and_those_of_the_team_one_link_away(
    agent: User, colleague: User, outsider: User, ticket: Ticket
) -> None:
    promised(ticket, agent, topic="mine")
    promised(ticket, colleague, topic="hers")
    other = promised(ticket, outsider, topic="of others")
    Promise.objects.filter(pk=other.pk).update(team=Team.objects.get(slug="billing"))
    client = visit(agent)
    assert topics(client.get("/promises/")) == ["mine"]
    assert topics(client.get("/promises/?whose=teams")) == ["mine", "hers"]


def test_a_manager_sees_those_of_every_team(
    manager: User, agent: User, outsider: User, ticket: Ticket
) -> None:
    promised(ticket, agent, topic="one")
    other = promised(ticket, outsider, topic="two")
    Promise.objects.filter(pk=other.pk).update(team=Team.objects.get(slug="billing"))
    answer = visit(manager).get("/promises/?whose=teams")
    assert topics(answer) == ["one", "two"]
    assert page(answer).select("a[href$='/kept/']") == []


def test_what_nobody_or_somebody_gone_owns_waits_to_be_handed_over(
    agent: User, colleague: User, team: Team, ticket: Ticket
) -> None:
    promised(ticket, agent, topic="kept by me")
    promised(ticket, agent, topic="of the team", team_id=team.pk)
    promised(ticket, colleague, topic="of who left")
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    answer = visit(agent).get("/promises/?tab=hand-over")
    assert topics(answer) == ["of the team", "of who left"]
    rows = parts(answer, ".prow")
    assert "anybody in Technical" in rows[0]
    assert "Jonas no longer works here" in rows[1]
    assert all("Hand over" in row for row in rows)


def test_long_lists_go_on_behind_a_link_without_gap_or_repeat(agent: User, ticket: Ticket) -> None:
    for number in range(35):
        promised(ticket, agent, topic=f"call {number}", time="16:00")
    client = visit(agent)
    first = client.get("/promises/")
    (more,) = page(first).select("a.more")
    second = client.get(f"/promises/{more['href']}")
    shown = topics(first) + topics(second)
    assert len(topics(first)) == 30
    assert shown == [f"call {number}" for number in range(35)]
    assert page(second).select("a.more") == []


def test_ended_ones_go_on_too_the_newest_first(agent: User, ticket: Ticket) -> None:
    ended(ticket, agent, State.KEPT, 35)
    client = visit(agent)
    first = client.get("/promises/?tab=kept")
    (more,) = page(first).select("a.more")
    shown = topics(first) + topics(client.get(f"/promises/{more['href']}"))
    assert shown == [f"kept {number}" for number in range(35)]


@pytest.mark.parametrize("after", ["x", "20261119T130000000000.0", "20261119T130000000000.x"])
def test_a_link_we_never_gave_out_is_refused(agent: User, after: str) -> None:
    answer = visit(agent).get(f"/promises/?after={after}")
    assert answer.status_code == 409
    assert "Begin with the first page." in text(answer)


def test_the_month_is_said_with_its_number_and_what_is_not_counted(
    agent: User, ticket: Ticket
) -> None:
    ended(ticket, agent, State.KEPT, 16)
    ended(ticket, agent, State.ATTEMPTED, 2)
    ended(ticket, agent, State.BROKEN)
    ended(ticket, agent, State.RENEGOTIATED, 3)
    ended(ticket, agent, State.CANCELLED, 2)
    line = part(visit(agent).get("/promises/"), ".ph p")
    assert line == (
        "18 of 19 kept this month. 3 more were renegotiated in time and are not counted."
    )


def test_an_overdue_one_counts_as_broken_while_it_is_open(
    agent: User, ticket: Ticket, week: None
) -> None:
    ended(ticket, agent, State.KEPT)
    line = part(visit(agent).get("/promises/"), ".ph p")
    assert line == "1 of 2 kept this month. 1 is overdue and counts as broken."


def test_last_month_and_handed_over_promises_count_elsewhere(
    agent: User, colleague: User, ticket: Ticket
) -> None:
    last = NOW - timedelta(days=25)
    ended(ticket, agent, State.BROKEN, until_at=last, from_at=last - HOUR)
    ended(ticket, agent, State.KEPT, owner_at_until=colleague)
    assert part(visit(agent).get("/promises/"), ".ph p") == "None kept or broken yet this month."
    assert "1 of 1 kept" in part(visit(colleague).get("/promises/"), ".ph p")


@pytest.mark.parametrize(
    ("kept", "decided", "shown"),
    [
        (0, 0, "–"),
        (0, 1, "0 of 1"),
        (18, 19, "18 of 19"),
        (19, 20, "19 of 20, 95.0 %"),
        (47, 49, "47 of 49, 95.9 %"),
        (1999, 2000, "1999 of 2000, 99.9 %"),
        (94995, 100000, "94995 of 100000, 94.9 %"),
        (20, 20, "20 of 20, 100.0 %"),
    ],
)
def test_a_share_is_cut_never_rounded_up_and_few_cases_have_no_percentage(
    kept: int, decided: int, shown: str
) -> None:
    assert share(kept, decided) == shown


def test_the_list_costs_at_most_twelve_statements(
    agent: User, colleague: User, ticket: Ticket
) -> None:
    for number in range(25):
        promised(ticket, agent, topic=f"call {number}", time="16:00")
        promised(ticket, colleague, topic=f"hers {number}", time="16:00")
    client = visit(agent)
    client.get("/promises/")
    assert cost(client, "/promises/?whose=teams") <= 12


def test_the_story_tells_what_happened_in_order(
    agent: User, colleague: User, ticket: Ticket
) -> None:
    promise = promised(ticket, agent)
    tried = call(ticket, agent, at=NOW + timedelta(minutes=5), outcome="voicemail")
    at = NOW + timedelta(minutes=6)
    services.attempt(promise.pk, message_id=tried.pk, actor=actor(agent), at=at)
    services.hand_over(promise.pk, to_id=colleague.pk, actor=actor(agent), at=at)
    contact = callbacks.Call("connected", minutes=2, said="She takes the loan machine.")
    late = NOW + timedelta(minutes=50)
    callbacks.keep(promise.pk, contact=contact, actor=actor(colleague), at=late)
    answer = visit(agent).get(f"/promises/{promise.pk}/")
    told = parts(answer, "section:last-of-type .notes li")
    assert [line.split(" 1")[0] for line in told] == [
        "Promised",
        "Called and left a voicemail",
        "Handed over to Jonas",
        "Kept",
    ]
    assert "Jonas: She takes the loan machine." in told[-1]


def test_the_story_shows_the_promises_before_and_after(agent: User, ticket: Ticket) -> None:
    first = promised(ticket, agent)
    agreed = call(ticket, agent, at=NOW + timedelta(minutes=5))
    second = services.renegotiate(
        first.pk,
        draft=services.Draft(topic="", shape="by", on="2026-11-20", time="12:00", consent=True),
        message_id=agreed.pk,
        actor=actor(agent),
        at=NOW + timedelta(minutes=6),
    )
    client = visit(agent)
    for promise in (first, second):
        chain = parts(client.get(f"/promises/{promise.pk}/"), "ol li")
        assert chain == ["Renegotiated by 15:00, today", "Open by 12:00, tomorrow"]


def test_a_promise_on_a_ticket_one_may_not_see_does_not_exist(agent: User, ticket: Ticket) -> None:
    promise = promised(ticket, agent)
    Ticket.objects.update(team=Team.objects.create(name="Board", slug="board", private=True))
    client = visit(agent)
    assert client.get(f"/promises/{promise.pk}/").status_code == 404
    assert client.get(f"/t/{ticket.number}/promises/").status_code == 404
    assert client.get("/promises/999999/").status_code == 404


def test_the_ticket_shows_its_open_promises_and_what_became_of_the_others(
    agent: User, ticket: Ticket
) -> None:
    promised(ticket, agent, topic="Call about Saturday")
    ended(ticket, agent, State.KEPT_LATE)
    answer = visit(agent).get(f"/t/{ticket.number}/promises/", headers=script("promises"))
    card = part(answer, ".prom")
    assert card.startswith("by 15:00 in 1 h Call about Saturday +31 20 555 0142")
    assert parts(answer, ".past summary") == ["1 earlier promise"]
    assert "Broken: kept late" in part(answer, ".past li")


def test_who_may_not_settle_sees_no_buttons(manager: User, agent: User, ticket: Ticket) -> None:
    promised(ticket, agent)
    answer = visit(manager).get(f"/t/{ticket.number}/promises/")
    assert page(answer).select(".prom .acts, a[href$='/promise/']") == []


def test_a_customer_elsewhere_has_his_own_time_beside_ours(agent: User, ticket: Ticket) -> None:
    promised(ticket, agent, zone="Europe/Athens", time="17:00")
    card = part(visit(agent).get(f"/t/{ticket.number}/promises/"), ".prom")
    assert "by 16:00" in card
    assert "17:00 there" in card
