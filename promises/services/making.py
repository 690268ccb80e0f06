"""Promises come into being: the first one, and the one that follows another."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core.actor import Actor
from core.errors import Forbidden, Refused
from promises import access, rules
from promises.events import Kind
from promises.models import Promise
from promises.services import changes, contacts
from promises.services.drafts import Checked, Draft, check
from tickets import access as tickets_access
from tickets.models import Message, Ticket

State = Promise.State
MovedBy = Promise.MovedBy


@transaction.atomic
def make(
    ticket_id: int,
    *,
    draft: Draft,
    actor: Actor,
    at: datetime,
    made_with_message_id: int | None = None,
) -> Promise:
    """The customer is promised a contact, and its reminders are planned.

    With `made_with_message_id` that reply carries the confirmation and no second mail is sent.
    Raises NotFound or Forbidden as `access.lock` does; Refused `no_consent` or `ticket_solved`
    (neither for a check-back), `closed`, or a code of `drafts.check`.
    """
    ticket = tickets_access.lock(ticket_id, actor=actor, right="promise.make")
    at = max(at, ticket.last_event_at)
    if actor.id is None or not actor.is_staff:
        raise Forbidden("promise.make")
    _require_promisable(ticket, is_check_back=draft.is_check_back)
    if not draft.is_check_back:
        _require_consent(draft)
    message = contacts.message_on(ticket, made_with_message_id) if made_with_message_id else None
    checked = check(draft, ticket=ticket, actor=actor, at=at)
    return create(ticket, checked, made_by_id=actor.id, actor=actor, at=at, made_with=message)


@transaction.atomic
def renegotiate(
    promise_id: int,
    *,
    draft: Draft,
    actor: Actor,
    at: datetime,
    message_id: int | None = None,
    moved_by: str = MovedBy.AGENT,
    made_with_message_id: int | None = None,
) -> Promise:
    """Another time is agreed with the customer; answers the promise that stands now.

    Agreed by the contact `message_id` at or before the old time the old promise is renegotiated,
    after it kept late (P-1). What the draft leaves empty (topic, owner, team) stays as it was. A
    customer who moves it himself needs no contact. The third renegotiation in a chain that we
    asked for is for the lead to know. Refused `already_ended`, `no_consent`, `no_contact`, or a
    code of `drafts.check`.
    """
    right = "promise.move" if actor.is_customer else "promise.settle"
    ticket, promise = access.lock(promise_id, actor=actor, right=right)
    at = max(at, ticket.last_event_at)
    access.require_own(promise, actor, right=right)
    rules.require_open(promise, now=at)
    message = _agreement(ticket, promise, draft, message_id, actor)
    _require_promisable(ticket, is_check_back=promise.is_check_back)
    checked = check(completed(draft, promise), ticket=ticket, actor=actor, at=at)
    agreed_at = message.at if message else at
    in_time = agreed_at <= promise.until_at
    promise.moved_by = MovedBy.CUSTOMER if actor.is_customer else moved_by
    changes.end(
        ticket,
        promise,
        changes.Ending(Kind.RENEGOTIATED if in_time else Kind.KEPT_LATE, agreed_at, message),
        actor=actor,
        at=at,
        data={"moved_by": promise.moved_by, "times": _times_moved(promise)},
    )
    made_with = contacts.message_on(ticket, made_with_message_id) if made_with_message_id else None
    return create(
        ticket,
        checked,
        made_by_id=(actor.id if actor.is_staff else None) or promise.made_by_id,
        actor=actor,
        at=at,
        made_with=made_with,
        follows=promise,
    )


def create(
    ticket: Ticket,
    checked: Checked,
    *,
    made_by_id: int,
    actor: Actor,
    at: datetime,
    made_with: Message | None = None,
    follows: Promise | None = None,
) -> Promise:
    """The promise stands, is planned and recorded. The caller holds the ticket's lock."""
    window, draft = checked.window, checked.draft
    promise = Promise.objects.create(
        ticket=ticket,
        person_id=ticket.requester_id,
        topic=checked.topic,
        channel=checked.channel,
        shape=window.shape,
        zone=window.zone,
        zone_assumed=checked.zone_assumed,
        from_wall=window.from_wall,
        until_wall=window.until_wall,
        from_at=window.from_at,
        until_at=window.until_at,
        owner=checked.owner,
        team=checked.team,
        made_by_id=made_by_id,
        made_at=at,
        version_at=at,
        consent=draft.consent,
        customer_requested_time=draft.customer_requested_time,
        owner_confirmed_off_hours=checked.off_hours_confirmed,
        is_check_back=draft.is_check_back,
        made_with_message=made_with,
        renegotiation_of=follows,
        chain_first_id=(follows.chain_first_id or follows.pk) if follows else None,
    )
    changes.plan(promise, now=at, roster=checked.roster)
    changes.refresh(ticket)
    facts: dict[str, object] = {
        "shape": promise.shape,
        "channel": promise.channel,
        "from_at": promise.from_at.isoformat(),
        "until_at": promise.until_at.isoformat(),
        "follows": follows.pk if follows else None,
        "made_with_message_id": made_with.pk if made_with else None,
        "lead_confirmed": checked.lead_confirmed,
    }
    changes.record(ticket, promise, Kind.MADE, actor=actor, at=at, data=facts)
    return promise


def _require_promisable(ticket: Ticket, *, is_check_back: bool) -> None:
    """A solved ticket takes only a check-back, a closed one nothing."""
    if ticket.status == Ticket.Status.CLOSED:
        raise Refused(_("This ticket is closed. Open a follow-up instead."), code="closed")
    if ticket.status == Ticket.Status.SOLVED and not is_check_back:
        raise Refused(
            _("This ticket is solved. Reopen it first, or promise a check-back."),
            code="ticket_solved",
        )


def _require_consent(draft: Draft) -> None:
    if not draft.consent:
        raise Refused(
            _("Ask the customer whether this time suits, then tick that he agreed."),
            code="no_consent",
            field="consent",
        )


def _agreement(
    ticket: Ticket, promise: Promise, draft: Draft, message_id: int | None, actor: Actor
) -> Message | None:
    """The contact in which the customer agreed; none if he moves it himself."""
    if actor.is_customer:
        return None
    _require_consent(draft)
    if message_id is None:
        raise Refused(
            _("Talk to the customer first, then choose the call or message in which he agreed."),
            code="no_contact",
            field="contact",
        )
    message = contacts.message_on(ticket, message_id)
    contacts.require_agreed_in(promise, message)
    return message


def completed(draft: Draft, promise: Promise) -> Draft:
    """The draft of what follows the promise: what it leaves empty stays as it was."""
    unnamed = draft.owner_id is None and draft.team_id is None
    return replace(
        draft,
        topic=draft.topic or promise.topic,
        zone=draft.zone or promise.zone,
        owner_id=promise.owner_id if unnamed else draft.owner_id,
        team_id=promise.team_id if unnamed else draft.team_id,
        is_check_back=promise.is_check_back,
    )


def _times_moved(promise: Promise) -> int:
    """How often we have asked for another time in this chain, this once included."""
    first = promise.chain_first_id or promise.pk
    chain = Promise.objects.filter(pk=first) | Promise.objects.filter(chain_first_id=first)
    before = chain.filter(state=State.RENEGOTIATED, moved_by=MovedBy.AGENT).exclude(pk=promise.pk)
    return before.count() + (promise.moved_by == MovedBy.AGENT)
