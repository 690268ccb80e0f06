"""Stored mail becomes a ticket or a message, by whichever process gets to it; failures are counted.

Source: reliability 2.3 "Take in mail", email 13.
"""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

import core.clock
from accounts.access import require_right
from core import claim, events
from core.actor import Actor
from core.errors import NotFound
from core.notify import notify
from intake.events import Kind
from intake.mail.child import ParserChild, ParserDied
from intake.mail.records import ParsedMail, Unreadable
from intake.models import InboundMail
from intake.services import deciding
from intake.services.deciding import Verdict
from tickets.services import files as stored_files
from tickets.services.records import StoredFile

log = logging.getLogger(__name__)

TRIES = 3
_PAUSE = timedelta(seconds=10)
_STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of a mail, what was read from it, and whether it was settled just here."""

    mail: InboundMail
    parsed: ParsedMail
    here: bool


def process_pending(limit: int = 20) -> int:
    """Mails that wait have been read, the oldest first; how many. One parser serves them all."""
    done = 0
    with ParserChild() as parser:
        while done < limit:
            token, rows = claim.lease(_waiting(), limit=1)
            if not rows:
                break
            _try(rows[0], token, parser, limits=True)
            done += 1
    return done


def process(
    mail_id: int, *, parser: ParserChild, token: uuid.UUID | None = None, limits: bool = True
) -> Processed:
    """This mail is settled: done or in quarantine. For the command, which waits for the answer.

    `token` is the lease it was taken in under. Whoever else is at it is left in peace and waited
    for, as long as his lease may last; then the parsed mail is only for the answer.
    """
    parsed: ParsedMail | None = None
    for _attempt in range(TRIES):
        mine = Q(lease_token=token) if token else Q()
        free = _pending().filter(claim.without_lease() | mine, pk=mail_id)
        token, rows = claim.lease(free, limit=1)
        if not rows:
            break
        parsed = _try(rows[0], token, parser, limits=limits)
    mail = _settled(mail_id)
    if parsed is None:
        return Processed(mail, _read_for_answer(mail, parser), here=False)
    return Processed(mail, parsed, here=True)


@transaction.atomic
def retry(mail_id: int, *, actor: Actor, at: datetime) -> InboundMail:
    """A mail in quarantine is read again from the start. NotFound unless it is there."""
    require_right(actor, "background.manage")
    rows = InboundMail.objects.select_for_update().filter(state=InboundMail.State.QUARANTINE)
    mail = rows.filter(pk=mail_id).first()
    if mail is None:
        raise NotFound(f"mail {mail_id} in quarantine")
    mail.state = InboundMail.State.PENDING
    mail.attempts = 0
    mail.lease_token = mail.lease_until = None
    mail.save(update_fields=["state", "attempts", "lease_token", "lease_until"])
    _record(Kind.RETRIED, mail, actor=actor, at=at)
    notify("inbox")
    return mail


def _pending() -> QuerySet[InboundMail]:
    return InboundMail.objects.filter(state=InboundMail.State.PENDING).order_by("pk")


def _waiting() -> QuerySet[InboundMail]:
    return _pending().filter(claim.without_lease())


def _settled(mail_id: int) -> InboundMail:
    """The mail, as soon as whoever is reading it has finished or must have died."""
    end = time.monotonic() + claim.LEASE.total_seconds()
    while True:
        mail = InboundMail.objects.get(pk=mail_id)
        if mail.state != InboundMail.State.PENDING or time.monotonic() > end:
            return mail
        time.sleep(_STEP_S)


def _read_for_answer(mail: InboundMail, parser: ParserChild) -> ParsedMail:
    try:
        parsed = _read(mail, parser)
    except (ParserDied, OSError):
        return ParsedMail()
    return ParsedMail() if isinstance(parsed, Unreadable) else parsed


def _try(mail: InboundMail, token: uuid.UUID, parser: ParserChild, *, limits: bool) -> ParsedMail:
    """One attempt, counted beforehand: a mail that kills its process ends in quarantine too."""
    if mail.attempts > TRIES:
        _quarantine(mail, token, _("reading it failed %(n)d times") % {"n": TRIES})
        return ParsedMail()
    try:
        parsed = _read(mail, parser)
    except (ParserDied, OSError) as error:
        _failed(mail, token, str(error))
        return ParsedMail()
    if isinstance(parsed, Unreadable):
        _quarantine(mail, token, parsed.reason)
        return ParsedMail()
    try:
        _settle(mail, token, parsed, limits=limits)
    except Exception as error:
        log.exception("mail %s could not be taken in", mail.pk)
        _failed(mail, token, f"{type(error).__name__}: {error}")
    return parsed


def _read(mail: InboundMail, parser: ParserChild) -> ParsedMail | Unreadable:
    with default_storage.open(mail.raw_path) as stored:
        return parser.parse(stored.read())


def _settle(mail: InboundMail, token: uuid.UUID, parsed: ParsedMail, *, limits: bool) -> None:
    """Ticket, message, Events and the row's end in one transaction, under the lease's token."""
    files = _store_files(parsed)
    with transaction.atomic():
        row = InboundMail.objects.select_for_update().filter(
            pk=mail.pk, lease_token=token, state=InboundMail.State.PENDING
        )
        held = row.first()
        if held is None:
            log.warning("lease_lost: mail %s is being read by somebody else", mail.pk)
            return
        held.from_address = parsed.from_email[:254]
        verdict = deciding.decide(held, parsed, files, at=core.clock.now(), limits=limits)
        _end(held, verdict)


def _store_files(parsed: ParsedMail) -> list[StoredFile]:
    return [
        stored_files.store_bytes(
            file.content,
            name=file.name,
            declared_type=file.content_type,
            inline=file.inline,
            content_id=file.content_id,
        )
        for file in parsed.attachments
    ]


def _end(mail: InboundMail, verdict: Verdict) -> None:
    quarantined = verdict.status == deciding.QUARANTINED
    mail.state = InboundMail.State.QUARANTINE if quarantined else InboundMail.State.DONE
    mail.outcome = "rejected" if quarantined else verdict.status
    mail.reason = _quarantined(verdict.reason) if quarantined else verdict.reason
    mail.ticket_id = verdict.ticket_id
    mail.message_id = verdict.message_id
    mail.same_as_id = verdict.same_as_id
    mail.lease_token = mail.lease_until = None
    mail.save()
    if quarantined:
        _record(Kind.QUARANTINED, mail, actor=Actor.system(), at=core.clock.now())


@transaction.atomic
def _failed(mail: InboundMail, token: uuid.UUID, reason: str) -> None:
    if mail.attempts >= TRIES:
        _quarantine(mail, token, reason)
        return
    # The lease's end is the pause before the next attempt of a worker.
    InboundMail.objects.filter(pk=mail.pk, lease_token=token).update(
        lease_until=claim.instant() + _PAUSE, last_error=_storable(reason)
    )


@transaction.atomic
def _quarantine(mail: InboundMail, token: uuid.UUID, reason: str) -> None:
    changed = InboundMail.objects.filter(
        pk=mail.pk, lease_token=token, state=InboundMail.State.PENDING
    ).update(
        state=InboundMail.State.QUARANTINE,
        outcome="rejected",
        reason=_quarantined(_storable(reason)),
        last_error=_storable(reason),
        lease_token=None,
        lease_until=None,
    )
    if changed:
        _record(Kind.QUARANTINED, mail, actor=Actor.system(), at=core.clock.now())


def _quarantined(reason: str) -> str:
    return f"quarantined: {reason}"


def _storable(reason: str) -> str:
    return reason.replace("\0", "")[:500]


def _record(kind: Kind, mail: InboundMail, *, actor: Actor, at: datetime) -> None:
    events.record(
        kind,
        subject_kind="inbound_mail",
        subject_id=mail.pk,
        actor=actor,
        at=at,
        data={"attempts": mail.attempts},
    )
