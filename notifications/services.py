"""Notices: one per user and cause, updated in place, settled elsewhere, mailed where it matters."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import desk
from core.actor import Actor
from core.errors import NotFound
from core.notify import hint
from mailboxes.rendering import Addressee, Letter, render, sendable
from mailboxes.services import active
from notifications import rendering
from notifications.models import Notification
from outbox.services import put_mail


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody is told.

    `cause` is stable: what is told again of the same cause replaces what was told before. `kind`
    selects the sentence of `notifications.rendering`; `data` holds ids, codes and numbers.
    """

    kind: str
    cause: str
    event_id: int
    at: datetime
    ticket_id: int | None = None
    subject_kind: str = ""
    subject_id: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    is_task: bool = False
    is_urgent: bool = False


@transaction.atomic
def notify(user: User, notice: Notice) -> Notification | None:
    """The user is told, again if the cause is known; None if he has heard of something later."""
    told = {
        "kind": notice.kind,
        "event_id": notice.event_id,
        "at": notice.at,
        "ticket_id": notice.ticket_id,
        "subject_kind": notice.subject_kind,
        "subject_id": notice.subject_id,
        "data": dict(notice.data),
        "is_task": notice.is_task,
        "is_urgent": notice.is_urgent,
    }
    row, is_new = Notification.objects.get_or_create(user=user, cause=notice.cause, defaults=told)
    if not is_new:
        row = Notification.objects.select_for_update().get(pk=row.pk)
        if row.event_id >= notice.event_id:
            return None
        for name, value in told.items():
            setattr(row, name, value)
        row.read_at = row.settled_at = None
        row.save(update_fields=[*told, "read_at", "settled_at"])
    hint("notification", row.pk, notice.event_id, user_id=user.pk)
    return row


@transaction.atomic
def settle(
    subject_kind: str,
    subject_id: int,
    *,
    event_id: int,
    at: datetime,
    kinds: Collection[str] | None = None,
    user_id: int | None = None,
    tasks: bool = True,
) -> int:
    """What was told about the subject before this Event is withdrawn; how many notices that were.

    What a later Event told stands, also if this one is announced after it. With `kinds` only of
    these kinds, with `user_id` only this user's, without `tasks` none of those.
    """
    open_ones = Notification.objects.select_for_update().filter(
        subject_kind=subject_kind,
        subject_id=subject_id,
        settled_at__isnull=True,
        event_id__lt=event_id,
    )
    if not tasks:
        open_ones = open_ones.filter(is_task=False)
    if kinds is not None:
        open_ones = open_ones.filter(kind__in=kinds)
    if user_id is not None:
        open_ones = open_ones.filter(user_id=user_id)
    return _stamp(list(open_ones.order_by("pk")), "settled_at", at)


@transaction.atomic
def mark_read(ids: Sequence[int], *, actor: Actor, at: datetime) -> int:
    """The actor has read these notices of his; others are left alone."""
    unread = _unread(actor).filter(pk__in=[pk for pk in ids if 0 < pk < 2**63])
    return _stamp(list(unread), "read_at", at)


@transaction.atomic
def mark_all_read(*, actor: Actor, at: datetime) -> int:
    """The actor has read everything that was told until now."""
    return _stamp(list(_unread(actor).filter(at__lte=at)), "read_at", at)


def mail(
    row: Notification,
    *,
    key: str,
    lines: Sequence[str] = (),
    not_after: datetime | None = None,
) -> bool:
    """The notice also goes to its reader by mail, in his language.

    `lines` are added below the sentence. False if it had gone, or if no mailbox is in use or
    his address cannot be reached: the notice in the app stands in any case.
    """
    user = row.user
    try:
        sender = active()
    except NotFound:
        return False
    if not sendable(user.email):
        return False
    with reading_as(user):
        said = rendering.words(row, name_of=name_of)
        text = "\n\n".join(_paragraphs(row, said, lines))
    letter = Letter(
        sender=Addressee(sender.address, desk.current().name),
        to=[Addressee(user.email, user.name)],
        subject=said.title,
        message_id=_message_id(key, sender.address),
        at=row.at,
        text=text,
        automatic="auto-generated",
        language=user.locale,
    )
    return put_mail(
        key=key,
        raw=render(letter),
        sender=sender.address,
        recipients=[sendable(user.email)],
        mailbox_id=None,
        not_after=not_after,
    )


@contextmanager
def reading_as(user: User) -> Iterator[None]:
    """What is written inside is in the user's language and on his clock."""
    with translation.override(user.locale), timezone.override(ZoneInfo(user.zone)):
        yield


def name_of(user_id: int | None) -> str:
    """A colleague's name; empty for none."""
    names = User.objects.filter(pk=user_id or 0).values_list("name", flat=True)
    return names.first() or ""


def _unread(actor: Actor) -> QuerySet[Notification]:
    mine = Notification.objects.filter(user_id=actor.id if actor.is_staff and actor.id else 0)
    open_ones = mine.filter(read_at__isnull=True, settled_at__isnull=True)
    return open_ones.select_for_update().order_by("pk")


def _stamp(rows: Sequence[Notification], column: str, at: datetime) -> int:
    """Rows that the caller has locked; their readers' pages learn of it."""
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(**{column: at})
    for row in rows:
        hint("notification", row.pk, row.event_id, user_id=row.user_id)
    return len(rows)


def _paragraphs(row: Notification, said: rendering.Words, lines: Sequence[str]) -> list[str]:
    ticket = row.ticket
    about = [f"#{ticket.number} {ticket.subject}\n{_link(ticket.number)}"] if ticket else []
    return [f"{said.title}.", *said.details, *lines, *about, _("Helpdesk wrote this by itself.")]


def _link(number: int) -> str:
    base = desk.current().public_url or settings.PUBLIC_URL
    return f"{base.rstrip('/')}/t/{number}/"


def _message_id(key: str, address: str) -> str:
    """The same mail has the same id, however often it is written."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"n.{digest}@{address.rpartition('@')[2]}"
