"""NOTIFY: the bell that PostgreSQL rings when the transaction commits."""

import json
from typing import Literal

from django.db import connection

Channel = Literal["events", "timers", "outbox", "inbox", "live", "cache"]
HintKind = Literal["ticket", "promise", "notification", "queue"]


def notify(channel: Channel, payload: str = "") -> None:
    """Ring `channel` at commit; equal payloads within one transaction collapse into one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])


def hint(
    kind: HintKind,
    subject_id: int,
    version: int,
    *,
    ticket_id: int | None = None,
    user_id: int | None = None,
) -> None:
    """Tell open pages at commit that a thing has changed: which and to what version, not how.

    With `ticket_id` only those hear it who may see that ticket, with `user_id` only that user.
    """
    payload: dict[str, str | int] = {"k": kind, "id": subject_id, "v": version}
    if ticket_id is not None:
        payload["t"] = ticket_id
    if user_id is not None:
        payload["u"] = user_id
    notify("live", json.dumps(payload, separators=(",", ":")))
