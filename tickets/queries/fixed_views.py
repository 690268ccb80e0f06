"""The views every desk has, and the words its queue is described with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from tickets.models import Ticket
from tickets.models.ticket import OPEN_STATUSES

SOON = timedelta(hours=2)
DONE_STATUSES = (Ticket.Status.SOLVED, Ticket.Status.CLOSED)
FILTERS = ("team", "assignee", "status", "priority", "channel")


@dataclass(frozen=True, slots=True)
class FixedView:
    """A view: which tickets it shows, what it may be filtered by, and what it says when empty.

    `filters` and `statuses` are the values allowed in the query string; `hot` makes its count
    red in the navigation.
    """

    slug: str
    name: LazyText
    icon: str
    empty_title: LazyText
    empty_text: LazyText
    filters: tuple[str, ...] = FILTERS
    statuses: tuple[str, ...] = OPEN_STATUSES
    hot: bool = False

    @property
    def is_done(self) -> bool:
        """Whether it shows finished work, newest first."""
        return self.statuses == DONE_STATUSES

    def condition(self, actor: Actor, at: datetime) -> Q:
        """What its tickets have in common, apart from being visible and not filtered out."""
        return _CONDITIONS[self.slug](actor, at)


_UNSOLVED = Q(status__in=OPEN_STATUSES)

_CONDITIONS: Mapping[str, Callable[[Actor, datetime], Q]] = {
    "my-open": lambda actor, at: _UNSOLVED & Q(assignee_id=actor.id),
    "due-soon": lambda actor, at: _UNSOLVED & Q(next_due_at__lte=at + SOON),
    "unassigned": lambda actor, at: _UNSOLVED & Q(assignee__isnull=True),
    "customers-turn": lambda actor, at: Q(status=Ticket.Status.PENDING),
    "all-open": lambda actor, at: _UNSOLVED,
    "solved": lambda actor, at: Q(),
}

VIEWS: Mapping[str, FixedView] = {
    view.slug: view
    for view in (
        FixedView(
            slug="my-open",
            name=_("My open"),
            icon="circle-dot",
            empty_title=_("Nothing is yours to do"),
            empty_text=_("No open ticket is assigned to you."),
            filters=("team", "status", "priority", "channel"),
        ),
        FixedView(
            slug="due-soon",
            name=_("Due within 2 hours"),
            icon="hourglass",
            empty_title=_("Nothing is due"),
            empty_text=_("No promise falls due within two hours, and none is overdue."),
            hot=True,
        ),
        FixedView(
            slug="unassigned",
            name=_("Unassigned"),
            icon="user-plus",
            empty_title=_("Every ticket has an owner"),
            empty_text=_("New tickets appear here until somebody takes them."),
            filters=("team", "status", "priority", "channel"),
        ),
        FixedView(
            slug="customers-turn",
            name=_("Customer’s turn"),
            icon="pause",
            empty_title=_("We wait for nobody"),
            empty_text=_("No ticket waits for its customer’s answer."),
            filters=("team", "assignee", "priority", "channel"),
            statuses=(Ticket.Status.PENDING,),
        ),
        FixedView(
            slug="all-open",
            name=_("All open"),
            icon="inbox",
            empty_title=_("Nothing is open"),
            empty_text=_("Every request is solved."),
        ),
        FixedView(
            slug="solved",
            name=_("Solved"),
            icon="circle-check",
            empty_title=_("Nothing solved yet"),
            empty_text=_("A solved ticket stays here for four days; then it is closed."),
            statuses=DONE_STATUSES,
        ),
    )
}
