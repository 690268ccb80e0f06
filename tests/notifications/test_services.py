"""One notice per person and cause: updated in place, read, settled."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from core.actor import Actor
from notifications.models import Notification
from notifications.services import Notice, mark_all_read, mark_read, notify, settle
from tests.cast import NOW, actor
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def notice(event_id: int = 1, **given: object) -> Notice:
    known: dict[str, object] = {
        "kind": "ticket.replied",
        "cause": "ticket.replied:1",
        "event_id": event_id,
        "at": NOW,
        "subject_kind": "ticket",
        "subject_id": 1,
    }
    return Notice(**{**known, **given})  # type: ignore[arg-type]


def test_the_same_cause_is_updated_in_place(agent: User) -> None:
    first = notify(agent, notice(1))
    assert first is not None
    Notification.objects.update(read_at=NOW, settled_at=NOW)
    later = notify(agent, notice(2, kind="ticket.flagged", at=NOW + timedelta(hours=1)))
    row = Notification.objects.get()
    assert later is not None
    assert (row.pk, row.kind, row.event_id) == (first.pk, "ticket.flagged", 2)
    assert (row.read_at, row.settled_at) == (None, None)


def test_an_earlier_event_does_not_overwrite_a_later_one(agent: User) -> None:
    notify(agent, notice(2))
    assert notify(agent, notice(1, kind="ticket.flagged")) is None
    assert notify(agent, notice(2, kind="ticket.flagged")) is None
    assert Notification.objects.get().kind == "ticket.replied"


def test_each_person_and_cause_has_its_own(agent: User, colleague: User) -> None:
    notify(agent, notice())
    notify(colleague, notice())
    notify(agent, notice(cause="other"))
    assert Notification.objects.count() == 3


def test_settling_takes_only_what_was_meant(agent: User, colleague: User) -> None:
    for user in (agent, colleague):
        notify(user, notice())
        notify(user, notice(kind="ticket.flagged", cause="flagged"))
        notify(user, notice(cause="another", subject_id=2))
    assert settle("ticket", 1, event_id=2, at=NOW, kinds={"ticket.flagged"}) == 2
    assert settle("ticket", 1, event_id=2, at=NOW, user_id=agent.pk) == 1
    assert settle("ticket", 1, event_id=2, at=NOW) == 1
    assert settle("ticket", 1, event_id=2, at=NOW) == 0
    assert Notification.objects.filter(settled_at=None).count() == 2


def test_settling_leaves_what_a_later_event_told(agent: User) -> None:
    notify(agent, notice(2))
    assert settle("ticket", 1, event_id=2, at=NOW) == 0
    assert settle("ticket", 1, event_id=1, at=NOW) == 0
    assert settle("ticket", 1, event_id=3, at=NOW) == 1


def test_one_reads_only_ones_own(agent: User, colleague: User) -> None:
    mine, theirs = notify(agent, notice()), notify(colleague, notice())
    assert mine is not None
    assert theirs is not None
    ids = [mine.pk, theirs.pk, -1, 2**70]
    assert mark_read(ids, actor=actor(agent), at=NOW) == 1
    assert mark_read(ids, actor=actor(agent), at=NOW) == 0
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_all_is_what_was_told_until_now(agent: User) -> None:
    notify(agent, notice())
    notify(agent, notice(cause="later", at=NOW + timedelta(seconds=1)))
    assert mark_all_read(actor=actor(agent), at=NOW) == 1


def test_a_customer_has_none(agent: User, ticket: Ticket) -> None:
    notify(agent, notice())
    assert mark_all_read(actor=Actor.customer(agent.pk), at=datetime(2027, 1, 1, tzinfo=UTC)) == 0
