"""What can happen to a timer besides firing."""

from enum import StrEnum


class Kind(StrEnum):
    DEAD = "timer.dead"
    RETRIED = "timer.retried"
