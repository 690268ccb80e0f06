"""The queue: what a view holds, in which order, and that a page costs little."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Team, User
from customers.models import Person
from tests.cast import NOW, actor
from tickets.models import ReadMark, Ticket
from tickets.queries import counts
from tickets.queries.fixed_views import VIEWS
from tickets.queries.queue import Cursor, Filters, Queue, queue

pytestmark = pytest.mark.django_db


def make(customer: Person, subject: str, **fields: object) -> Ticket:
    """An open ticket with this subject."""
    given = {
        "status": Ticket.Status.OPEN,
        "channel": Ticket.Channel.EMAIL,
        "opened_at": NOW,
        "last_event_at": NOW,
        "requester_name": "Marieke de Wolf",
    }
    return Ticket.objects.create(requester=customer, subject=subject, **{**given, **fields})


def shown(view: str, user: User, **wanted: object) -> Queue:
    """The first page of the view, as the person sees it."""
    counts.forget(actor(user))
    given: dict[str, object] = {"filters": Filters(), **wanted}
    return queue(VIEWS[view], actor=actor(user), at=NOW, **given)  # type: ignore[arg-type]


def subjects(page: Queue) -> list[str]:
    return [row.subject for row in page.rows]


def headings(page: Queue) -> list[str]:
    return [group.title for group in page.groups]


def test_my_open_holds_what_is_mine_and_unsolved(
    agent: User, colleague: User, customer: Person
) -> None:
    make(customer, "mine", assignee=agent)
    make(customer, "mine, waiting", assignee=agent, status=Ticket.Status.PENDING)
    make(customer, "done", assignee=agent, status=Ticket.Status.SOLVED, solved_at=NOW)
    make(customer, "hers", assignee=colleague)
    make(customer, "nobody's")
    assert subjects(shown("my-open", agent)) == ["mine", "mine, waiting"]


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("unassigned", ["nobody's", "nobody's, later"]),
        ("customers-turn", ["waiting"]),
        ("due-soon", ["overdue", "in an hour"]),
        (
            "all-open",
            ["overdue", "in an hour", "tomorrow", "nobody's", "nobody's, later", "waiting"],
        ),
        ("solved", ["solved today", "solved before", "closed"]),
    ],
)
def test_each_view_holds_its_own(
    view: str, expected: list[str], agent: User, colleague: User, customer: Person
) -> None:
    day = timedelta(days=1)
    make(customer, "nobody's")
    make(customer, "nobody's, later")
    make(customer, "waiting", assignee=agent, status=Ticket.Status.PENDING)
    make(customer, "tomorrow", assignee=agent, next_due_at=NOW + day)
    make(customer, "in an hour", assignee=agent, next_due_at=NOW + timedelta(hours=1))
    make(customer, "overdue", assignee=colleague, next_due_at=NOW - timedelta(hours=1))
    solved = Ticket.Status.SOLVED
    make(customer, "solved before", assignee=agent, status=solved, solved_at=NOW - day)
    make(customer, "solved today", assignee=agent, status=solved, solved_at=NOW)
    make(customer, "closed", status=Ticket.Status.CLOSED, solved_at=NOW, closed_at=NOW)
    make(customer, "spam", assignee=agent, spam_at=NOW)
    make(customer, "deleted", assignee=agent, deleted_at=NOW)
    assert subjects(shown(view, agent)) == expected


def test_headings_say_what_is_due_first(agent: User, customer: Person) -> None:
    zone = timezone.get_fixed_timezone(60)
    for subject, due in (
        ("late", NOW - timedelta(hours=3)),
        ("soon", NOW + timedelta(minutes=40)),
        ("this evening", NOW + timedelta(hours=4)),
        ("tomorrow", NOW + timedelta(days=1)),
        ("next week", NOW + timedelta(days=6)),
        ("no time", None),
    ):
        make(customer, subject, assignee=agent, next_due_at=due)
    make(customer, "waiting", assignee=agent, status=Ticket.Status.ON_HOLD)
    with timezone.override(zone):
        page = shown("my-open", agent)
    assert headings(page) == [
        "Due before 15:00",
        "Later today",
        "Tomorrow",
        "Later",
        "No time due",
        "Waiting",
    ]
    assert [len(group.rows) for group in page.groups] == [2, 1, 1, 1, 1, 1]


def _all_pages(view: str, user: User, **wanted: object) -> list[Queue]:
    pages = [shown(view, user, **wanted)]
    while pages[-1].next_cursor:
        after = Cursor.parse(str(pages[-1].next_cursor))
        pages.append(shown(view, user, after=after, **wanted))
    return pages


def _mixed(customer: Person, agent: User, number: int) -> Sequence[Ticket]:
    """Every second with a time, several at the same instant; every third waiting."""
    return [
        make(
            customer,
            f"{index:03}",
            assignee=agent,
            status=Ticket.Status.PENDING if index % 3 == 0 else Ticket.Status.OPEN,
            next_due_at=NOW + timedelta(hours=index // 10) if index % 2 else None,
        )
        for index in range(number)
    ]


@pytest.mark.parametrize("sort", ["due", "newest"])
def test_pages_are_complete_and_without_duplicates(
    sort: str, agent: User, customer: Person
) -> None:
    made = _mixed(customer, agent, 130)
    pages = _all_pages("my-open", agent, sort=sort)
    seen = [row.id for page in pages for row in page.rows]
    assert [len(page.rows) for page in pages] == [50, 50, 30]
    assert sorted(seen) == sorted(ticket.pk for ticket in made)
    if sort == "newest":
        assert seen == sorted(seen, reverse=True)


def test_pages_of_finished_work_are_complete(agent: User, customer: Person) -> None:
    for index in range(70):
        ended = {"solved_at": NOW - timedelta(hours=index // 7)}
        closed = index % 2 == 0
        status = Ticket.Status.CLOSED if closed else Ticket.Status.SOLVED
        if closed:
            ended["closed_at"] = NOW - timedelta(hours=index // 7)
        make(customer, f"{index}", status=status, **ended)
    pages = _all_pages("solved", agent)
    seen = [row.id for page in pages for row in page.rows]
    assert len(seen) == len(set(seen)) == 70
    only_closed = _all_pages("solved", agent, filters=Filters(statuses=("closed",)))
    assert sum(len(page.rows) for page in only_closed) == 35


def test_a_ticket_that_is_new_meanwhile_does_not_shift_the_next_page(
    agent: User, customer: Person
) -> None:
    _mixed(customer, agent, 60)
    first = shown("my-open", agent)
    make(customer, "urgent", assignee=agent, next_due_at=NOW - timedelta(days=1))
    second = shown("my-open", agent, after=first.next_cursor)
    seen = {row.id for row in first.rows} | {row.id for row in second.rows}
    assert len(seen) == 60


def test_filters_narrow_a_view(agent: User, team: Team, customer: Person) -> None:
    make(customer, "plain")
    make(customer, "urgent", priority=Ticket.Priority.URGENT)
    make(customer, "ours", team=team)
    make(customer, "by phone", channel=Ticket.Channel.PHONE)
    for filters, expected in (
        (Filters(team_slug="technical"), ["ours"]),
        (Filters(priorities=("urgent", "high")), ["urgent"]),
        (Filters(channels=("phone",)), ["by phone"]),
        (Filters(nobody=True, priorities=("normal",)), ["plain", "ours", "by phone"]),
        (Filters(assignee_id=agent.pk), []),
    ):
        page = shown("all-open", agent, filters=filters)
        assert subjects(page) == expected
        assert page.count == len(expected)


def test_tickets_of_a_private_team_are_not_there_for_others(
    agent: User, outsider: User, manager: User, team: Team, customer: Person
) -> None:
    team.private = True
    team.save(update_fields=["private"])
    make(customer, "confidential", team=team)
    assert subjects(shown("all-open", agent)) == ["confidential"]
    assert subjects(shown("all-open", manager)) == ["confidential"]
    assert subjects(shown("all-open", outsider)) == []
    assert shown("all-open", outsider).count == 0


def test_a_row_is_unread_until_it_was_read_after_the_customers_last_message(
    agent: User, customer: Person
) -> None:
    def unread(wrote: datetime | None, read: datetime | None) -> bool:
        ticket = make(customer, "any", assignee=agent, last_customer_message_at=wrote)
        if read:
            ReadMark.objects.create(ticket=ticket, user=agent, at=read)
        row = next(row for row in shown("my-open", agent).rows if row.id == ticket.pk)
        return row.unread

    minute = timedelta(minutes=1)
    assert unread(NOW, None)
    assert unread(NOW, NOW - minute)
    assert not unread(NOW, NOW + minute)
    assert not unread(None, None)


def test_counts_take_one_statement_and_are_remembered(
    agent: User, customer: Person, django_assert_num_queries: object
) -> None:
    make(customer, "mine", assignee=agent, next_due_at=NOW)
    make(customer, "nobody's")
    counts.forget(actor(agent))
    with django_assert_num_queries(1):  # type: ignore[operator]
        first = counts.counts(actor(agent), at=NOW)
        again = counts.counts(actor(agent), at=NOW)
    assert first is again
    assert dict(first) == {
        "my-open": 1,
        "due-soon": 1,
        "unassigned": 1,
        "customers-turn": 0,
        "all-open": 2,
    }


def test_a_count_is_capped(agent: User, customer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counts, "COUNT_LIMIT", 3)
    _mixed(customer, agent, 9)
    counts.forget(actor(agent))
    assert counts.counts(actor(agent), at=NOW)["my-open"] == 3
