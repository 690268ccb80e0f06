"""Solving never drops a promise: each open one is decided first (P-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from core.actor import Actor
from core.errors import NotFound, Refused
from promises.models import Promise
from promises.services import contacts
from promises.services.amending import turn_check_back
from promises.services.settling import cancel_by_customer, keep, supersede
from tickets.models import Ticket

Verdict = Literal["kept", "superseded", "cancelled", "check_back"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one open promise when its ticket is solved.

    `message_id` is the contact that settled it; without one "kept" takes our newest contact
    since the promise was made.
    """

    promise_id: int
    verdict: Verdict
    message_id: int | None = None
    channel_accepted: bool = False


def decide_all(
    ticket: Ticket, decisions: Sequence[Decision], *, actor: Actor, at: datetime
) -> None:
    """Each decision is carried out; the caller holds the ticket's lock.

    NotFound for a promise of another ticket; Refused as the verbs behind the verdicts do.
    """
    ours = set(Promise.objects.filter(ticket=ticket).values_list("pk", flat=True))
    for decision in decisions:
        if decision.promise_id not in ours:
            raise NotFound(f"promise {decision.promise_id}")
        _decide(decision, actor=actor, at=at)
    ticket.refresh_from_db()


def require_all_decided(ticket: Ticket) -> None:
    """Refused `open_promise` while one other than a check-back is open."""
    undecided = list(Promise.objects.open().filter(ticket=ticket, is_check_back=False))
    if undecided:
        raise Refused(
            _("A promise is still open. Say first what becomes of it."),
            code="open_promise",
            facts={"promise_ids": [promise.pk for promise in undecided]},
        )


def open_check_back(ticket: Ticket) -> Promise | None:
    """The check-back that still delays closing, the last one to end."""
    waiting = Promise.objects.open().filter(ticket=ticket, is_check_back=True)
    return waiting.order_by("-until_at", "-id").first()


def _decide(decision: Decision, *, actor: Actor, at: datetime) -> None:
    promise_id, message_id = decision.promise_id, decision.message_id
    if decision.verdict == "check_back":
        turn_check_back(promise_id, actor=actor, at=at)
    elif decision.verdict == "superseded":
        supersede(promise_id, message_id=message_id, actor=actor, at=at)
    elif decision.verdict == "cancelled":
        cancel_by_customer(promise_id, message_id=message_id, actor=actor, at=at)
    else:
        keep(
            promise_id,
            message_id=message_id or _newest_contact(promise_id),
            channel_accepted=decision.channel_accepted,
            actor=actor,
            at=at,
        )


def _newest_contact(promise_id: int) -> int:
    message = contacts.latest(Promise.objects.get(pk=promise_id))
    if message is None:
        raise Refused(
            _("There was no contact since this was promised. Log the call that kept it."),
            code="no_contact",
            field="contact",
        )
    return message.pk
