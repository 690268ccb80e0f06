"""What is due happens: plan it, call it off, fire it in the transaction of its effect."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Max, QuerySet
from django.utils.translation import gettext as _

from core import claim, events
from core.actor import Actor
from core.errors import NotFound, Refused
from core.notify import notify
from timers.events import Kind
from timers.models import Firing, Timer

log = logging.getLogger(__name__)

DEAD_AFTER = 20
BATCH = 50
LARGEST_BATCH = 3200
BATCH_TIME_S = 10.0
CRASHES = 3
# Advisory locks of this class carry the id of a row of `timers_firing`.
_LOCK_CLASS = 7305


@dataclass(frozen=True, slots=True)
class Done:
    """The timer has fired; its subject's next step, if there is one, is due at `next_due_at`."""

    next_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """Somebody is editing the subject now: the timer stays as it is until the next look."""


BUSY = Busy()
Outcome = Done | Busy
# Called with the subject's id and PostgreSQL's present instant. A handler locks the ticket, then
# the subject, both skipping locked rows, and answers BUSY if it does not get either.
Handler = Callable[[int, datetime], Outcome]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a call of `fire_due` did with the timers it took."""

    fired: int = 0
    busy: int = 0
    failed: int = 0

    @property
    def taken(self) -> int:
        return self.fired + self.busy + self.failed

    def __add__(self, other: "Batch") -> "Batch":
        return Batch(self.fired + other.fired, self.busy + other.busy, self.failed + other.failed)


@transaction.atomic
def set_timer(kind: str, subject_id: int, *, due_at: datetime) -> Timer:
    """The subject's one pending timer of this kind is due at `due_at`.

    A pending one is cancelled, the generation rises, the clock is rung at commit. The caller
    holds the subject's lock.
    """
    cancel_timer(kind, subject_id)
    before = Timer.objects.filter(kind=kind, subject_id=subject_id).aggregate(n=Max("generation"))
    timer = Timer.objects.create(
        kind=kind, subject_id=subject_id, generation=(before["n"] or 0) + 1, due_at=due_at
    )
    notify("timers")
    return timer


def cancel_timer(kind: str, subject_id: int) -> None:
    """No timer of this kind is pending for the subject. The caller holds the subject's lock.

    It may wait for the end of a batch that has skipped the subject.
    """
    Timer.objects.filter(kind=kind, subject_id=subject_id, state=Timer.State.PENDING).update(
        state=Timer.State.CANCELLED
    )


@transaction.atomic
def retry(timer_id: int, *, actor: Actor, at: datetime) -> Timer:
    """A dead timer is pending again, as if it had never failed.

    NotFound unless it is dead; Refused `timer_replaced` if its subject has another by now.
    """
    timer = Timer.objects.select_for_update().filter(pk=timer_id, state=Timer.State.DEAD).first()
    if timer is None:
        raise NotFound(f"dead timer {timer_id}")
    if Timer.objects.filter(
        kind=timer.kind, subject_id=timer.subject_id, generation__gt=timer.generation
    ).exists():
        raise Refused(
            _("This has been planned anew since; there is nothing to try again."),
            code="timer_replaced",
        )
    timer.state = Timer.State.PENDING
    timer.attempts = 0
    timer.not_before = claim.instant()
    timer.save(update_fields=["state", "attempts", "not_before"])
    _record(Kind.RETRIED, timer, actor=actor, at=at)
    notify("timers")
    return timer


def fire_due(handlers: Mapping[str, Handler], *, limit: int = BATCH) -> Batch:
    """What is due has happened, the longest due first, at most `limit` timers or so.

    Each timer fires in a savepoint of its own, in one transaction with its effect: a process
    that dies half-way leaves everything as it was, and a timer that fails holds up no other. May
    run in any number of processes at once.
    """
    if not _due(claim.instant()).exists():
        return Batch()
    if batches_crash():
        return _fire_one_by_one(handlers, limit)
    batch = _fire_batch(handlers, limit)
    # A whole batch of subjects being edited must not hide what is due behind it.
    while batch.busy == limit and limit < LARGEST_BATCH:
        limit *= 2
        batch = _fire_batch(handlers, limit)
    return batch


def _due(now: datetime) -> QuerySet[Timer]:
    return Timer.objects.filter(
        state=Timer.State.PENDING, due_at__lte=now, not_before__lte=now
    ).order_by("due_at", "id")


def _fire_batch(handlers: Mapping[str, Handler], limit: int) -> Batch:
    with marked_batch():
        now = claim.instant()
        end = time.monotonic() + BATCH_TIME_S
        batch = Batch()
        for timer in claim.locked(_due(now), limit=limit):
            batch += _fire(timer, handlers, now)
            if time.monotonic() > end:
                break
    return batch


def _fire(timer: Timer, handlers: Mapping[str, Handler], now: datetime) -> Batch:
    """One timer, locked by the caller, in its savepoint; a failure is counted in its row."""
    try:
        with transaction.atomic():
            outcome = _run(timer, handlers, now)
    except Exception as error:
        log.exception("timer %s (%s %s) failed", timer.pk, timer.kind, timer.subject_id)
        _count_failure(timer, now, f"{type(error).__name__}: {error}")
        return Batch(failed=1)
    return Batch(busy=1) if isinstance(outcome, Busy) else Batch(fired=1)


def _run(timer: Timer, handlers: Mapping[str, Handler], now: datetime) -> Outcome:
    outcome = handlers[timer.kind](timer.subject_id, now)
    if isinstance(outcome, Busy):
        return outcome
    changed = Timer.objects.filter(pk=timer.pk, state=Timer.State.PENDING).update(
        state=Timer.State.FIRED, fired_at=claim.instant()
    )
    if changed != 1:
        raise RuntimeError(
            "the handler planned its own timer anew; it must return Done(next_due_at)"
        )
    if outcome.next_due_at is not None:
        Timer.objects.create(
            kind=timer.kind,
            subject_id=timer.subject_id,
            generation=timer.generation + 1,
            due_at=outcome.next_due_at,
        )
    return outcome


def _count_failure(timer: Timer, now: datetime, reason: str) -> None:
    timer.attempts += 1
    timer.not_before = now + claim.back_off(timer.attempts)
    timer.last_error = reason.replace("\0", "")[:500]
    if timer.attempts >= DEAD_AFTER:
        timer.state = Timer.State.DEAD
        _record(Kind.DEAD, timer, actor=Actor.system(), at=now)
    timer.save(update_fields=["attempts", "not_before", "last_error", "state"])


def _record(kind: Kind, timer: Timer, *, actor: Actor, at: datetime) -> None:
    facts: events.Data = {"kind": timer.kind, "subject_id": timer.subject_id}
    events.record(kind, subject_kind="timer", subject_id=timer.pk, actor=actor, at=at, data=facts)


# ---- a handler that kills its process, not only itself


@contextmanager
def marked_batch() -> Iterator[None]:
    """A transaction, bounded in time, that counts as a crash if its process dies within it.

    Its mark is committed beforehand and goes with it; while it lives, an advisory lock says so.
    """
    mark = Firing.objects.create()
    with transaction.atomic(durable=True):
        claim.bound_transaction(statement_s=5, lock_s=2, idle_s=10)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, mark.pk % 2**31])
        yield
        mark.delete()


def batches_crash() -> bool:
    """Whether batches keep dying with their process, so that each row had better go alone."""
    return _recent_crashes() >= CRASHES


def _recent_crashes() -> int:
    """Batches of the last minute that were begun and neither ended nor go on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM timers_firing"
            " WHERE began_at BETWEEN now() - interval '60 seconds' AND now() - interval '1 second'"
            " AND pg_try_advisory_xact_lock_shared(%s, (id %% 2147483648)::int)",
            [_LOCK_CLASS],
        )
        found: int = cursor.fetchone()[0]
    return found


