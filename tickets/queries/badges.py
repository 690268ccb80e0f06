"""The figures of the navigation that are a person's own: one statement, kept for ten seconds."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from accounts.models import User

COUNT_LIMIT = 100
_KEEP_S = 10.0
_KEEP_PEOPLE = 2000
_cache: dict[int, tuple[float, "Badges"]] = {}
_lock = threading.Lock()

_COUNT = """
SELECT
  (SELECT count(*) FROM (SELECT 1 FROM promises_promise
     WHERE owner_id = %(user)s AND state = 'open' AND until_at < %(at)s LIMIT %(limit)s) x),
  (SELECT count(*) FROM (SELECT 1 FROM promises_promise
     WHERE owner_id = %(user)s AND state = 'open' AND until_at < %(midnight)s LIMIT %(limit)s) x),
  (SELECT count(*) FROM (SELECT 1 FROM notifications_notification
     WHERE user_id = %(user)s AND settled_at IS NULL AND read_at IS NULL LIMIT %(limit)s) x),
  (SELECT coalesce(max(event_id), 0) FROM (SELECT event_id FROM notifications_notification
     WHERE user_id = %(user)s AND settled_at IS NULL ORDER BY at DESC, id DESC LIMIT 20) x),
  ARRAY(SELECT DISTINCT unnest(role.rights) FROM accounts_role role
     JOIN accounts_user_roles held ON held.role_id = role.id WHERE held.user_id = %(user)s)
"""


@dataclass(frozen=True, slots=True)
class Badges:
    """The person's own overdue promises, those that end today (overdue ones too), unread notices.

    `told_up_to` is the newest Event he was told of. `rights` decide what the navigation offers,
    never what may be done.
    """

    overdue: int
    today: int
    unread: int
    told_up_to: int
    rights: frozenset[str]


def badges(user: User, *, at: datetime) -> Badges:
    """The figures, each at most `COUNT_LIMIT`; up to ten seconds old."""
    with _lock:
        found = _cache.get(user.pk)
        if found and time.monotonic() - found[0] < _KEEP_S:
            return found[1]
    counted = _count(user, at)
    with _lock:
        if len(_cache) >= _KEEP_PEOPLE:
            _cache.clear()
        _cache[user.pk] = (time.monotonic(), counted)
    return counted


def forget(user_id: int) -> None:
    """Count anew at the next call: something of this person's has just changed."""
    with _lock:
        _cache.pop(user_id, None)


def midnight_after(at: datetime, zone: str) -> datetime:
    """The end of the day that clocks in `zone` show at an instant."""
    local = at.astimezone(ZoneInfo(zone))
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _count(user: User, at: datetime) -> Badges:
    facts: dict[str, int | datetime] = {
        "user": user.pk,
        "at": at,
        "midnight": midnight_after(at, user.zone),
        "limit": COUNT_LIMIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, facts)
        overdue, today, unread, told_up_to, rights = cursor.fetchone()
    return Badges(overdue, today, unread, told_up_to, frozenset(rights))
