"""What must leave, leaves: at least once, under a stable key, with the same bytes each time."""

import base64
import logging
import random
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core import claim, events
from core.actor import Actor
from core.errors import NotFound, Refused
from core.notify import notify
from mailboxes.models import Mailbox
from outbox import transports
from outbox.events import Kind
from outbox.models import OutboxMessage

log = logging.getLogger(__name__)

SYSTEM_LANE = "system"
DEAD_AFTER = 10
CLAIM = 10
LEASES_PER_LANE = 2
DELIVER_TIME_S = 15.0
BACK_OFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# Two claimers at once would each see the same free places in a lane.
_CLAIM_LOCK = 7306
_READY = """
    WITH held AS (
        SELECT lane, count(*) AS n FROM outbox_outboxmessage
        WHERE state = 'pending' AND lease_until >= statement_timestamp() GROUP BY lane
    ), ready AS (
        SELECT id, lane, next_at,
               row_number() OVER (PARTITION BY lane ORDER BY next_at, id) AS place
        FROM outbox_outboxmessage
        WHERE state = 'pending' AND next_at <= statement_timestamp()
          AND (lease_until IS NULL OR lease_until < statement_timestamp())
    )
    SELECT ready.id FROM ready LEFT JOIN held USING (lane)
    WHERE ready.place + coalesce(held.n, 0) <= %s ORDER BY ready.next_at, ready.id LIMIT %s
"""
_jitter = random.SystemRandom()


def put_mail(
    *,
    key: str,
    raw: bytes,
    sender: str,
    recipients: Sequence[str],
    mailbox_id: int | None,
    ticket_id: int | None = None,
    not_after: datetime | None = None,
    next_at: datetime | None = None,
    blank_after_sending: bool = False,
) -> bool:
    """The mail will leave once the caller's transaction commits; False if its key is known.

    `raw` is sent as it is; `recipients` are the envelope's, bare addresses. Without a mailbox
    it leaves by the first active one. After `not_after` it is no longer sent; before `next_at`
    not yet. `blank_after_sending` is for mails with a one-time link.
    """
    if not recipients or any("\r" in one or "\n" in one for one in (sender, *recipients)):
        raise ValueError("a mail needs recipients, and no address holds a line break")
    payload: dict[str, object] = {
        "raw": base64.b64encode(raw).decode("ascii"),
        "sender": sender,
        "recipients": list(recipients),
    }
    if blank_after_sending:
        payload["blank_after_sending"] = True
    _message, is_new = OutboxMessage.objects.get_or_create(
        idem_key=key,
        defaults={
            "channel": OutboxMessage.Channel.EMAIL,
            "lane": SYSTEM_LANE if mailbox_id is None else f"mailbox:{mailbox_id}",
            "payload": payload,
            "ticket_id": ticket_id,
            "not_after": not_after,
            **({"next_at": next_at} if next_at else {}),
        },
    )
    if is_new:
        notify("outbox")
    return is_new


@transaction.atomic
def cancel(key: str) -> bool:
    """The mail will not leave; False if it has left, is leaving now or is not known."""
    waiting = OutboxMessage.objects.filter(
        claim.without_lease(), idem_key=key, state=OutboxMessage.State.PENDING
    )
    return any(_call_off(message) for message in claim.locked(waiting, limit=1))


@transaction.atomic
def retry(message_id: int, *, actor: Actor, at: datetime) -> OutboxMessage:
    """A dead mail is tried again from the start.

    NotFound unless it is dead; Refused `too_late` if it may no longer be sent.
    """
    dead = OutboxMessage.objects.filter(pk=message_id, state=OutboxMessage.State.DEAD)
    message = dead.select_for_update().first()
    if message is None:
        raise NotFound(f"dead message {message_id}")
    if message.not_after is not None and message.not_after < claim.instant():
        raise Refused(_("The time for sending this mail has passed."), code="too_late")
    dead.update(state=OutboxMessage.State.PENDING, attempts=0, next_at=Now())
    _record(Kind.RETRIED, message, actor=actor, at=at)
    notify("outbox")
    message.refresh_from_db()
    return message


def deliver() -> int:
    """What is ready has been sent or set aside for later; how many messages were dealt with.

    Call it outside of transactions: nothing is locked while a mail server answers. May run in
    any number of processes at once.
    """
    end = time.monotonic() + DELIVER_TIME_S
    dealt_with = 0
    while time.monotonic() < end:
        token, messages = _claim()
        if not messages:
            break
        for message in messages:
            if time.monotonic() < end and _renew(message, token):
                _deliver_one(message, token)
                dealt_with += 1
            else:
                _give_back(message, token)
    return dealt_with


def _claim() -> tuple[uuid.UUID, list[OutboxMessage]]:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIM_LOCK])
            cursor.execute(_READY, [LEASES_PER_LANE, CLAIM])
            keys = [row[0] for row in cursor.fetchall()]
        free = OutboxMessage.objects.filter(
            claim.without_lease(), pk__in=keys, state=OutboxMessage.State.PENDING
        ).order_by("next_at", "id")
        return claim.mark_leased(free, limit=CLAIM)


