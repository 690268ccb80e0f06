"""The kinds of Events of a promise."""

from enum import StrEnum


class Kind(StrEnum):
    MADE = "promise.made"
    TRIED = "promise.tried"
    REMINDED = "promise.reminded"
    KEPT = "promise.kept"
    KEPT_LATE = "promise.kept_late"
    ATTEMPTED = "promise.attempted"
    RENEGOTIATED = "promise.renegotiated"
    BROKEN = "promise.broken"
    CANCELLED = "promise.cancelled_by_customer"
    SUPERSEDED = "promise.superseded"
    VOIDED = "promise.voided"
    MISSED = "promise.missed"
    HANDED_OVER = "promise.handed_over"
    TURNED_CHECK_BACK = "promise.turned_check_back"
    ZONE_FOLLOWED = "promise.zone_followed"
    SETTINGS_SET = "promise.settings_set"


ENDINGS = frozenset(
    {
        Kind.KEPT,
        Kind.KEPT_LATE,
        Kind.ATTEMPTED,
        Kind.RENEGOTIATED,
        Kind.BROKEN,
        Kind.CANCELLED,
        Kind.SUPERSEDED,
        Kind.VOIDED,
        Kind.MISSED,
    }
)