def _fire_one_by_one(handlers: Mapping[str, Handler], limit: int) -> Batch:
    """Batches keep dying: each timer alone, its attempt counted and committed before it runs.

    So the one that kills its process backs off like any other that fails, and the rest fire.
    """
    end = time.monotonic() + BATCH_TIME_S
    batch = Batch()
    for _turn in range(limit):
        timer = _count_beforehand() if time.monotonic() < end else None
        if timer is None:
            break
        batch += _fire_alone(timer, handlers)
    return batch


def _count_beforehand() -> Timer | None:
    with transaction.atomic(durable=True):
        now = claim.instant()
        for timer in claim.locked(_due(now), limit=1):
            _count_failure(timer, now, "its process ended while it was fired")
            return timer
    return None


def _fire_alone(counted: Timer, handlers: Mapping[str, Handler]) -> Batch:
    with marked_batch():
        now = claim.instant()
        batch = Batch()
        rows = Timer.objects.filter(pk=counted.pk)
        pending = rows.filter(state=Timer.State.PENDING, attempts=counted.attempts)
        for timer in claim.locked(pending, limit=1):
            timer.attempts -= 1
            batch = _fire(timer, handlers, now)
            if not batch.failed:
                rows.update(attempts=F("attempts") - 1, not_before=now, last_error="")
    return batch
