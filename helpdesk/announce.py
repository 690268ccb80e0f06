"""What follows an Event after its commit: one explicit list, kind by kind.

Consumers only write rows. Each is idempotent by (event, itself) and relies on no order, because
one that fails is tried again alone while later Events are announced.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import DateTimeField, QuerySet, Value
from django.db.models.functions import Cast

import accounts.events
import calendars.events
import customers.events
import intake.events
import outbox.events
import promises.events
import tickets.events
import timers.events
from core import claim, events, notify
from core.actor import Actor
from core.models import Announcement, Event
from helpdesk import alarms
from helpdesk.events import Kind
from promises.services import promise_notices
from tickets.services import letters, people
from tickets.services.notices import ticket_notices
from timers.services import batches_crash, marked_batch

log = logging.getLogger(__name__)

SET_ASIDE_AFTER = 20
BATCH = 50
BATCH_TIME_S = 3.0


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who hears of an Event. The name stands in `core_announcement.done`: never reuse it."""

    name: str
    run: Callable[[Event], None]


def hint(event: Event) -> None:
    """Open pages learn that a ticket, or a promise on it, has changed."""
    version = event.data.get("v")
    if event.ticket_id is None or not isinstance(version, int):
        return
    notify.hint("ticket", event.ticket_id, version, ticket_id=event.ticket_id)
    if event.subject_kind == "promise":
        notify.hint("promise", event.subject_id, version, ticket_id=event.ticket_id)


LIVE = Consumer("live", hint)
TICKET_NOTICES = Consumer("ticket_notices", ticket_notices)
PROMISE_NOTICES = Consumer("promise_notices", promise_notices)
POST = Consumer("post_message", letters.post_message)
ACKNOWLEDGE = Consumer("acknowledge", letters.acknowledge)
CONFIRM = Consumer("confirm_promise", letters.confirm_promise)
WITHDRAW = Consumer("withdraw_confirmation", letters.withdraw_confirmation)
COPY_NAME = Consumer("copy_name", people.copy_name)
TELL_FAILURE = Consumer("delivery_failed", letters.delivery_failed)
ALARM = Consumer("work_stopped", alarms.work_stopped)


def _each(kinds: Iterable[str], *consumers: Consumer) -> dict[str, tuple[Consumer, ...]]:
    return dict.fromkeys(kinds, consumers)


# Every kind of Event has its line; an Event that nobody needs to hear of has an empty one.
REACTIONS: dict[str, tuple[Consumer, ...]] = {
    **_each(accounts.events.Kind),
    **_each(calendars.events.Kind),
    **_each(customers.events.Kind),
    **_each(timers.events.Kind),
    **_each(outbox.events.Kind),
    **_each(intake.events.Kind),
    **_each(Kind),
    **_each(tickets.events.Kind, LIVE, TICKET_NOTICES),
    **_each(promises.events.Kind, LIVE, PROMISE_NOTICES),
    tickets.events.Kind.OPENED: (LIVE, TICKET_NOTICES, POST, ACKNOWLEDGE),
    tickets.events.Kind.REPLIED: (LIVE, TICKET_NOTICES, POST),
    **_each(promises.events.ENDINGS, LIVE, PROMISE_NOTICES, WITHDRAW),
    promises.events.Kind.MADE: (LIVE, PROMISE_NOTICES, CONFIRM),
    customers.events.Kind.NAMED: (COPY_NAME,),
    Kind.ANNOUNCEMENT_SET_ASIDE: (ALARM,),
    timers.events.Kind.DEAD: (ALARM,),
    outbox.events.Kind.DEAD: (TELL_FAILURE, ALARM),
    intake.events.Kind.QUARANTINED: (ALARM,),
    outbox.events.Kind.EXPIRED: (TELL_FAILURE,),
    outbox.events.Kind.REFUSED: (TELL_FAILURE,),
}


