"""Headings of a queue: computed from its order, so a heading stands once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from core.templatetags.ui import clock_time
from tickets.queries.fixed_views import FixedView

# A heading "Due before 15:00" names the first full hour that is at least this far away.
AT_LEAST = timedelta(minutes=30)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Dated(Protocol):
    """What a heading is computed from."""

    @property
    def due_at(self) -> datetime | None: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def is_waiting(self) -> bool: ...
    @property
    def is_closed(self) -> bool: ...


T = TypeVar("T", bound=Dated)


@dataclass(slots=True)
class Group(Generic[T]):
    """Rows under one heading; `whole` unless the page cuts it."""

    title: str
    rows: list[T] = field(default_factory=list)
    whole: bool = True


def grouped(
    rows: Sequence[T], *, view: FixedView, sort: str, at: datetime, more: bool
) -> list[Group[T]]:
    """The rows, in their order, under headings. `more`: the page is not the last."""
    groups: list[Group[T]] = []
    for row in rows:
        title = heading(row, view=view, sort=sort, at=at)
        if not groups or groups[-1].title != title:
            groups.append(Group(title))
        groups[-1].rows.append(row)
    if groups and more:
        groups[-1].whole = False
    return groups


def heading(row: Dated, *, view: FixedView, sort: str, at: datetime) -> str:
    """The heading that this row stands under; none if the order is not by time."""
    if view.is_done:
        return _("Closed") if row.is_closed else _day_title(row.ended_at or at, at)
    if sort == "newest":
        return ""
    if row.is_waiting:
        return _("Waiting")
    if row.due_at is None:
        return _("No time due")
    return _due_title(row.due_at, at)


def next_mark(at: datetime) -> datetime:
    """The full hour, in the reader's zone, that splits what is due first from the rest."""
    local = timezone.localtime(at)
    hour = local.replace(minute=0, second=0, microsecond=0)
    while hour < local + AT_LEAST:
        hour += HOUR
    return hour


def _due_title(due: datetime, at: datetime) -> str:
    mark = next_mark(at)
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + DAY
    if due < min(mark, midnight):
        return _("Due before %(time)s") % {"time": clock_time(min(mark, midnight))}
    if due < midnight:
        return _("Later today")
    return _("Tomorrow") if due < midnight + DAY else _("Later")


def _day_title(ended: datetime, at: datetime) -> str:
    days = (timezone.localtime(at).date() - timezone.localtime(ended).date()).days
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    return _("This week") if days < 7 else _("Earlier")
