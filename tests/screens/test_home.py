"""Home: what is due now and what has no owner."""

from datetime import timedelta

import pytest

from accounts.models import Team, User
from core.actor import Actor
from customers.models import Person
from mailboxes.models import Mailbox
from notifications.services import Notice, notify
from promises.models import Promise
from tests.cast import NOW, actor
from tests.promises.stories import promised
from tests.screens.browsing import script, text
from tests.screens.desk import cost, page, part, parts, visit
from tickets.models import ReadMark, Ticket
from tickets.services import assign

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _two_o_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.clock.now", lambda: NOW)


def make(customer: Person, subject: str, **fields: object) -> Ticket:
    """An open ticket with this subject."""
    given = {
        "status": Ticket.Status.OPEN,
        "channel": Ticket.Channel.EMAIL,
        "opened_at": NOW - HOUR,
        "last_event_at": NOW - 4 * HOUR,
        "requester_name": "Marieke de Wolf",
    }
    return Ticket.objects.create(requester=customer, subject=subject, **{**given, **fields})


def overdue(ticket: Ticket, by: User) -> Promise:
    """A promise whose time passed half an hour ago."""
    Ticket.objects.filter(pk=ticket.pk).update(last_event_at=NOW - 4 * HOUR)
    return promised(ticket, by, at=NOW - 3 * HOUR, topic="Late one", time="13:30")


def test_it_says_what_time_it_is_and_until_when_one_works(agent: User, ticket: Ticket) -> None:
    head = part(visit(agent).get("/home/"), ".ph p")
    assert head == "Thursday 19 November, 14:00. You work until 17:00."


def test_the_next_promise_has_its_buttons_and_overdue_ones_come_first(
    agent: User, ticket: Ticket
) -> None:
    promised(ticket, agent, topic="Write with the price", on="2026-11-20", time="12:00")
    overdue(ticket, agent)
    promised(ticket, agent, topic="Call about Saturday")
    answer = visit(agent).get("/home/")
    rows = parts(answer, ".prow")
    assert [row.split(" Bakkerij")[0] for row in rows] == [
        "by 13:30 late by 30 min Late one",
        "by 15:00 today Call about Saturday",
        "by 12:00 tomorrow Write with the price",
    ]
    assert "Kept" in rows[0]
    assert "Renegotiate" in rows[0]
    assert "Kept" not in rows[2]
    assert part(answer, "#home-promises") == "Your promises 2 today, 1 tomorrow"


def test_the_phone_number_stands_beside_the_call(agent: User, ticket: Ticket) -> None:
    promised(ticket, agent)
    row = part(visit(agent).get("/home/"), ".prow")
    assert "Bakkerij de Wolf · +31 20 555 0142 · promised at 14:00" in row


def test_the_promises_of_colleagues_are_not_mine(
    agent: User, colleague: User, ticket: Ticket
) -> None:
    promised(ticket, colleague)
    answer = visit(agent).get("/home/")
    assert parts(answer, ".prow") == []
    assert "Nothing is due" in text(answer)


def test_a_promise_on_a_ticket_one_may_no_longer_see_is_gone(agent: User, ticket: Ticket) -> None:
    promised(ticket, agent)
    Ticket.objects.update(team=Team.objects.create(name="Board", slug="board", private=True))
    assert parts(visit(agent).get("/home/"), ".prow") == []


def test_nothing_due_leads_to_what_has_no_owner(agent: User, customer: Person, team: Team) -> None:
    make(customer, "nobody's", team=team)
    empty = part(visit(agent).get("/home/"), ".home > div:first-child .empty")
    assert "You have promised nothing. One ticket has no owner yet." in empty


