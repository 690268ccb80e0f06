"""A promise changes hands, turns into a check-back, or turns out never to have been one."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import has_right
from core.actor import Actor
from core.errors import Forbidden, Refused
from promises import access, rules
from promises.events import Kind
from promises.models import Promise
from promises.services import changes
from promises.services.drafts import require_promisee
from promises.services.settling import require_reason

HAND_OVER = "promise.hand_over_any"
SETTLE = "promise.settle"


@transaction.atomic
def hand_over(promise_id: int, *, to_id: int, actor: Actor, at: datetime) -> Promise:
    """Somebody else keeps the promise: the customer's time stays, and the new owner is told.

    His own promise anybody may hand over, one without an owner everybody in its team, any other
    the lead, supervisors of the team and managers. Again: harmless. Refused `already_ended` or
    `bad_owner`.
    """
    right = HAND_OVER if has_right(actor, HAND_OVER) else SETTLE
    ticket, promise = access.lock(promise_id, actor=actor, right=right)
    at = max(at, ticket.last_event_at)
    _require_giver(promise, actor)
    rules.require_open(promise, now=at)
    if promise.owner_id == to_id:
        return promise
    to = require_promisee(to_id, ticket, field="to")
    before = promise.owner_id
    if at > promise.until_at:
        promise.owner_at_until_id = promise.owner_at_until_id or before
    promise.owner = to
    promise.owner_confirmed_off_hours = False
    _save(promise, "owner", "owner_at_until", "owner_confirmed_off_hours", at=at)
    changes.plan(promise, now=at)
    facts: dict[str, object] = {"from_id": before}
    changes.record(ticket, promise, Kind.HANDED_OVER, actor=actor, at=at, data=facts)
    return promise


@transaction.atomic
def turn_check_back(promise_id: int, *, actor: Actor, at: datetime) -> Promise:
    """The promise no longer stands in the way of solving: it only delays closing.

    Again: harmless. Refused `already_ended`.
    """
    ticket, promise = access.lock(promise_id, actor=actor, right=SETTLE)
    at = max(at, ticket.last_event_at)
    access.require_own(promise, actor, right=SETTLE)
    rules.require_open(promise, now=at)
    if promise.is_check_back:
        return promise
    promise.is_check_back = True
    _save(promise, "is_check_back", at=at)
    changes.plan(promise, now=at)
    changes.record(ticket, promise, Kind.TURNED_CHECK_BACK, actor=actor, at=at)
    return promise


@transaction.atomic
def void(promise_id: int, *, actor: Actor, at: datetime, reason: str = "") -> Promise:
    """The promise was entered by mistake and counts nowhere.

    By whoever made it within 10 min, later by the team's supervisor with a reason. Refused
    `already_ended`, `too_late` for the maker, or `no_reason`.
    """
    right = "promise.void" if has_right(actor, "promise.void") else SETTLE
    ticket, promise = access.lock(promise_id, actor=actor, right=right)
    at = max(at, ticket.last_event_at)
    rules.require_open(promise, now=at)
    if _is_fresh(promise, actor, at):
        reason = reason.strip()[:500]
    else:
        _require_supervisor(promise, actor)
        reason = require_reason(reason)
    changes.end(
        ticket,
        promise,
        changes.Ending(Kind.VOIDED, at, reason=reason),
        actor=actor,
        at=at,
    )
    return promise


def _require_giver(promise: Promise, actor: Actor) -> None:
    if promise.owner_id == actor.id and actor.is_staff:
        return
    if promise.owner_id is None and access.is_own(promise, actor):
        return
    if not access.may_act_for(promise.team, actor):
        raise Forbidden(HAND_OVER)


def _is_fresh(promise: Promise, actor: Actor, at: datetime) -> bool:
    mine = actor.is_staff and promise.made_by_id == actor.id
    return mine and at - promise.made_at <= rules.VOID_WITHIN


def _require_supervisor(promise: Promise, actor: Actor) -> None:
    if has_right(actor, "promise.void") and access.may_act_for(promise.team, actor):
        return
    if actor.is_staff and promise.made_by_id == actor.id:
        raise Refused(
            _("You can undo this within 10 minutes. Ask a supervisor to make it void."),
            code="too_late",
        )
    raise Forbidden("promise.void")


def _save(promise: Promise, *fields: str, at: datetime) -> None:
    changes.raise_version(promise, at=at)
    promise.save(update_fields=["version", "version_at", *fields])
