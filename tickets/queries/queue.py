"""The queue: which tickets a view shows, in which order, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core.actor import Actor
from core.errors import Refused
from tickets.access import visible_to
from tickets.models import ReadMark, Ticket, TicketQuerySet
from tickets.models.ticket import FAR_FUTURE
from tickets.queries.counts import capped_count, counts
from tickets.queries.directory import Directory, directory
from tickets.queries.fixed_views import VIEWS, FixedView
from tickets.queries.groups import Group, grouped, heading

PAGE = 50
BEGINNING = datetime.min.replace(tzinfo=UTC)
DAY = timedelta(days=1)
SOON = timedelta(hours=1)
SORTS = ("due", "newest")
_COLUMNS = (
    "id",
    "number",
    "subject",
    "status",
    "priority",
    "requester_name",
    "organisation_name",
    "driver_label",
    "team_id",
    "assignee_id",
    "opened_at",
    "last_customer_message_at",
    "last_agent_message_at",
    "next_due_at",
    "next_promise_at",
    "solved_at",
    "closed_at",
    "customer_wrote_on_hold",
)
# A page is read section by section: what has a time or needs us, then what waits without a time.
_WAITING = Q(status__in=(Ticket.Status.PENDING, Ticket.Status.ON_HOLD), next_due_at__isnull=True)


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a view, each value already known to be allowed. None: everything."""

    team_slug: str = ""
    assignee_id: int | None = None
    nobody: bool = False
    statuses: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self != Filters()

    def condition(self) -> Q:
        """As a condition on tickets."""
        wanted = Q()
        if self.team_slug:
            wanted &= Q(team__slug=self.team_slug)
        if self.assignee_id is not None:
            wanted &= Q(assignee_id=self.assignee_id)
        if self.nobody:
            wanted &= Q(assignee__isnull=True)
        if self.statuses:
            wanted &= Q(status__in=self.statuses)
        if self.priorities:
            wanted &= Q(priority__in=self.priorities)
        if self.channels:
            wanted &= Q(channel__in=self.channels)
        return wanted


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind the ticket `id` of the section, whose order value is `at`."""

    section: str
    at: datetime
    id: int

    @property
    def due_at(self) -> datetime | None:
        return self.at if self.section == "due" and self.at < FAR_FUTURE else None

    @property
    def ended_at(self) -> datetime | None:
        return self.at if self.section in {"solved", "closed"} else None

    @property
    def is_waiting(self) -> bool:
        return self.section == "waiting"

    @property
    def is_closed(self) -> bool:
        return self.section == "closed"

    def __str__(self) -> str:
        return f"{self.section}.{self.at:%Y%m%dT%H%M%S%f}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Refused `bad_page` unless it is one that we gave out."""
        section, _dot, rest = text.partition(".")
        stamp, _dot, number = rest.partition(".")
        try:
            at = datetime.strptime(stamp, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
            cursor = cls(section, at, int(number))
        except ValueError:
            cursor = None
        if cursor is None or section not in SECTIONS or not 0 < cursor.id < 2**63:
            raise Refused(
                _("This link to a further page is not valid. Begin with the first page."),
                code="bad_page",
                field="after",
            )
        return cursor


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue, drawn from the ticket alone; `left` is the time until it is due.

    `unread`: the customer has written, and neither was it read here nor answered by anybody.
    """

    id: int
    number: int
    subject: str
    who: str
    at: datetime
    status: str
    priority: str
    due_at: datetime | None
    left: timedelta
    promise_at: datetime | None
    ended_at: datetime | None
    tag: str
    unread: bool
    wrote_on_hold: bool

    @property
    def is_waiting(self) -> bool:
        """Waits for somebody else, and no time of ours runs."""
        waits = self.status in (Ticket.Status.PENDING, Ticket.Status.ON_HOLD)
        return waits and self.due_at is None

    @property
    def is_closed(self) -> bool:
        return self.status == Ticket.Status.CLOSED

    @property
    def is_late(self) -> bool:
        return self.left < timedelta()

    @property
    def is_near(self) -> bool:
        """Less than a day away, so that the time left says more than the day."""
        return self.left < DAY

    @property
    def is_soon(self) -> bool:
        return self.left <= SOON

    @property
    def is_pressing(self) -> bool:
        return self.priority in (Ticket.Priority.HIGH, Ticket.Priority.URGENT)

    @property
    def priority_label(self) -> str:
        return str(Ticket.Priority(self.priority).label)

    @property
    def status_label(self) -> str:
        return str(Ticket.Status(self.status).label)


@dataclass(frozen=True)
class Queue:
    """One page of a view."""

    view: FixedView
    filters: Filters
    sort: str
    groups: Sequence[Group[Row]]
    after: Cursor | None
    next_cursor: Cursor | None
    count: int
    unassigned: int
    directory: Directory
    at: datetime

    @cached_property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    @cached_property
    def continued(self) -> str:
        """The heading under which the page before this one ended."""
        if self.after is None:
            return ""
        return heading(self.after, view=self.view, sort=self.sort, at=self.at)


@dataclass(frozen=True, slots=True)
class _Section:
    """A stretch of the order that one index serves."""

    name: str
    column: str
    condition: Q
    newest_first: bool = False

    def page(self, tickets: TicketQuerySet, cursor: Cursor | None, limit: int) -> list[Ticket]:
        """The next `limit` tickets of this section behind the cursor."""
        tickets = tickets.filter(self.condition)
        if self.column == "due_order":
            tickets = tickets.by_due()
        else:
            sign = "-" if self.newest_first else ""
            order = [] if self.column == "id" else [f"{sign}{self.column}"]
            tickets = tickets.order_by(*order, f"{sign}id")
        if cursor:
            tickets = tickets.filter(self._behind(cursor))
        return list(tickets.only(*_COLUMNS)[:limit])

    def _behind(self, cursor: Cursor) -> Q:
        side = "lt" if self.newest_first else "gt"
        behind_id = Q(**{f"id__{side}": cursor.id})
        if self.column == "id":
            return behind_id
        further = Q(**{f"{self.column}__{side}": cursor.at})
        return Q(**{f"{self.column}__{side}e": cursor.at}) & (further | behind_id)

    def cursor_at(self, ticket: Ticket) -> Cursor:
        """The cursor behind this ticket."""
        at = ticket.opened_at if self.column == "id" else getattr(ticket, self.column)
        return Cursor(self.name, at.astimezone(UTC), ticket.pk)


_DUE = _Section("due", "due_order", ~_WAITING)
_REST = _Section("waiting", "id", _WAITING)
_NEWEST = _Section("newest", "id", Q(), newest_first=True)
_SOLVED = _Section("solved", "solved_at", Q(status=Ticket.Status.SOLVED), newest_first=True)
_CLOSED = _Section("closed", "closed_at", Q(status=Ticket.Status.CLOSED), newest_first=True)
SECTIONS = {part.name: part for part in (_DUE, _REST, _NEWEST, _SOLVED, _CLOSED)}


def queue(
    view: FixedView,
    *,
    actor: Actor,
    at: datetime,
    filters: Filters,
    sort: str = "due",
    after: Cursor | None = None,
) -> Queue:
    """One page of the view as the actor may see it."""
    tickets = visible_to(actor).filter(view.condition(actor, at), filters.condition())
    found, next_cursor = _read(tickets, _sections(view, sort, filters), after)
    known = directory()
    rows = list(_rows(found, actor, known, at=at, show_owner="assignee" in view.filters))
    by_view = counts(actor, at=at)
    count = by_view.get(view.slug, 0)
    if filters:
        count = capped_count(tickets)
    return Queue(
        view=view,
        filters=filters,
        sort=sort,
        groups=grouped(rows, view=view, sort=sort, at=at, more=next_cursor is not None),
        after=after,
        next_cursor=next_cursor,
        count=count,
        unassigned=by_view[VIEWS["unassigned"].slug],
        directory=known,
        at=at,
    )


def _sections(view: FixedView, sort: str, filters: Filters) -> tuple[_Section, ...]:
    if view.is_done:
        wanted = filters.statuses or view.statuses
        return tuple(part for part in (_SOLVED, _CLOSED) if part.name in wanted)
    return (_NEWEST,) if sort == "newest" else (_DUE, _REST)


def _read(
    tickets: TicketQuerySet, sections: Sequence[_Section], after: Cursor | None
) -> tuple[list[Ticket], Cursor | None]:
    """A page and the cursor behind it, or no cursor if it is the last."""
    names = [section.name for section in sections]
    start = names.index(after.section) if after and after.section in names else 0
    found: list[Ticket] = []
    last: Cursor | None = None
    for section in sections[start:]:
        behind = after if after and after.section == section.name else None
        room = PAGE - len(found)
        page = section.page(tickets, behind, room + 1)
        found += page[:room]
        if page[:room]:
            last = section.cursor_at(page[:room][-1])
        if len(page) > room:
            return found, last or after
    return found, None


def _rows(
    found: Sequence[Ticket], actor: Actor, known: Directory, *, at: datetime, show_owner: bool
) -> Iterator[Row]:
    marks = dict(
        ReadMark.objects.filter(
            user_id=actor.id or 0, ticket_id__in=[ticket.pk for ticket in found]
        ).values_list("ticket_id", "at")
    )
    for ticket in found:
        wrote = ticket.last_customer_message_at
        read, answered = marks.get(ticket.pk), ticket.last_agent_message_at
        owner = known.name_of(ticket.assignee_id) if show_owner else ""
        yield Row(
            id=ticket.pk,
            number=ticket.number,
            subject=ticket.subject,
            who=ticket.organisation_name or ticket.requester_name or _("Unknown sender"),
            at=wrote or ticket.opened_at,
            status=ticket.status,
            priority=ticket.priority,
            due_at=ticket.next_due_at,
            left=ticket.next_due_at - at if ticket.next_due_at else timedelta.max,
            promise_at=ticket.next_promise_at,
            ended_at=ticket.closed_at or ticket.solved_at,
            tag=owner or ticket.driver_label or known.team_name(ticket.team_id),
            unread=wrote is not None and wrote > max(filter(None, (read, answered, BEGINNING))),
            wrote_on_hold=ticket.customer_wrote_on_hold,
        )
