"""Mail comes in: stored first, then read and turned into a ticket or a message."""

from intake.services.answers import answer
from intake.services.processing import process, process_pending, retry
from intake.services.taking_in import LARGEST_STORED, Taken, TooLarge, take_in

__all__ = [
    "LARGEST_STORED",
    "Taken",
    "TooLarge",
    "answer",
    "process",
    "process_pending",
    "retry",
    "take_in",
]
