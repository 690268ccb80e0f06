"""The kept-promise rate by P-3."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from promises import queries
from promises.models import Promise
from promises.queries import Record
from tests.cast import NOW
from tests.promises.stories import MINUTE, promised
from tickets.models import Ticket

ZONE = "Europe/Berlin"


def given(ticket: Ticket, by: User, state: str, **changed: object) -> Promise:
    """A promise that ended in this state."""
    promise = promised(ticket, by)
    fields = {"state": state, "ended_at": None if state == "open" else NOW, **changed}
    Promise.objects.filter(pk=promise.pk).update(**fields)
    return promise


def november(at: datetime = NOW, **only: object) -> Record:
    since, until = queries.month_of(NOW, ZONE)
    return queries.record(Promise.objects.filter(**only), since=since, until=until, at=at)


@pytest.mark.django_db
def test_each_state_counts_as_the_law_says(ticket: Ticket, agent: User) -> None:
    for state in Promise.State.values:
        given(ticket, agent, state)
    assert november() == Record(kept=3, broken=3, overdue=0, renegotiated=1, cancelled=1)
    late = november(at=NOW + timedelta(hours=1, microseconds=1))
    assert late == Record(kept=3, broken=4, overdue=1, renegotiated=1, cancelled=1)
    assert late.decided == 7


@pytest.mark.django_db
def test_a_month_begins_on_the_reporting_zones_clock(ticket: Ticket, agent: User) -> None:
    begins = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    assert queries.month_of(NOW, ZONE) == (begins, datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
    for until in (begins - MINUTE, begins, begins + timedelta(days=30) - MINUTE):
        given(ticket, agent, "kept", from_at=until - MINUTE, until_at=until)
    given(ticket, agent, "kept", until_at=begins + timedelta(days=30))
    assert november().kept == 2


@pytest.mark.django_db
def test_it_counts_for_who_owned_it_when_its_time_ended(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    given(ticket, agent, "missed", owner=colleague, owner_at_until=agent)
    given(ticket, agent, "open")
    mine = queries.answered_for_by(Promise.objects.all(), agent.pk)
    his = queries.answered_for_by(Promise.objects.all(), colleague.pk)
    assert (mine.count(), his.count()) == (2, 0)


@pytest.mark.django_db
def test_it_is_one_statement(
    ticket: Ticket, agent: User, django_assert_num_queries: object
) -> None:
    given(ticket, agent, "kept")
    with django_assert_num_queries(1):  # type: ignore[operator]
        november(owner=agent)
