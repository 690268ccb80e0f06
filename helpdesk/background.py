"""The work behind the screens: what has come to a stop, signs of life, and trying again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

import intake.services
import outbox.services
import timers.services
from accounts.access import require_right
from core import claim, events
from core.actor import Actor
from core.errors import NotFound
from core.models import Announcement, Event, Heartbeat
from core.notify import notify
from helpdesk import heartbeat
from helpdesk.events import Kind
from intake.models import InboundMail
from outbox.models import OutboxMessage
from tickets.access import visible_to
from timers.models import Job, Timer

RIGHT = "background.manage"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class DeadTimer:
    """A timer given up: what was to happen, since when, and what went wrong."""

    id: int
    kind: str
    subject_id: int
    due_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class DeadMail:
    """A mail given up. `recipients` and `ticket` only for those who may know them."""

    id: int
    created_at: datetime
    recipients: str
    ticket_number: int | None
    error: str
    is_too_late: bool


@dataclass(frozen=True, slots=True)
class SetAside:
    """An Event that some consumer could not digest."""

    event_id: int
    kind: str
    at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A mail that could not be read. `sender` only for those who may know it."""

    id: int
    received_at: datetime
    sender: str
    size: int
    reason: str


@dataclass(frozen=True, slots=True)
class Beat:
    """When a process was last seen; `is_silent` after a minute."""

    name: str
    at: datetime
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What a recurring check found amiss at its last run."""

    name: str
    at: datetime
    found: int


@dataclass(frozen=True, slots=True)
class Page:
    """What the background page shows; each list holds at most fifty."""

    timers: list[DeadTimer]
    mails: list[DeadMail]
    announcements: list[SetAside]
    quarantine: list[Quarantined]
    beats: list[Beat]
    down_times: list[heartbeat.DownTime]
    findings: list[Finding]

    @property
    def is_quiet(self) -> bool:
        return not (self.timers or self.mails or self.announcements or self.quarantine)


def page(actor: Actor, *, may_manage: bool) -> Page:
    """The page as the actor may see it: addresses and tickets are not for everybody."""
    now = claim.instant()
    return Page(
        timers=_dead_timers(),
        mails=_dead_mails(actor, now, may_manage=may_manage),
        announcements=_set_aside(),
        quarantine=_quarantine(may_manage=may_manage),
        beats=_beats(now),
        down_times=heartbeat.down_times(),
        findings=_findings(),
    )


def _dead_timers() -> list[DeadTimer]:
    rows = Timer.objects.filter(state=Timer.State.DEAD).order_by("-id")[:SHOWN]
    return [DeadTimer(row.pk, row.kind, row.subject_id, row.due_at, row.last_error) for row in rows]


def _dead_mails(actor: Actor, now: datetime, *, may_manage: bool) -> list[DeadMail]:
    dead = OutboxMessage.objects.filter(state=OutboxMessage.State.DEAD).order_by("-id")
    # Not the payload: it holds whole mails.
    rows = dead.values_list(
        "id", "created_at", "payload__recipients", "ticket_id", "last_error", "not_after"
    )[:SHOWN]
    seen = visible_to(actor).filter(pk__in=[row[3] for row in rows if row[3]])
    numbers = dict(seen.values_list("pk", "number"))
    return [
        DeadMail(
            id=key,
            created_at=created_at,
            recipients=", ".join(recipients or []) if may_manage else "",
            ticket_number=numbers.get(ticket_id or 0),
            error=error if may_manage else "",
            is_too_late=not_after is not None and not_after < now,
        )
        for key, created_at, recipients, ticket_id, error, not_after in rows
    ]


def _aside() -> QuerySet[Announcement]:
    # Their time is PostgreSQL's infinity, which lies beyond any year of ours.
    return Announcement.objects.filter(next_at__year__gte=2200)


def _set_aside() -> list[SetAside]:
    rows = list(_aside().order_by("-event_id")[:SHOWN])
    known = Event.objects.in_bulk([row.event_id for row in rows])
    return [
        SetAside(row.event_id, known[row.event_id].kind, known[row.event_id].at, row.last_error)
        for row in rows
    ]


def _quarantine(*, may_manage: bool) -> list[Quarantined]:
    rows = InboundMail.objects.filter(state=InboundMail.State.QUARANTINE).order_by("-id")[:SHOWN]
    return [
        Quarantined(
            id=row.pk,
            received_at=row.received_at,
            sender=row.from_address if may_manage else "",
            size=row.size,
            reason=row.reason.removeprefix("quarantined: "),
        )
        for row in rows
    ]


def _beats(now: datetime) -> list[Beat]:
    rows = Heartbeat.objects.filter(beat_at__gt=now - heartbeat.SHOWN_FOR).order_by("name")
    return [Beat(row.name, row.beat_at, now - row.beat_at > heartbeat.SILENT_AFTER) for row in rows]


def _findings() -> list[Finding]:
    rows = Job.objects.filter(found__gt=0, last_run_at__isnull=False).order_by("name")
    return [Finding(row.name, row.last_run_at, row.found) for row in rows if row.last_run_at]


# ---- trying again


def retry_timer(timer_id: int, *, actor: Actor, at: datetime) -> None:
    """As `timers.services.retry`, for those with the right `background.manage`."""
    require_right(actor, RIGHT)
    timers.services.retry(timer_id, actor=actor, at=at)


def retry_mail(message_id: int, *, actor: Actor, at: datetime) -> None:
    """As `outbox.services.retry`, for those with the right `background.manage`."""
    require_right(actor, RIGHT)
    outbox.services.retry(message_id, actor=actor, at=at)


def retry_inbound(mail_id: int, *, actor: Actor, at: datetime) -> None:
    """As `intake.services.retry`, for those with the right `background.manage`."""
    require_right(actor, RIGHT)
    intake.services.retry(mail_id, actor=actor, at=at)


@transaction.atomic
def retry_announcement(event_id: int, *, actor: Actor, at: datetime) -> None:
    """An Event set aside is announced again to those who have not heard of it.

    Forbidden without the right `background.manage`; NotFound unless it is set aside.
    """
    require_right(actor, RIGHT)
    changed = _aside().filter(event_id=event_id).update(next_at=Now(), attempts=0)
    if not changed:
        raise NotFound(f"announcement {event_id} set aside")
    events.record(
        Kind.ANNOUNCEMENT_RETRIED, subject_kind="event", subject_id=event_id, actor=actor, at=at
    )
    notify("events")


def quarantined_raw(mail_id: int, *, actor: Actor) -> InboundMail:
    """The stored mail, to be looked at as it came.

    Forbidden without the right `background.manage`; NotFound unless it is in quarantine.
    """
    require_right(actor, RIGHT)
    mail = InboundMail.objects.filter(pk=mail_id, state=InboundMail.State.QUARANTINE).first()
    if mail is None:
        raise NotFound(f"mail {mail_id} in quarantine")
    return mail
