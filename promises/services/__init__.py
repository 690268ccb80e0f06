"""The verbs of promises. Each locks ticket, then promise; raises the version; records one Event."""

from promises.services.amending import hand_over, turn_check_back, void
from promises.services.drafts import Draft, check, zone_for
from promises.services.firing import fire_promise
from promises.services.making import make, renegotiate
from promises.services.notices import language_of, promise_notices, we_are_late
from promises.services.settling import (
    attempt,
    break_openly,
    cancel_by_customer,
    keep,
    supersede,
)
from promises.services.solving import Decision, decide_all, open_check_back, require_all_decided
from promises.services.zones import follow_zone_rules

__all__ = [
    "Decision",
    "Draft",
    "attempt",
    "break_openly",
    "cancel_by_customer",
    "check",
    "decide_all",
    "fire_promise",
    "follow_zone_rules",
    "hand_over",
    "keep",
    "language_of",
    "make",
    "open_check_back",
    "promise_notices",
    "renegotiate",
    "require_all_decided",
    "supersede",
    "turn_check_back",
    "void",
    "we_are_late",
    "zone_for",
]
