"""How many tickets each view holds: one statement, capped, remembered for ten seconds."""

import threading
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Value

from core.actor import Actor
from tickets.access import visible_to
from tickets.models import Ticket
from tickets.queries.fixed_views import VIEWS

COUNT_LIMIT = 1000
_KEEP_S = 10.0
_KEEP_PEOPLE = 2000
_cache: dict[int, tuple[float, Mapping[str, int]]] = {}
_lock = threading.Lock()


def counts(actor: Actor, *, at: datetime) -> Mapping[str, int]:
    """Tickets by view of open work, at most `COUNT_LIMIT` each; up to ten seconds old."""
    key = actor.id or 0
    with _lock:
        found = _cache.get(key)
        if found and time.monotonic() - found[0] < _KEEP_S:
            return found[1]
    counted = _count(actor, at)
    with _lock:
        if len(_cache) >= _KEEP_PEOPLE:
            _cache.clear()
        _cache[key] = (time.monotonic(), counted)
    return counted


def forget(actor: Actor) -> None:
    """Count anew at the next call: the person has just changed something."""
    with _lock:
        _cache.pop(actor.id or 0, None)


def capped_count(tickets: QuerySet[Ticket]) -> int:
    """How many there are, but never more than `COUNT_LIMIT`."""
    return tickets.order_by()[:COUNT_LIMIT].count()


def _count(actor: Actor, at: datetime) -> Mapping[str, int]:
    branches: list[str] = []
    params: list[Any] = []
    for view in VIEWS.values():
        if view.is_done:
            continue
        rows = visible_to(actor).filter(view.condition(actor, at)).order_by()
        sql, given = rows.values_list(Value(1))[:COUNT_LIMIT].query.sql_with_params()
        branches.append(f"SELECT %s AS slug, count(*) FROM ({sql}) x")  # noqa: S608 - our own SQL
        params += [view.slug, *given]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(branches), params)
        return dict(cursor.fetchall())