def test_what_colleagues_gave_me_is_new_until_i_open_it(
    agent: User, colleague: User, ticket: Ticket, customer: Person, team: Team
) -> None:
    given = make(customer, "Quote for a quieter machine", team=team)
    assign(given.pk, assignee_id=agent.pk, actor=actor(colleague), at=NOW - HOUR)
    mine = make(customer, "Taken by myself", team=team)
    assign(mine.pk, assignee_id=agent.pk, actor=actor(agent), at=NOW - HOUR)
    ruled = make(customer, "By the desk", team=team)
    assign(ruled.pk, assignee_id=agent.pk, actor=Actor.system(), at=NOW - 2 * HOUR)
    client = visit(agent)
    section = "section[aria-labelledby=home-given] .item"
    assert parts(client.get("/home/"), section) == [
        "Marieke de Wolf Quote for a quieter machine · from Jonas, 13:00",
        "Marieke de Wolf By the desk · 12:00",
    ]
    ReadMark.objects.create(ticket=given, user=agent, last_message_id=1, at=NOW)
    ReadMark.objects.create(ticket=ruled, user=agent, last_message_id=1, at=NOW)
    assert parts(client.get("/home/"), section) == []


def test_tickets_without_an_owner_are_those_of_my_teams_and_of_none(
    agent: User, outsider: User, customer: Person, team: Team
) -> None:
    make(customer, "ours", team=team)
    make(customer, "nobody's at all")
    make(customer, "theirs", team=Team.objects.get(slug="billing"))
    make(customer, "solved", team=team, status=Ticket.Status.SOLVED, solved_at=NOW)
    answer = visit(agent).get("/home/")
    items = " ".join(parts(answer, "section[aria-labelledby=home-unowned] .item"))
    assert "ours" in items
    assert "nobody's at all" in items
    assert "theirs" not in items
    assert "solved" not in items
    assert part(answer, "#home-unowned") == "Nobody’s yet, in Technical 2"


def test_taking_a_ticket_needs_one_press(agent: User, customer: Person, team: Team) -> None:
    loose = make(customer, "Water tank leaks", team=team)
    client = visit(agent)
    answer = client.post(f"/home/taking/{loose.number}/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/home/")
    loose.refresh_from_db()
    assert loose.assignee == agent
    shown = client.get("/home/")
    assert f"#{loose.number} is yours now." in text(shown)
    assert "Your teams’ tickets all have an owner" in text(shown)


def test_with_a_script_the_part_comes_back_without_the_row(
    agent: User, customer: Person, team: Team
) -> None:
    loose = make(customer, "Water tank leaks", team=team)
    answer = visit(agent).post(f"/home/taking/{loose.number}/", headers=script("home"))
    assert answer.status_code == 200
    assert page(answer).select("html") == []
    assert "Water tank leaks" not in text(answer)


def test_who_comes_second_is_told_and_takes_nothing(
    agent: User, colleague: User, customer: Person, team: Team
) -> None:
    loose = make(customer, "Water tank leaks", team=team, assignee=colleague, assigned_at=NOW)
    answer = visit(agent).post(f"/home/taking/{loose.number}/")
    assert answer.status_code == 409
    assert "Jonas has just taken it." in text(answer)
    loose.refresh_from_db()
    assert loose.assignee == colleague


def test_a_ticket_one_may_not_see_cannot_be_taken(agent: User, customer: Person) -> None:
    board = Team.objects.create(name="Board", slug="board", private=True)
    secret = make(customer, "secret", team=board)
    assert visit(agent).post(f"/home/taking/{secret.number}/").status_code == 404


def test_a_manager_takes_no_tickets(manager: User, customer: Person) -> None:
    loose = make(customer, "loose")
    client = visit(manager)
    assert client.post(f"/home/taking/{loose.number}/").status_code == 403
    assert page(client.get("/home/")).select("form[action^='/home/taking']") == []


