"""Signs of life of the processes, and the times when no clock ran."""

import platform
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from core import claim, events
from core.actor import Actor
from core.models import Event, Heartbeat
from helpdesk.events import Kind

DOWN_TIME = timedelta(minutes=10)
SILENT_AFTER = timedelta(seconds=60)
# A process of yesterday has moved to another host rather than stopped.
SHOWN_FOR = timedelta(days=1)
# Two clocks that start at once must not both record the same down-time.
_BEAT_LOCK = 7307


@dataclass(frozen=True, slots=True)
class DownTime:
    """No clock ran between these instants."""

    began_at: datetime
    ended_at: datetime


def beat(kind: str) -> None:
    """A process of this kind (`clock`, `worker`, `broker`) is alive on this host."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_heartbeat (name, beat_at) VALUES (%s, clock_timestamp())"
            " ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at",
            [f"{kind}@{platform.node()[:60]}"],
        )


@transaction.atomic
def beat_clock() -> None:
    """A clock is alive; if none was for more than ten minutes, that is recorded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BEAT_LOCK])
    now = claim.instant()
    before = last_beat("clock")
    if before is not None and now - before > DOWN_TIME:
        events.record(
            Kind.DOWN_TIME,
            subject_kind="desk",
            subject_id=1,
            actor=Actor.system(),
            at=now,
            data={"since": before.isoformat(), "seconds": int((now - before).total_seconds())},
        )
    beat("clock")


def last_beat(kind: str) -> datetime | None:
    """When the last sign of life of this kind came, from whichever host."""
    found: datetime | None = Heartbeat.objects.filter(name__startswith=f"{kind}@").aggregate(
        at=Max("beat_at")
    )["at"]
    return found


def down_times(limit: int = 5) -> list[DownTime]:
    """The latest times longer than ten minutes in which no clock ran, newest first."""
    recorded = Event.objects.filter(kind=Kind.DOWN_TIME).order_by("-at")[:limit]
    return [DownTime(datetime.fromisoformat(one.data["since"]), one.at) for one in recorded]
