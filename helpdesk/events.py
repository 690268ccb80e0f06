"""What can happen to the work behind the screens."""

from enum import StrEnum


class Kind(StrEnum):
    # No clock ran for more than ten minutes.
    DOWN_TIME = "desk.down_time"
    ANNOUNCEMENT_RETRIED = "desk.announcement_retried"
