"""What is recorded of mail that could not be taken in at once."""

from enum import StrEnum


class Kind(StrEnum):
    QUARANTINED = "intake.quarantined"
    RETRIED = "intake.retried"
