"""What waits to be done, in one statement: the clock's look and the figures of /metrics."""

from dataclasses import dataclass

from django.db import connection

# Standing: for how long a row could have been taken. A hundred rows show whether any stands.
_LOOK = """
    SELECT
      (SELECT extract(epoch FROM max(clock_timestamp() - greatest(due_at, not_before))) FROM (
         SELECT due_at, not_before FROM timers_timer
         WHERE state = 'pending' AND due_at <= clock_timestamp()
           AND not_before <= clock_timestamp()
         ORDER BY due_at, id LIMIT 100) AS due),
      (SELECT extract(epoch FROM min(due_at) - clock_timestamp()) FROM timers_timer
         WHERE state = 'pending' AND due_at > clock_timestamp()),
      (SELECT extract(epoch FROM max(
           clock_timestamp() - greatest(next_at, coalesce(lease_until, next_at)))) FROM (
         SELECT next_at, lease_until FROM outbox_outboxmessage
         WHERE state = 'pending' AND next_at <= clock_timestamp()
           AND (lease_until IS NULL OR lease_until < clock_timestamp())
         ORDER BY next_at, id LIMIT 100) AS ready),
      EXISTS (SELECT 1 FROM outbox_outboxmessage
         WHERE state = 'pending' AND lease_until >= clock_timestamp()),
      EXISTS (SELECT 1 FROM intake_inboundmail
         WHERE state = 'pending' AND (lease_until IS NULL OR lease_until < clock_timestamp()))
"""


@dataclass(frozen=True, slots=True)
class Due:
    """What waits now. Seconds; None where nothing does."""

    timer_standing_s: float | None
    next_timer_s: float | None
    mail_standing_s: float | None
    is_delivering: bool
    has_inbound: bool


def look() -> Due:
    """What waits now, by PostgreSQL's clock."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK)
        timer, following, mail, is_delivering, has_inbound = cursor.fetchone()
    return Due(_seconds(timer), _seconds(following), _seconds(mail), is_delivering, has_inbound)


def _seconds(found: object) -> float | None:
    return None if found is None else float(str(found))
