"""The rules of a zone change: what was told is a wall time, so the instants follow (P-11)."""

from datetime import datetime

from core.actor import Actor
from promises import access, rules
from promises.events import Kind
from promises.models import Promise
from promises.services import changes
from timers.models import Timer


def follow_zone_rules(now: datetime) -> tuple[int, int]:
    """Open promises still to come stand at the wall time the customer was told.

    How many have moved, and how many could not yet because somebody edits them or they fire
    right now. For a timer: it waits for no lock.
    """
    moved = later = 0
    for promise in Promise.objects.open().filter(until_at__gt=now).order_by("pk"):
        if not _has_moved(promise):
            continue
        if _follow(promise.pk, now):
            moved += 1
        else:
            later += 1
    return moved, later


def _has_moved(promise: Promise) -> bool:
    from_at, until_at = rules.retold(promise)
    return (from_at, until_at) != (promise.from_at, promise.until_at) and from_at < until_at


def _follow(promise_id: int, now: datetime) -> bool:
    fires_now = Timer.objects.filter(
        kind=changes.TIMER, subject_id=promise_id, state=Timer.State.PENDING, due_at__lte=now
    )
    locked = None if fires_now.exists() else access.lock_if_free(promise_id)
    if locked is None:
        return False
    ticket, promise = locked
    if not promise.is_open or not _has_moved(promise):
        return True
    at = max(now, ticket.last_event_at)
    before = promise.until_at
    promise.from_at, promise.until_at = rules.retold(promise)
    changes.raise_version(promise, at=at)
    promise.save(update_fields=["from_at", "until_at", "version", "version_at"])
    changes.plan(promise, now=at)
    changes.refresh(ticket)
    facts: dict[str, object] = {
        "until_was": before.isoformat(),
        "until_at": promise.until_at.isoformat(),
    }
    changes.record(ticket, promise, Kind.ZONE_FOLLOWED, actor=Actor.system(), at=at, data=facts)
    return True
