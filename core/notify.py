"""NOTIFY: the bell that PostgreSQL rings when the transaction commits."""

from typing import Literal

from django.db import connection

Channel = Literal["events", "timers", "outbox", "inbox", "live", "cache"]


def notify(channel: Channel, payload: str = "") -> None:
    """Ring `channel` at commit; equal payloads within one transaction collapse into one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])
