"""How a promise ends: attempted, kept, broken openly, cancelled by the customer, superseded.

Each is judged by the instant of the contact, not by when it was entered.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.actor import Actor
from core.errors import Refused
from core.text import require_storable
from promises import access, rules
from promises.events import Kind
from promises.models import Attempt, Promise
from promises.rules import times
from promises.services import changes, contacts
from promises.services.drafts import Draft, check
from promises.services.making import completed, create
from tickets.models import Message, Ticket

State = Promise.State
SETTLE = "promise.settle"
REASON_LENGTH = 500


@transaction.atomic
def keep(
    promise_id: int,
    *,
    message_id: int,
    actor: Actor,
    at: datetime,
    channel_accepted: bool = False,
) -> Promise:
    """The promise is kept, or kept late, by the instant of the contact.

    `channel_accepted`: the customer accepted another channel than the promised one. Refused
    `already_ended`, `no_contact` or `other_channel`.
    """
    ticket, promise, at = _begin(promise_id, actor, at)
    message = contacts.message_on(ticket, message_id)
    contacts.require_kept_by(promise, message, channel_accepted=channel_accepted)
    in_time = message.at <= promise.until_at
    changes.end(
        ticket,
        promise,
        changes.Ending(Kind.KEPT if in_time else Kind.KEPT_LATE, message.at, message),
        actor=actor,
        at=at,
    )
    return promise


@transaction.atomic
def attempt(
    promise_id: int,
    *,
    message_id: int,
    actor: Actor,
    at: datetime,
    follow_up: Draft | None = None,
) -> Promise:
    """A call that did not get through is noted; with `follow_up` the promise ends as attempted.

    It may end so after two attempts within the window, 15 min apart (one if the window is no
    longer than that), and a message left; the follow-up is then promised, by the same owner
    where it names none. The same call again is harmless. Refused `already_ended`, `no_contact`,
    `too_few_attempts`, `no_message_left`, or a code of `drafts.check`.
    """
    ticket, promise, at = _begin(promise_id, actor, at)
    message = contacts.message_on(ticket, message_id)
    contacts.require_attempt(promise, message)
    _made, is_new = Attempt.objects.get_or_create(
        promise=promise, message=message, defaults={"at": message.at}
    )
    if follow_up is not None:
        return _end_attempted(ticket, promise, message, follow_up, actor=actor, at=at)
    if is_new:
        changes.raise_version(promise, at=at)
        promise.save(update_fields=["version", "version_at"])
        changes.plan(promise, now=at)
        facts: dict[str, object] = {"message_id": message.pk, "outcome": message.call_outcome}
        changes.record(ticket, promise, Kind.TRIED, actor=actor, at=at, data=facts)
    return promise


@transaction.atomic
def break_openly(
    promise_id: int, *, reason: str, message_id: int, actor: Actor, at: datetime
) -> Promise:
    """The customer was told that the promise will not be kept; it counts as broken.

    Refused `already_ended`, `no_reason`, or `no_contact` without the message that told him.
    """
    ticket, promise, at = _begin(promise_id, actor, at)
    reason = require_reason(reason)
    message = contacts.message_on(ticket, message_id)
    contacts.require_told_in(promise, message)
    changes.end(
        ticket,
        promise,
        changes.Ending(Kind.BROKEN, message.at, message, reason=reason),
        actor=actor,
        at=at,
    )
    return promise


@transaction.atomic
def cancel_by_customer(
    promise_id: int,
    *,
    actor: Actor,
    at: datetime,
    message_id: int | None = None,
    reason: str = "",
) -> Promise:
    """The customer no longer wants it, or called in himself and was served: neutral.

    Only up to the promised time, by the instant of the contact if one is named. Refused
    `already_ended`, `no_contact`, or `overdue` after it.
    """
    right = "promise.move" if actor.is_customer else SETTLE
    ticket, promise, at = _begin(promise_id, actor, at, right=right)
    message = contacts.message_on(ticket, message_id) if message_id else None
    if message:
        contacts.require_cancelled_in(promise, message)
    _require_before_end(promise, message.at if message else at)
    changes.end(
        ticket,
        promise,
        changes.Ending(
            Kind.CANCELLED, message.at if message else at, message, reason=_storable(reason)
        ),
        actor=actor,
        at=at,
    )
    return promise


@transaction.atomic
def supersede(
    promise_id: int, *, actor: Actor, at: datetime, message_id: int | None = None
) -> Promise:
    """The customer had his answer from us before the promised time; it counts as kept.

    Without `message_id` it is our newest contact since the promise was made. Refused
    `already_ended`, `no_contact` if there is none, `overdue` if it came too late.
    """
    ticket, promise, at = _begin(promise_id, actor, at)
    if message_id is None:
        answer = contacts.latest(promise, until=promise.until_at) or contacts.latest(promise)
    else:
        answer = contacts.message_on(ticket, message_id)
        contacts.require_kept_by(promise, answer, channel_accepted=True)
    if answer is None:
        raise Refused(
            _("We have not answered since this was promised. Answer first, or keep the promise."),
            code="no_contact",
            field="contact",
        )
    _require_before_end(promise, answer.at)
    changes.end(
        ticket,
        promise,
        changes.Ending(Kind.SUPERSEDED, answer.at, answer),
        actor=actor,
        at=at,
    )
    return promise


def require_reason(reason: str) -> str:
    """The reason, trimmed; Refused `no_reason` without one."""
    reason = _storable(reason)
    if not reason:
        raise Refused(_("Say why in a few words."), code="no_reason", field="reason")
    return reason


def _begin(
    promise_id: int, actor: Actor, at: datetime, *, right: str = SETTLE
) -> tuple[Ticket, Promise, datetime]:
    """Locked, permitted and open, with the instant at which the change happens."""
    ticket, promise = access.lock(promise_id, actor=actor, right=right)
    at = max(at, ticket.last_event_at)
    access.require_own(promise, actor, right=right)
    rules.require_open(promise, now=at)
    return ticket, promise, at


def _end_attempted(
    ticket: Ticket,
    promise: Promise,
    message: Message,
    follow_up: Draft,
    *,
    actor: Actor,
    at: datetime,
) -> Promise:
    attempts = list(promise.attempts.select_related("message").order_by("at"))
    _require_enough(promise, [made.at for made in attempts], now=at)
    _require_word_left(promise, attempts)
    checked = check(completed(follow_up, promise), ticket=ticket, actor=actor, at=at)
    changes.end(
        ticket,
        promise,
        changes.Ending(Kind.ATTEMPTED, attempts[-1].at, message),
        actor=actor,
        at=at,
    )
    made_by_id = actor.id if actor.is_staff and actor.id else promise.made_by_id
    create(ticket, checked, made_by_id=made_by_id, actor=actor, at=at, follows=promise)
    return promise


def _require_enough(promise: Promise, attempts: Sequence[datetime], *, now: datetime) -> None:
    window = {"from_at": promise.from_at, "until_at": promise.until_at}
    if rules.attempts_suffice(attempts, **window):
        return
    again_at = rules.missing_attempt(attempts, **window)
    if again_at is None or now > promise.until_at:
        sentence = _("One attempt in this window is not enough, and it has passed. Call again.")
    else:
        sentence = _("One more attempt is needed, from %(time)s on.") % {
            "time": times.moment(again_at, now=now)
        }
    raise Refused(
        sentence,
        code="too_few_attempts",
        facts={
            "attempts": len(attempts),
            "again_at": again_at.isoformat() if again_at else None,
        },
    )


def _require_word_left(promise: Promise, attempts: Sequence[Attempt]) -> None:
    if any(contacts.is_voicemail(made.message) for made in attempts):
        return
    answer = contacts.latest(promise)
    if answer is None or answer.at < attempts[0].at:
        raise Refused(
            _("Leave a voicemail or write to the customer, so that he knows you tried."),
            code="no_message_left",
        )


def _require_before_end(promise: Promise, instant: datetime) -> None:
    if instant <= promise.until_at:
        return
    raise Refused(
        _(
            "The promised time had passed, so this counts as broken. Record the contact: the"
            " promise is then kept late."
        ),
        code="overdue",
        facts={"until_at": promise.until_at.isoformat()},
    )


def _storable(reason: str) -> str:
    return require_storable(reason, field="reason").strip()[:REASON_LENGTH]