def run_pending(limit: int = BATCH) -> int:
    """The consumers of the oldest waiting Events have run; how many announcements were taken.

    A consumer that fails is tried again with back-off and set aside after 20 times; the others
    of its Event are done. What has failed before is announced by itself, as is everything while
    batches keep dying with their process. May run in any number of processes at once.
    """
    end = time.monotonic() + BATCH_TIME_S
    waiting = Announcement.objects.filter(next_at__lte=claim.instant()).order_by("event_id")
    if not waiting.exists():
        return 0
    taken = 0
    if not batches_crash():
        taken = _run_together(waiting.filter(attempts=0), limit, end)
        waiting = waiting.filter(attempts__gt=0)
    while taken < limit and time.monotonic() < end and _run_by_itself(waiting):
        taken += 1
    return taken


def _run_together(waiting: QuerySet[Announcement], limit: int, end: float) -> int:
    with marked_batch():
        announcements = claim.locked(waiting, limit=limit)
        known = Event.objects.in_bulk([one.event_id for one in announcements])
        for taken, announcement in enumerate(announcements):
            if time.monotonic() > end:
                return taken
            failed = _announce(announcement, known[announcement.event_id])
            if failed:
                _count(announcement, failed)
        return len(announcements)


def _run_by_itself(waiting: QuerySet[Announcement]) -> bool:
    """Whether there was one to take. Its attempt is counted and committed before it runs.

    So one that kills its process backs off, and is set aside, like any other that fails.
    """
    with transaction.atomic(durable=True):
        announcement = next(iter(claim.locked(waiting, limit=1)), None)
        if announcement is None:
            return False
        if announcement.attempts >= SET_ASIDE_AFTER:
            _set_aside(announcement)
            return True
        _count(announcement, "its process ended while it was announced")
    counted = Announcement.objects.filter(pk=announcement.pk, attempts=announcement.attempts)
    with marked_batch():
        for mine in claim.locked(counted, limit=1):
            failed = _announce(mine, Event.objects.get(pk=mine.event_id))
            if failed:
                mine.last_error = failed
                mine.save(update_fields=["done", "last_error"])
            if failed and mine.attempts >= SET_ASIDE_AFTER:
                _set_aside(mine)
    return True


def _announce(announcement: Announcement, event: Event) -> str:
    """What went wrong, or empty: then the announcement is gone."""
    failed = ""
    for consumer in REACTIONS.get(event.kind, (_unknown,)):
        if consumer.name in announcement.done:
            continue
        try:
            with transaction.atomic():
                consumer.run(event)
        except Exception as error:
            log.exception("%s failed on event %s (%s)", consumer.name, event.pk, event.kind)
            failed = f"{consumer.name}: {type(error).__name__}: {error}"
        else:
            announcement.done.append(consumer.name)
    if not failed:
        announcement.delete()
    return failed.replace("\0", "")[:500]


def _count(announcement: Announcement, reason: str) -> None:
    announcement.attempts += 1
    announcement.last_error = reason
    announcement.next_at = claim.instant() + claim.back_off(announcement.attempts)
    announcement.save(update_fields=["done", "attempts", "next_at", "last_error"])


def _set_aside(announcement: Announcement) -> None:
    """Until somebody has it tried again. He is told, but not of the Event that says so itself:
    a broken alarm would ring for ever.
    """
    never = Cast(Value("infinity"), DateTimeField())
    Announcement.objects.filter(pk=announcement.pk).update(next_at=never)
    mine = Event.objects.filter(pk=announcement.pk, kind=Kind.ANNOUNCEMENT_SET_ASIDE)
    if not mine.exists():
        events.record(
            Kind.ANNOUNCEMENT_SET_ASIDE,
            subject_kind="event",
            subject_id=announcement.pk,
            actor=Actor.system(),
            at=claim.instant(),
        )


def _of_a_newer_release(event: Event) -> None:
    raise LookupError(f"this release knows no Event of kind {event.kind}")


# While two releases run side by side the older one leaves what it does not know to the newer.
_unknown = Consumer("unknown", _of_a_newer_release)
