"""What can happen to the work behind the screens."""

from enum import StrEnum


class Kind(StrEnum):
    # No clock ran for more than ten minutes.
    DOWN_TIME = "desk.down_time"
    # Some consumer of the subject, an Event, has failed twenty times.
    ANNOUNCEMENT_SET_ASIDE = "desk.announcement_set_aside"
    ANNOUNCEMENT_RETRIED = "desk.announcement_retried"
