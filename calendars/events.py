"""The kinds of Events of a calendar."""

from enum import StrEnum


class Kind(StrEnum):
    CREATED = "calendar.created"
    HOURS_SET = "calendar.hours_set"
    HOLIDAY_ADDED = "calendar.holiday_added"
    HOLIDAY_REMOVED = "calendar.holiday_removed"
    SPECIAL_HOURS_SET = "calendar.special_hours_set"
    SPECIAL_HOURS_REMOVED = "calendar.special_hours_removed"