def test_the_lead_sees_what_is_overdue_in_the_team_above_all(
    agent: User, supervisor: User, ticket: Ticket
) -> None:
    overdue(ticket, agent)
    answer = visit(supervisor).get("/home/")
    row = part(answer, "section[aria-labelledby=home-overdue] .prow")
    assert "Late one" in row
    assert "Amara" in row
    assert "Hand over" in row
    sections = [str(found["aria-labelledby"]) for found in page(answer).select(".home section")]
    assert sections[:2] == ["home-overdue", "home-promises"]


def test_colleagues_of_the_team_do_not_see_it_there(
    agent: User, colleague: User, ticket: Ticket
) -> None:
    overdue(ticket, agent)
    assert page(visit(colleague).get("/home/")).select("[aria-labelledby=home-overdue]") == []


def test_tasks_stand_on_home_unless_their_promise_does(
    agent: User, supervisor: User, ticket: Ticket
) -> None:
    late = overdue(ticket, agent)
    facts = {
        "ticket_id": ticket.pk,
        "event_id": 1,
        "at": NOW,
        "is_task": True,
        "data": {"by_id": agent.pk},
    }
    about = {"subject_kind": "promise", "subject_id": late.pk}
    notify(supervisor, Notice(kind="ticket.assigned", cause="a", **facts))  # type: ignore[arg-type]
    notify(supervisor, Notice(kind="promise.moved_often", cause="b", **facts, **about))  # type: ignore[arg-type]
    tasks = parts(visit(supervisor).get("/home/"), "section[aria-labelledby=home-tasks] li")
    assert len(tasks) == 1
    assert "Amara assigned to you: Grinder jams" in tasks[0]


def test_while_mail_is_kept_in_files_everybody_is_told_and_some_can_change_it(
    agent: User, administrator: User, ticket: Ticket
) -> None:
    mailbox = Mailbox.objects.get()
    told = page(visit(agent).get("/home/")).select_one(".banner[data-s=soon]:not([hidden])")
    assert told is not None
    assert "Mail is not connected: replies are kept in" in told.get_text()
    assert told.select("a") == []
    link = page(visit(administrator).get("/home/")).select(".banner a.btn")[0]
    assert link["href"] == f"/settings/mailboxes/{mailbox.pk}/"
    Mailbox.objects.update(smtp_host="smtp.kestrel.example")
    assert "Mail is not connected" not in text(visit(agent).get("/home/"))


def test_the_administrator_of_an_empty_desk_begins_with_the_first_steps(
    administrator: User, agent: User
) -> None:
    answer = visit(administrator).get("/home/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/welcome/")
    assert visit(agent).get("/home/").status_code == 200


def test_once_there_are_tickets_he_has_a_home_like_others(
    administrator: User, ticket: Ticket
) -> None:
    assert visit(administrator).get("/home/").status_code == 200


def test_start_leads_to_the_own_ticket_that_is_due_first(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    make(customer, "later", assignee=agent, next_due_at=NOW + 3 * HOUR)
    urgent = make(customer, "first", assignee=agent, next_due_at=NOW + HOUR)
    answer = visit(agent).get("/home/start/")
    assert answer.headers["Location"] == f"/v/my-open/{urgent.number}/"
    assert "Start with the most urgent" in text(visit(agent).get("/home/"))


def test_without_own_tickets_there_is_nothing_to_start_with(agent: User) -> None:
    assert visit(agent).get("/home/start/").headers["Location"] == "/v/my-open/"
    assert "Start with the most urgent" not in text(visit(agent).get("/home/"))


def test_home_costs_at_most_fifteen_statements_however_much_there_is(
    agent: User, supervisor: User, ticket: Ticket, customer: Person, team: Team
) -> None:
    for number in range(20):
        promised(ticket, supervisor, topic=f"Call {number}", time="16:00")
        make(customer, f"loose {number}", team=team)
        given = make(customer, f"given {number}", team=team)
        assign(given.pk, assignee_id=supervisor.pk, actor=actor(agent), at=NOW)
    overdue(ticket, agent)
    client = visit(supervisor)
    client.get("/home/")
    assert cost(client, "/home/") <= 15
