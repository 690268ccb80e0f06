"""What a member of staff was told and is not settled: tasks first, then the newest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core.actor import Actor
from core.errors import Refused
from notifications.models import Notification
from notifications.rendering import words
from tickets.access import visible_to
from tickets.queries.directory import Directory, directory

PAGE = 40
TASKS = 50
TOASTS = 3
_ICONS = {
    "promise.overdue": "triangle-alert",
    "promise.still_overdue": "triangle-alert",
    "promise.missed": "triangle-alert",
    "ticket.assigned": "user-check",
    "ticket.replied": "message-square",
    "ticket.flagged": "flag",
    "ticket.delivery_failed": "mail-x",
    "background.stopped": "server",
}
_LATE = frozenset(
    {"promise.overdue", "promise.still_overdue", "promise.missed", "ticket.delivery_failed"}
)


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice in words. `state` colours it: late, promise or nothing."""

    id: int
    event_id: int
    title: str
    details: Sequence[str]
    icon: str
    state: str
    ticket_number: int | None
    ticket_subject: str
    at: datetime
    is_task: bool
    unread: bool


@dataclass(frozen=True, slots=True)
class Notices:
    """One page of the list; tasks stand on the first one only."""

    tasks: Sequence[NoticeLine]
    others: Sequence[NoticeLine]
    next_cursor: str
    is_first: bool

    @property
    def unread(self) -> int:
        return sum(line.unread for line in (*self.tasks, *self.others))


def notices(actor: Actor, *, after: str = "") -> Notices:
    """One page of what the person was told. Refused `bad_page` for a link we never gave out."""
    known = directory()
    others = told(actor).filter(is_task=False)
    if after:
        others = others.filter(_behind(after))
    page = list(others.order_by("-at", "-pk")[: PAGE + 1])
    tasks = told(actor).filter(is_task=True).order_by("-at", "-pk")
    return Notices(
        tasks=[] if after else list(lines(tasks[:TASKS], known)),
        others=list(lines(page[:PAGE], known)),
        next_cursor=_cursor(page[PAGE - 1]) if len(page) > PAGE else "",
        is_first=not after,
    )


def urgent_since(actor: Actor, event_id: int) -> list[NoticeLine]:
    """What cannot wait, is unread and newer than the Event `event_id`, the oldest first."""
    cannot_wait = Q(is_urgent=True) | Q(kind="promise.due")
    fresh = told(actor).filter(cannot_wait, read_at__isnull=True, event_id__gt=event_id)
    return list(lines(reversed(fresh.order_by("-event_id")[:TOASTS]), directory()))


def told(actor: Actor) -> QuerySet[Notification]:
    """The person's notices that are not settled, of tickets that he may see."""
    seen = Q(ticket__isnull=True) | Q(ticket__in=visible_to(actor))
    mine = Notification.objects.filter(seen, user_id=actor.id or 0, settled_at__isnull=True)
    return mine.select_related("ticket")


def lines(rows: Iterable[Notification], known: Directory) -> Iterable[NoticeLine]:
    """The notices in words."""
    for row in rows:
        said = words(row, name_of=known.name_of)
        yield NoticeLine(
            id=row.pk,
            event_id=row.event_id,
            title=said.title,
            details=said.details,
            icon=_ICONS.get(row.kind, "handshake"),
            state="late" if row.kind in _LATE else _quiet_state(row.kind),
            ticket_number=row.ticket.number if row.ticket else None,
            ticket_subject=row.ticket.subject if row.ticket else "",
            at=row.at,
            is_task=row.is_task,
            unread=row.read_at is None,
        )


def _quiet_state(kind: str) -> str:
    return "promise" if kind.startswith("promise.") else ""


def _cursor(row: Notification) -> str:
    return f"{row.at.astimezone(UTC):%Y%m%dT%H%M%S%f}.{row.pk}"


def _behind(cursor: str) -> Q:
    stamp, _dot, number = cursor.partition(".")
    try:
        at, pk = datetime.strptime(stamp, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC), int(number)
    except ValueError:
        raise Refused(
            _("This link to a further page is not valid. Begin with the first page."),
            code="bad_page",
            field="after",
        ) from None
    return Q(at__lt=at) | Q(at=at, pk__lt=min(pk, 2**63 - 1))
