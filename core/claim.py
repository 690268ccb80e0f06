"""Claiming due rows: by row lock for work inside the database, by lease for work outside it."""

import uuid
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models import F, Func, QuerySet
from django.db.models.functions import Now

LEASE = timedelta(seconds=60)
_BACK_OFF_FIRST = timedelta(seconds=5)
_BACK_OFF_LONGEST = timedelta(minutes=15)

T = TypeVar("T", bound=models.Model)


class LeaseEnd(Func):
    """The instant, by PostgreSQL's clock, at which a lease given now runs out."""

    template = f"(statement_timestamp() + interval '{int(LEASE.total_seconds())} seconds')"
    output_field = models.DateTimeField()


def instant() -> datetime:
    """PostgreSQL's present instant: it alone decides what is due, whatever this host's clock says.

    Not now(), which stands still within a transaction and so may lie before a row's own default.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found


def back_off(attempts: int) -> timedelta:
    """How long a row rests after its failure number `attempts`: 10 s, doubling, 15 min at most."""
    doublings: int = 2 ** min(attempts, 20)
    return min(_BACK_OFF_FIRST * doublings, _BACK_OFF_LONGEST)


def bound_transaction(*, statement_s: int, lock_s: int, idle_s: int) -> None:
    """Limits in seconds for the running transaction, so that a hanging claimer frees its rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true),"
            " set_config('lock_timeout', %s, true),"
            " set_config('idle_in_transaction_session_timeout', %s, true)",
            [f"{statement_s}s", f"{lock_s}s", f"{idle_s}s"],
        )


def locked(rows: QuerySet[T], *, limit: int) -> list[T]:
    """The first `limit` rows that nobody else holds, locked for this transaction. Never waits."""
    return list(rows.select_for_update(skip_locked=True, of=("self",))[:limit])


def lease(rows: QuerySet[T], *, limit: int) -> tuple[uuid.UUID, list[T]]:
    """The first `limit` free rows, leased for 60 s under the token returned, each attempt counted.

    It commits before it returns, so that an attempt which kills its process has been counted.
    Whoever settles a row afterwards does so with `lease_token=token` in its condition.
    """
    with transaction.atomic(durable=True):
        return mark_leased(rows, limit=limit)


def mark_leased(rows: QuerySet[T], *, limit: int) -> tuple[uuid.UUID, list[T]]:
    """As `lease`, within the caller's transaction, which he commits before he does the work.

    For models with `lease_token`, `lease_until` and `attempts`.
    """
    token = uuid.uuid4()
    keys = [row.pk for row in locked(rows, limit=limit)]
    everything: Any = rows.model._default_manager
    everything.filter(pk__in=keys).update(
        lease_token=token, lease_until=LeaseEnd(), attempts=F("attempts") + 1
    )
    order = {key: place for place, key in enumerate(keys)}
    return token, sorted(everything.filter(pk__in=keys), key=lambda row: order[row.pk])


def without_lease() -> models.Q:
    """The condition under which a row may be leased: it is not, or its lease has run out."""
    return models.Q(lease_until__isnull=True) | models.Q(lease_until__lt=Now())
