"""Every Event is announced to its consumers, each once, and one that fails to it alone again."""

import json
import select
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from django.db import connection

import accounts.events
import calendars.events
import customers.events
import helpdesk.events
import intake.events
import outbox.events
import promises.events
import tickets.events
import timers.events
from accounts.models import User
from core import claim, events
from core.actor import Actor
from core.models import Announcement, Desk, Event
from helpdesk import ear
from helpdesk.announce import REACTIONS, Consumer, run_pending
from notifications.models import Notification
from outbox.models import OutboxMessage
from tickets.models import Ticket
from timers.models import Firing
from timers.services import CRASHES

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)
DECLARED = [
    *accounts.events.Kind,
    *calendars.events.Kind,
    *customers.events.Kind,
    *helpdesk.events.Kind,
    *intake.events.Kind,
    *outbox.events.Kind,
    *promises.events.Kind,
    *tickets.events.Kind,
    *timers.events.Kind,
]


def _record(kind: str = "test.happened") -> Event:
    return events.record(kind, subject_kind="desk", subject_id=1, actor=Actor.system(), at=AT)


def _listens(monkeypatch: pytest.MonkeyPatch, *consumers: Consumer) -> None:
    monkeypatch.setitem(REACTIONS, "test.happened", consumers)


@pytest.mark.parametrize("kind", DECLARED)
def test_every_kind_of_event_has_its_line(kind: str) -> None:
    assert kind in REACTIONS


def test_every_app_that_declares_kinds_is_looked_at() -> None:
    declared = {type(kind) for kind in DECLARED}
    loaded = {kind for kind in StrEnum.__subclasses__() if kind.__module__.endswith(".events")}
    assert {kind for kind in loaded if kind.__name__ == "Kind"} == declared


def test_names_of_consumers_are_not_used_twice() -> None:
    consumers = {one for line in REACTIONS.values() for one in line}
    assert len({one.name for one in consumers}) == len(consumers)


def test_an_announced_event_is_gone_from_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    _listens(monkeypatch, Consumer("one", lambda event: heard.append(event.pk)))
    event = _record()
    assert run_pending() == 1
    assert run_pending() == 0
    assert (heard, Announcement.objects.exists()) == ([event.pk], False)


def test_a_failing_consumer_is_tried_again_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    def fails_at_first(_event: Event) -> None:
        heard.append("first")
        if heard.count("first") == 1:
            Desk.objects.update(name="half done")
            raise ValueError("not yet")

    _listens(
        monkeypatch,
        Consumer("first", fails_at_first),
        Consumer("second", lambda _event: heard.append("second")),
    )
    _record()
    run_pending()
    waiting = Announcement.objects.get()
    assert (waiting.done, waiting.attempts) == (["second"], 1)
    assert waiting.last_error == "first: ValueError: not yet"
    assert timedelta(seconds=5) < waiting.next_at - claim.instant() <= timedelta(seconds=10)
    assert Desk.objects.get().name != "half done"
    Announcement.objects.update(next_at=AT)
    run_pending()
    assert heard == ["first", "second", "first"]
    assert not Announcement.objects.exists()


def test_a_later_event_does_not_wait_for_one_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []

    def fails_once(event: Event) -> None:
        if not heard:
            heard.append(0)
            raise ValueError("not yet")
        heard.append(event.pk)

    _listens(monkeypatch, Consumer("one", fails_once))
    _record()
    second = _record()
    run_pending()
    assert heard == [0, second.pk]


def test_the_twentieth_failure_sets_it_aside_and_somebody_is_told(
    monkeypatch: pytest.MonkeyPatch, administrator: User
) -> None:
    def fails(_event: Event) -> None:
        raise ValueError("never")

    _listens(monkeypatch, Consumer("one", fails))
    event = _record()
    Announcement.objects.update(attempts=19)
    run_pending()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attempts, next_at = 'infinity' FROM core_announcement WHERE event_id = %s",
            [event.pk],
        )
        assert cursor.fetchone() == (20, True)
    told = Event.objects.get(kind="desk.announcement_set_aside")
    assert told.subject_id == event.pk
    run_pending()
    assert run_pending() == 0
    assert Announcement.objects.get().next_at.year == 9999
    assert Notification.objects.get().user == administrator


def test_an_alarm_that_fails_does_not_ring_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_event: Event) -> None:
        raise ValueError("never")

    kind = helpdesk.events.Kind.ANNOUNCEMENT_SET_ASIDE
    monkeypatch.setitem(REACTIONS, kind, (Consumer("one", fails),))
    _record(kind)
    Announcement.objects.update(attempts=19)
    run_pending()
    assert Event.objects.count() == 1


def test_one_that_kills_its_process_is_counted_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[int] = []

    def kills(event: Event) -> None:
        if event.pk == deadly.pk:
            raise SystemExit
        heard.append(event.pk)

    _listens(monkeypatch, Consumer("one", kills))
    deadly = _record()
    harmless = _record()
    for _each in range(CRASHES):
        with pytest.raises(SystemExit):
            run_pending()
        Firing.objects.update(began_at=claim.instant() - timedelta(seconds=5))
    with pytest.raises(SystemExit):
        run_pending()
    assert run_pending() == 1
    waiting = Announcement.objects.get()
    assert (waiting.pk, waiting.attempts) == (deadly.pk, 1)
    assert waiting.last_error == "its process ended while it was announced"
    assert heard == [harmless.pk]


def test_an_event_of_a_newer_release_is_left_to_it() -> None:
    _record("nobody.knows")
    run_pending()
    waiting = Announcement.objects.get()
    assert (waiting.done, waiting.attempts) == ([], 1)


def test_at_most_so_many_are_taken_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    _listens(monkeypatch)
    for _each in range(3):
        _record()
    assert (run_pending(limit=2), run_pending(limit=2)) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_open_pages_get_the_key_and_the_version_of_a_ticket(ticket: Ticket) -> None:
    line = ear.connect(["live"])
    try:
        event = tickets.events.record(
            ticket, tickets.events.Kind.NOTED, actor=Actor.system(), at=AT
        )
        run_pending()
        # PostgreSQL hands a notice on after the commit has returned.
        readable, _w, _x = select.select([line], [], [], 10)
        assert readable
        payloads = [json.loads(notice.payload) for notice in ear.heard(line)]
    finally:
        line.close()
    assert payloads == [{"k": "ticket", "id": ticket.pk, "v": event.data["v"], "t": ticket.pk}]


def test_who_looks_after_the_background_is_told_what_was_given_up(
    administrator: User, agent: User
) -> None:
    for _each in range(2):
        events.record(
            timers.events.Kind.DEAD,
            subject_kind="timer",
            subject_id=7,
            actor=Actor.system(),
            at=AT,
        )
    run_pending()
    notice = Notification.objects.get(kind="background.stopped")
    assert (notice.user, notice.is_urgent) == (administrator, True)


def test_a_mail_given_up_on_a_ticket_is_told_there(administrator: User, ticket: Ticket) -> None:
    message = OutboxMessage.objects.create(
        idem_key="k", channel="email", lane="system", payload={}, ticket_id=ticket.pk
    )
    events.record(
        outbox.events.Kind.DEAD,
        subject_kind="outbox_message",
        subject_id=message.pk,
        ticket_id=ticket.pk,
        actor=Actor.system(),
        at=AT,
    )
    run_pending()
    assert not Notification.objects.filter(kind="background.stopped").exists()
