"""A zone's rules change: the customer still reads 15:00 on his clock (P-11)."""

from datetime import timedelta

import pytest

from accounts.models import User
from promises import services
from promises.models import Promise
from tests.cast import NOW
from tests.promises.stories import MINUTE, last_event, promised
from tickets.models import Ticket
from timers.models import Timer

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def under_old_rules(promise: Promise) -> None:
    """As if it had been stored when the zone's clock stood an hour further."""
    Promise.objects.filter(pk=promise.pk).update(
        from_at=promise.from_at - HOUR if promise.from_wall else promise.from_at,
        until_at=promise.until_at - HOUR,
    )


def test_the_instants_follow_and_the_reminders_with_them(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, shape="at", time="16:00")
    told = (promise.from_at, promise.until_at)
    under_old_rules(promise)
    assert services.follow_zone_rules(NOW) == (1, 0)
    promise.refresh_from_db()
    assert (promise.from_at, promise.until_at) == told
    assert promise.version == 2
    timer = Timer.objects.get(subject_id=promise.pk, kind="promise", state="pending")
    assert timer.due_at == promise.from_at - 10 * MINUTE
    assert last_event(promise).kind == "promise.zone_followed"
    ticket.refresh_from_db()
    assert ticket.next_promise_at == promise.from_at
    assert services.follow_zone_rules(NOW) == (0, 0)


def test_by_a_time_began_when_it_was_promised(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, time="17:00")
    under_old_rules(promise)
    assert services.follow_zone_rules(NOW) == (1, 0)
    promise.refresh_from_db()
    assert (promise.from_at, promise.until_at) == (NOW, NOW + 3 * HOUR)


def test_a_promise_that_fires_now_is_left_for_the_next_look(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, time="17:00")
    under_old_rules(promise)
    Timer.objects.filter(subject_id=promise.pk).update(due_at=NOW)
    assert services.follow_zone_rules(NOW) == (0, 1)
    assert Promise.objects.get().version == 1


def test_what_has_passed_stays(ticket: Ticket, agent: User) -> None:
    promise = promised(ticket, agent, time="17:00")
    under_old_rules(promise)
    assert services.follow_zone_rules(NOW + 4 * HOUR) == (0, 0)


def test_a_wall_time_that_is_skipped_by_now_means_the_time_after(
    ticket: Ticket, agent: User
) -> None:
    promise = promised(ticket, agent, shape="at", time="16:00")
    Promise.objects.update(from_wall="2027-03-28T02:30", until_wall="2027-03-28T02:45")
    services.follow_zone_rules(NOW)
    promise.refresh_from_db()
    assert promise.from_at.isoformat() == "2027-03-28T01:30:00+00:00"
