"""What can happen to a message besides leaving."""

from enum import StrEnum


class Kind(StrEnum):
    DEAD = "outbox.dead"
    EXPIRED = "outbox.expired"
    # Some recipients were refused for good; the others have got it.
    REFUSED = "outbox.refused"
    RETRIED = "outbox.retried"
    LEASE_LOST = "outbox.lease_lost"
