"""What the desk does by itself again and again: each job is a row, and its timer the next run."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Model, QuerySet

import promises.services
from core import claim
from core.models import Heartbeat
from outbox.models import OutboxMessage
from timers.models import Firing, Job, Timer
from timers.services import BUSY, Done, Outcome, set_timer

T = TypeVar("T", bound=Model)

log = logging.getLogger(__name__)

FINISHED_FOR = timedelta(days=30)
DELETE_AT_ONCE = 5000
SOON = timedelta(seconds=10)
MINUTE, DAY = 60, 86_400


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found amiss, and whether there is more of the same to do soon."""

    found: int = 0
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Recurring:
    """A job in the code: it runs every `every_s` seconds within the time of a firing."""

    every_s: int
    run: Callable[[datetime], Report]


def plan() -> None:
    """Every job of the code has its row and its next run. The clock calls it when it starts."""
    for name, recurring in JOBS.items():
        with transaction.atomic():
            job, _is_new = Job.objects.get_or_create(
                name=name, defaults={"every_s": recurring.every_s}
            )
            Job.objects.select_for_update(no_key=True).get(pk=job.pk)
            Job.objects.filter(pk=job.pk).update(every_s=recurring.every_s)
            pending = Timer.objects.filter(kind="job", subject_id=job.pk, state=Timer.State.PENDING)
            if not pending.exists():
                set_timer("job", job.pk, due_at=claim.instant())


def run(job_id: int, now: datetime) -> Outcome:
    """The handler of timers of kind `job`: the job has run and its next run is planned."""
    job = Job.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=job_id).first()
    if job is None:
        return BUSY if Job.objects.filter(pk=job_id).exists() else Done()
    recurring = JOBS.get(job.name)
    if recurring is None:
        return Done()
    report = recurring.run(now)
    Job.objects.filter(pk=job.pk).update(last_run_at=now, found=report.found)
    return Done(now + (SOON if report.has_more else timedelta(seconds=recurring.every_s)))


# ---- the jobs


def reconcile_promises(now: datetime) -> Report:
    """Counts open promises without exactly one pending timer: there must be none."""
    found = _count(
        "SELECT count(*) FROM promises_promise p WHERE p.state = 'open' AND 1 <> ("
        " SELECT count(*) FROM timers_timer t"
        " WHERE t.kind = 'promise' AND t.subject_id = p.id AND t.state = 'pending')"
    )
    if found:
        log.error("%s open promises have no timer that is still to fire", found)
    return Report(found=found)


def follow_zone_rules(now: datetime) -> Report:
    """Open promises keep their wall time when the rules of their zone have changed."""
    moved, later = promises.services.follow_zone_rules(now)
    if moved:
        log.warning("%s open promises follow new rules of their zone", moved)
    return Report(has_more=later > 0)


def compare_copies(now: datetime) -> Report:
    """Counts unsolved tickets whose columns for the queue differ from what they are copies of."""
    found = _count(
        "SELECT count(*) FROM tickets_ticket t"
        " LEFT JOIN customers_person p ON p.id = t.requester_id"
        " LEFT JOIN customers_organisation o ON o.id = t.organisation_id"
        " LEFT JOIN tickets_driver d ON d.id = t.driver_id"
        " WHERE t.status IN ('new', 'open', 'pending', 'on_hold')"
        " AND (t.organisation_name <> coalesce(o.name, '')"
        "   OR t.driver_label <> coalesce(d.label, '')"
        "   OR (p.name <> '' AND p.merged_into_id IS NULL AND t.requester_name <> p.name)"
        "   OR t.next_promise_at IS DISTINCT FROM ("
        "     SELECT CASE WHEN m.shape = 'at' THEN m.from_at ELSE m.until_at END"
        "     FROM promises_promise m WHERE m.ticket_id = t.id AND m.state = 'open'"
        "     ORDER BY m.until_at, m.id LIMIT 1))"
    )
    if found:
        log.error("%s unsolved tickets show copies that differ from their source", found)
    return Report(found=found)


def clear_finished(now: datetime) -> Report:
    """Timers and messages that ended more than 30 days ago are gone; dead ones stay."""
    before = now - FINISHED_FOR
    timers = Timer.objects.filter(due_at__lt=before).exclude(
        state__in=[Timer.State.PENDING, Timer.State.DEAD]
    )
    sent = OutboxMessage.objects.filter(created_at__lt=before).exclude(
        state__in=[OutboxMessage.State.PENDING, OutboxMessage.State.DEAD]
    )
    batches = (
        timers,
        sent,
        Firing.objects.filter(began_at__lt=now - timedelta(hours=1)),
        Heartbeat.objects.filter(beat_at__lt=before),
    )
    return Report(has_more=any(_delete_some(rows) for rows in batches))


def clear_sessions(now: datetime) -> Report:
    """Sessions that have run out are gone, and so are a month later guesses at passwords.

    A guess holds an address and a name that somebody typed.
    """
    batches = (
        Session.objects.filter(expire_date__lt=now),
        AccessAttempt.objects.filter(attempt_time__lt=now - FINISHED_FOR),
    )
    return Report(has_more=any(_delete_some(rows) for rows in batches))


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: int = cursor.fetchone()[0]
    return found


def _delete_some(rows: QuerySet[T]) -> bool:
    """The oldest are deleted; whether there may be more."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:DELETE_AT_ONCE])
    rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys) == DELETE_AT_ONCE


JOBS: dict[str, Recurring] = {
    "promises.reconcile": Recurring(MINUTE, reconcile_promises),
    "promises.follow_zones": Recurring(DAY, follow_zone_rules),
    "tickets.compare_copies": Recurring(DAY, compare_copies),
    "finished.clear": Recurring(DAY, clear_finished),
    "sessions.clear": Recurring(DAY, clear_sessions),
}
