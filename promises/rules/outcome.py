"""Where a promise stands at an instant, and how it counts: 3.2 of the domain."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from core.errors import Refused
from promises.models import Promise
from promises.rules import times

State = Promise.State

ATTEMPTS = 2
ATTEMPT_GAP = timedelta(minutes=15)
VOID_WITHIN = timedelta(minutes=10)
SOON = timedelta(minutes=30)

SAYS_KEPT = frozenset({State.KEPT, State.ATTEMPTED, State.SUPERSEDED})
SAYS_BROKEN = frozenset({State.BROKEN, State.KEPT_LATE, State.MISSED})


class Standing(StrEnum):
    """How an open promise stands; computed, never stored."""

    PLANNED = "planned"
    DUE_SOON = "due_soon"
    DUE = "due"
    OVERDUE = "overdue"


class Word(StrEnum):
    """The word for a promise on every screen."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    RENEGOTIATED = "renegotiated"
    CANCELLED = "cancelled"
    VOID = "void"


_WORDS: dict[str, Word] = {
    **dict.fromkeys(SAYS_KEPT, Word.KEPT),
    **dict.fromkeys(SAYS_BROKEN, Word.BROKEN),
    State.RENEGOTIATED: Word.RENEGOTIATED,
    State.CANCELLED: Word.CANCELLED,
    State.VOIDED: Word.VOID,
}


def is_overdue(promise: Promise, at: datetime) -> bool:
    """Whether it is still open although its time has passed: broken from then on (P-1)."""
    return promise.is_open and at > promise.until_at


def standing(promise: Promise, at: datetime) -> Standing:
    """Planned, due (its window has begun), due within 30 min, or overdue.

    "At 15:00" is due soon before 15:00, "by 15:00" is due all the time and soon before its end.
    """
    if at > promise.until_at:
        return Standing.OVERDUE
    is_at = promise.shape == Promise.Shape.AT
    if is_at and at >= promise.from_at:
        return Standing.DUE
    if (promise.from_at if is_at else promise.until_at) - at <= SOON:
        return Standing.DUE_SOON
    return Standing.PLANNED if at < promise.from_at else Standing.DUE


def word(promise: Promise, at: datetime) -> Word:
    """Kept, broken, renegotiated, cancelled, void; or open while its time has not passed."""
    if promise.is_open:
        return Word.BROKEN if is_overdue(promise, at) else Word.OPEN
    return _WORDS[promise.state]


def attempts_suffice(
    attempts: Sequence[datetime], *, from_at: datetime, until_at: datetime
) -> bool:
    """Whether the attempts within the window are enough to count as kept.

    Two, at least 15 min apart; one where the window is not longer than that.
    """
    inside = [at for at in attempts if from_at <= at <= until_at]
    if until_at - from_at <= ATTEMPT_GAP:
        return bool(inside)
    return len(inside) >= ATTEMPTS and max(inside) - min(inside) >= ATTEMPT_GAP


def missing_attempt(
    attempts: Sequence[datetime], *, from_at: datetime, until_at: datetime
) -> datetime | None:
    """From when on one more attempt would suffice; None if no time is left for it.

    Call it only while the attempts do not suffice.
    """
    inside = [at for at in attempts if from_at <= at <= until_at]
    earliest = min(inside) + ATTEMPT_GAP if inside else from_at
    return earliest if earliest <= until_at else None


def require_open(promise: Promise, *, now: datetime) -> None:
    """Refused `already_ended`, saying how and when, unless the promise is open."""
    if promise.is_open or promise.ended_at is None:
        return
    time = times.moment(promise.ended_at, now=now)
    sentences: dict[str, str] = {
        State.KEPT: _("This callback was already kept at %(time)s."),
        State.ATTEMPTED: _("This callback was already attempted as agreed at %(time)s."),
        State.KEPT_LATE: _("This callback was already kept, late, at %(time)s."),
        State.BROKEN: _("The customer was told at %(time)s that this callback cannot be kept."),
        State.MISSED: _("This callback was missed; its time of grace ended at %(time)s."),
        State.RENEGOTIATED: _("This callback was already renegotiated at %(time)s."),
        State.CANCELLED: _("The customer cancelled this callback at %(time)s."),
        State.SUPERSEDED: _("This callback was no longer needed: we answered at %(time)s."),
        State.VOIDED: _("This callback was entered by mistake and made void at %(time)s."),
    }
    raise Refused(
        sentences[promise.state] % {"time": time},
        code="already_ended",
        facts={"state": promise.state, "ended_at": promise.ended_at.isoformat()},
    )
