"""The promise's timer is due: do the most serious step, record it once, set the next."""

from datetime import datetime, timedelta

from core.actor import Actor
from core.errors import NotFound
from notifications.audience import Roster
from promises import access
from promises.events import Kind
from promises.models import Promise, Reminder
from promises.rules import Planned, Step
from promises.services import changes
from tickets.models import Ticket
from timers.services import BUSY, Done, Outcome

# Later than this a step is marked as delayed: the desk was down or had too much to do.
DELAYED_AFTER = timedelta(minutes=1)


def fire_promise(promise_id: int, now: datetime) -> Outcome:
    """The most serious step due at `now` has happened; less serious ones are over with it.

    Locks ticket, then promise, and waits for neither. Who is told follows from the Event. A
    promise that has ended, or is gone, wants nothing any more.
    """
    try:
        locked = access.lock_if_free(promise_id)
    except NotFound:
        return Done()
    if locked is None:
        return BUSY
    ticket, promise = locked
    if not promise.is_open:
        return Done()
    due, later = changes.next_steps(promise, now=now, roster=Roster())
    if due is not None:
        _do(due, ticket, promise, now)
    return Done(next_due_at=later.due_at if later else None)


def _do(due: Planned, ticket: Ticket, promise: Promise, now: datetime) -> None:
    at = max(now, ticket.last_event_at)
    delayed = now - due.due_at > DELAYED_AFTER
    lead_knows = promise.reminders.filter(step=Step.OVERDUE).exists()
    Reminder.objects.create(
        promise=promise, version=promise.version, step=due.step, due_at=due.due_at, delayed=delayed
    )
    facts: dict[str, object] = {
        "step": due.step,
        "due_at": due.due_at.isoformat(),
        "delayed": delayed,
        "lead_knows": lead_knows,
    }
    if due.step == Step.MISSED:
        ending = changes.Ending(Kind.MISSED, due.due_at)
        changes.conclude(ticket, promise, ending, actor=Actor.system(), at=at, data=facts)
        return
    if due.step in (Step.OVERDUE, Step.STILL_OVERDUE) and promise.owner_at_until_id is None:
        promise.owner_at_until_id = promise.owner_id
        promise.save(update_fields=["owner_at_until"])
    changes.record(ticket, promise, Kind.REMINDED, actor=Actor.system(), at=at, data=facts)
