"""What every change of a promise has in common: version, timer, the ticket's columns, the Event.

All of it runs under the locks of ticket and promise (`promises.access.lock`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from calendars import arithmetic
from core import events as core_events
from core.actor import Actor
from notifications.audience import Roster
from promises import rules
from promises.events import Kind
from promises.models import Promise, PromiseSettings, Reminder
from tickets import events
from tickets.models import Message, Ticket
from timers.services import cancel_timer, set_timer

TIMER = "promise"
Shape = Promise.Shape
State = Promise.State

_STATES: dict[Kind, str] = {
    Kind.KEPT: State.KEPT,
    Kind.KEPT_LATE: State.KEPT_LATE,
    Kind.ATTEMPTED: State.ATTEMPTED,
    Kind.RENEGOTIATED: State.RENEGOTIATED,
    Kind.BROKEN: State.BROKEN,
    Kind.CANCELLED: State.CANCELLED,
    Kind.SUPERSEDED: State.SUPERSEDED,
    Kind.VOIDED: State.VOIDED,
    Kind.MISSED: State.MISSED,
}
_ENDED = (
    "version",
    "version_at",
    "state",
    "ended_at",
    "settled_by_message",
    "reason",
    "owner_at_until",
    "moved_by",
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a promise ends: `at` is the instant by which it is judged, `message` the contact."""

    kind: Kind
    at: datetime
    message: Message | None = None
    reason: str = ""


def settings() -> PromiseSettings:
    """The desk's contact hours, grace and reminder switches."""
    return PromiseSettings.objects.get(pk=1)


def raise_version(promise: Promise, *, at: datetime) -> None:
    """P-7: what was planned for the version before does nothing from now on. Not yet saved."""
    promise.version += 1
    promise.version_at = at


def record(
    ticket: Ticket,
    promise: Promise,
    kind: Kind,
    *,
    actor: Actor,
    at: datetime,
    data: core_events.Data | None = None,
) -> None:
    """The change stands in the ticket's record."""
    facts: core_events.Data = {"version": promise.version, "owner_id": promise.owner_id}
    events.record(
        ticket,
        kind,
        actor=actor,
        at=at,
        data={**facts, **(data or {})},
        subject_kind="promise",
        subject_id=promise.pk,
    )


def end(
    ticket: Ticket,
    promise: Promise,
    ending: Ending,
    *,
    actor: Actor,
    at: datetime,
    data: core_events.Data | None = None,
) -> None:
    """The promise has ended like this; nothing is due any more."""
    cancel_timer(TIMER, promise.pk)
    conclude(ticket, promise, ending, actor=actor, at=at, data=data)


def conclude(
    ticket: Ticket,
    promise: Promise,
    ending: Ending,
    *,
    actor: Actor,
    at: datetime,
    data: core_events.Data | None = None,
) -> None:
    """As `end`, for the handler of the promise's own timer, which settles that timer itself."""
    raise_version(promise, at=at)
    promise.state = _STATES[ending.kind]
    promise.ended_at = ending.at
    promise.settled_by_message = ending.message
    promise.reason = ending.reason
    promise.owner_at_until_id = promise.owner_at_until_id or promise.owner_id
    promise.save(update_fields=_ENDED)
    refresh(ticket)
    facts: core_events.Data = {
        "ended_at": ending.at.isoformat(),
        "message_id": ending.message.pk if ending.message else None,
    }
    record(ticket, promise, ending.kind, actor=actor, at=at, data={**facts, **(data or {})})


def plan(promise: Promise, *, now: datetime, roster: Roster | None = None) -> None:
    """The promise's one timer is set for its next step; a step already due fires at once."""
    due, later = next_steps(promise, now=now, roster=roster or Roster())
    step = due or later
    if step is None:
        cancel_timer(TIMER, promise.pk)
    else:
        set_timer(TIMER, promise.pk, due_at=step.due_at)


def next_steps(
    promise: Promise, *, now: datetime, roster: Roster
) -> tuple[rules.Planned | None, rules.Planned | None]:
    """The step of an open promise that is due now, if any, and the one after it."""
    chosen = settings()
    done = list(Reminder.objects.filter(promise=promise))
    mine = [row for row in done if row.version == promise.version or row.step in rules.LATENESS]
    situation = rules.Situation(
        shape=promise.shape,
        from_at=promise.from_at,
        until_at=promise.until_at,
        made_at=promise.made_at,
        since=promise.version_at,
        shift_start_at=_shift_start(promise, now, roster),
        grace_ends_at=_grace_end(promise, now, chosen.grace_working_days, roster),
        tried=promise.attempts.exists(),
        warned=any(row.step == rules.Step.SHORTLY_BEFORE for row in mine),
    )
    positions = [rules.position(row.step, row.due_at) for row in mine]
    return rules.due_and_next(situation, _switches(chosen), done=positions, now=now)


def refresh(ticket: Ticket) -> None:
    """The ticket's columns for the queue say when its next promise is due.

    `next_promise_at` is the time the customer was told; the queue's order goes by the end of
    the window, unless another engine has set what the ticket is due by.
    """
    following = Promise.objects.open().filter(ticket=ticket).order_by("until_at", "id").first()
    ticket.next_promise_at = told_at(following) if following else None
    if ticket.next_due_kind in ("", TIMER):
        ticket.next_due_at = following.until_at if following else None
        ticket.next_due_kind = TIMER if following else ""
    ticket.save(update_fields=["next_promise_at", "next_due_at", "next_due_kind"])


def told_at(promise: Promise) -> datetime:
    """The instant the customer was told: the beginning of "at", the end of every other."""
    return promise.from_at if promise.shape == Shape.AT else promise.until_at


def _switches(chosen: PromiseSettings) -> rules.Switches:
    return rules.Switches(
        day_before=chosen.remind_24h,
        shift_start=chosen.remind_shift_start,
        hour_before=chosen.remind_60min,
        shortly_before=chosen.remind_before,
        due_now=chosen.remind_at_from,
        before_end=chosen.remind_before_end,
    )


def _shift_start(promise: Promise, now: datetime, roster: Roster) -> datetime | None:
    """When the owner begins to work on the day of the promise, as long as that may matter."""
    told = told_at(promise)
    if promise.owner is None or now >= told:
        return None
    hours = roster.hours_of(promise.owner)
    return arithmetic.start_of_working_day(hours, arithmetic.local_date(hours, told))


def _grace_end(promise: Promise, now: datetime, days: int, roster: Roster) -> datetime | None:
    """The end of the last working day of grace; without working days in sight, as many days."""
    if now < promise.until_at:
        return None
    business = roster.business()
    on = arithmetic.local_date(business, promise.until_at)
    last = arithmetic.add_working_days(business, on, days)
    end = arithmetic.end_of_working_day(business, last) if last else None
    return end or promise.until_at + timedelta(days=days)