def _mine(message: OutboxMessage, token: uuid.UUID) -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(
        pk=message.pk, lease_token=token, state=OutboxMessage.State.PENDING
    )


def _renew(message: OutboxMessage, token: uuid.UUID) -> bool:
    return _mine(message, token).update(lease_until=claim.LeaseEnd()) == 1


def _give_back(message: OutboxMessage, token: uuid.UUID) -> None:
    _mine(message, token).update(lease_token=None, lease_until=None, attempts=F("attempts") - 1)


def _deliver_one(message: OutboxMessage, token: uuid.UUID) -> None:
    if message.not_after is not None and message.not_after < claim.instant():
        _settle_expired(message, token)
        return
    try:
        receipt = transports.send(_envelope(message), _mailbox(message))
    except transports.NotSent as failure:
        _settle_failed(message, token, failure)
        return
    _settle_sent(message, token, receipt)


def _envelope(message: OutboxMessage) -> transports.Envelope:
    payload = message.payload
    return transports.Envelope(
        key=message.idem_key,
        raw=base64.b64decode(payload["raw"]),
        sender=payload["sender"],
        recipients=payload["recipients"],
    )


def _mailbox(message: OutboxMessage) -> Mailbox | None:
    if message.lane == SYSTEM_LANE:
        return Mailbox.objects.filter(is_active=True).order_by("pk").first()
    return Mailbox.objects.filter(pk=int(message.lane.partition(":")[2])).first()


# ---- settling: under the lease's token, so that a worker whose lease ran out changes nothing


@transaction.atomic
def _settle_sent(message: OutboxMessage, token: uuid.UUID, receipt: transports.Receipt) -> None:
    if receipt.refused_now:
        reason = "Refused for now: " + ", ".join(receipt.refused_now)
        payload = {**message.payload, "recipients": receipt.refused_now}
        if _mine(message, token).update(payload=payload):
            failure = transports.NotSent(reason, permanent=False, status=receipt.status)
            _settle_failed(message, token, failure)
    else:
        done = _mine(message, token).update(
            state=OutboxMessage.State.SENT,
            transport=receipt.transport,
            sent_at=Now(),
            lease_token=None,
            lease_until=None,
            last_status=receipt.status,
            last_error="Refused: " * bool(receipt.refused_for_good)
            + ", ".join(receipt.refused_for_good),
            payload=_without_secrets(message),
        )
        if not done:
            _lease_lost(message)
            return
    if receipt.refused_for_good:
        _record_now(Kind.REFUSED, message, code=receipt.status)


@transaction.atomic
def _settle_failed(message: OutboxMessage, token: uuid.UUID, failure: transports.NotSent) -> None:
    dead = failure.permanent or message.attempts >= DEAD_AFTER
    changed = _mine(message, token).update(
        state=OutboxMessage.State.DEAD if dead else OutboxMessage.State.PENDING,
        next_at=claim.instant() + _pause(message.attempts),
        lease_token=None,
        lease_until=None,
        last_status=failure.status,
        last_error=str(failure).replace("\0", "")[:500],
    )
    if not changed:
        _lease_lost(message)
    elif dead:
        _record_now(Kind.DEAD, message, code=failure.status)


@transaction.atomic
def _settle_expired(message: OutboxMessage, token: uuid.UUID) -> None:
    if _mine(message, token).exists() and _call_off(message):
        _record_now(Kind.EXPIRED, message)


def _call_off(message: OutboxMessage) -> bool:
    changed = OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.PENDING).update(
        state=OutboxMessage.State.CANCELLED,
        lease_token=None,
        lease_until=None,
        payload=_without_secrets(message),
    )
    return changed == 1


def _without_secrets(message: OutboxMessage) -> dict[str, object]:
    payload: dict[str, object] = dict(message.payload)
    if payload.get("blank_after_sending"):
        payload["raw"] = ""
    return payload


def _pause(attempts: int) -> timedelta:
    step = BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1]
    return step * _jitter.uniform(0.9, 1.1)


def _lease_lost(message: OutboxMessage) -> None:
    log.warning("lease_lost: %s may have been sent twice", message.idem_key)
    _record_now(Kind.LEASE_LOST, message)


def _record_now(kind: Kind, message: OutboxMessage, **facts: int | None) -> None:
    _record(kind, message, actor=Actor.system(), at=claim.instant(), **facts)


def _record(
    kind: Kind, message: OutboxMessage, *, actor: Actor, at: datetime, **facts: int | None
) -> None:
    events.record(
        kind,
        subject_kind="outbox_message",
        subject_id=message.pk,
        ticket_id=message.ticket_id,
        actor=actor,
        at=at,
        data={"attempts": message.attempts, **facts},
    )
