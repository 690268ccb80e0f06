"""The promises' own pages: of a ticket, of a person and his teams, and one with its story."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from django.db.models import Q
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import promises.access
from accounts.models import User
from core import desk
from core.actor import Actor
from core.errors import Refused
from promises import rules
from promises.models import Promise
from promises.queries import Record, answered_for_by, month_of, record
from tickets.queries.badges import midnight_after
from tickets.queries.directory import directory
from tickets.queries.promise_cards import PromiseCard, cards

PAGE = 30
State = Promise.State
Scope = Literal["mine", "teams"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, with what is needed to say which promises are his: teams by id, and when."""

    user: User
    actor: Actor
    team_ids: Sequence[int]
    sees_all_teams: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of the promises page; `ended` ones stand newest first."""

    slug: str
    name: LazyText
    condition: Callable[[Reader], Q]
    empty: LazyText
    ended: bool = False


TABS: Mapping[str, Tab] = {
    tab.slug: tab
    for tab in (
        Tab(
            "today",
            gettext_lazy("Due today"),
            lambda reader: (
                Q(state=State.OPEN)
                & Q(
                    until_at__gte=reader.at,
                    until_at__lt=midnight_after(reader.at, reader.user.zone),
                )
            ),
            gettext_lazy("Nothing more is promised for today."),
        ),
        Tab(
            "later",
            gettext_lazy("Later"),
            lambda reader: Q(
                state=State.OPEN, until_at__gte=midnight_after(reader.at, reader.user.zone)
            ),
            gettext_lazy("Nothing is promised for tomorrow or later."),
        ),
        Tab(
            "overdue",
            gettext_lazy("Overdue"),
            lambda reader: Q(state=State.OPEN, until_at__lt=reader.at),
            gettext_lazy("No promise is overdue."),
        ),
        Tab(
            "kept",
            gettext_lazy("Kept"),
            lambda reader: Q(state__in=rules.SAYS_KEPT),
            gettext_lazy("No promise was kept yet."),
            ended=True,
        ),
        Tab(
            "broken",
            gettext_lazy("Broken"),
            lambda reader: Q(state__in=rules.SAYS_BROKEN),
            gettext_lazy("No promise was broken."),
            ended=True,
        ),
        Tab(
            "renegotiated",
            gettext_lazy("Renegotiated"),
            lambda reader: Q(state=State.RENEGOTIATED),
            gettext_lazy("No promise was renegotiated."),
            ended=True,
        ),
        Tab(
            "not-counted",
            gettext_lazy("Cancelled, void"),
            lambda reader: Q(state__in=(State.CANCELLED, State.VOIDED)),
            gettext_lazy("No promise was cancelled by its customer or made void."),
            ended=True,
        ),
        Tab(
            "hand-over",
            gettext_lazy("Hand-over"),
            lambda reader: (
                Q(state=State.OPEN) & (Q(owner__isnull=True) | Q(owner__is_active=False))
            ),
            gettext_lazy("Every open promise has an owner who is here."),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: behind the promise `id`, whose order instant is `at`."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S%f}.{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Refused `bad_page` unless it is one that we gave out."""
        stamp, _dot, number = text.partition(".")
        try:
            at = datetime.strptime(stamp, "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC)
            cursor = cls(at, int(number))
        except ValueError:
            cursor = None
        if cursor is None or not 0 < cursor.id < 2**63:
            raise Refused(
                _("This link to a further page is not valid. Begin with the first page."),
                code="bad_page",
                field="after",
            )
        return cursor


@dataclass(frozen=True, slots=True)
class PromiseList:
    """One page of a tab."""

    tab: Tab
    scope: Scope
    cards: Sequence[PromiseCard]
    next_cursor: Cursor | None
    is_further: bool
    rate: Record

    @property
    def empty_text(self) -> str:
        """What to know where nothing is listed."""
        if self.tab.ended or self.scope == "teams":
            return ""
        return _("Those of your colleagues stand under “My teams”.")


def reader_of(user: User, *, actor: Actor, at: datetime, sees_all_teams: bool) -> Reader:
    """The reader with his teams."""
    teams = directory().teams.values()
    own = [team.id for team in teams if team.active and user.pk in team.members]
    return Reader(user, actor, own, sees_all_teams, at)


def promise_list(tab: Tab, *, reader: Reader, scope: Scope, after: Cursor | None) -> PromiseList:
    """One page of the tab, and how the month stands, for the person or for his teams.

    What is to be handed over has no owner to go by, so it is always that of the teams.
    """
    found = promises.access.visible_to(reader.actor).filter(tab.condition(reader))
    found = found.filter(_whose(reader, "teams" if tab.slug == "hand-over" else scope))
    column, sign = ("ended_at", "-") if tab.ended else ("until_at", "")
    if after:
        found = found.filter(_behind(after, column, newest_first=tab.ended))
    page = list(cards(found.order_by(f"{sign}{column}", f"{sign}pk")[: PAGE + 1], at=reader.at))
    return PromiseList(
        tab=tab,
        scope=scope,
        cards=page[:PAGE],
        next_cursor=_cursor(page[PAGE - 1], tab) if len(page) > PAGE else None,
        is_further=after is not None,
        rate=_rate(reader, scope),
    )


def _rate(reader: Reader, scope: Scope) -> Record:
    """This month's promises, by the month of their end on the reporting clock (P-3)."""
    since, until = month_of(reader.at, desk.current().zone)
    seen = promises.access.visible_to(reader.actor)
    if scope == "mine":
        seen = answered_for_by(seen, reader.user.pk)
    else:
        seen = seen.filter(_whose(reader, scope))
    return record(seen, since=since, until=until, at=reader.at)


def _whose(reader: Reader, scope: Scope) -> Q:
    """The reader's own, or those of his teams with what has no team at all."""
    own = Q(owner_id=reader.user.pk)
    if scope == "mine":
        return own
    if reader.sees_all_teams:
        return Q()
    return own | Q(team_id__in=reader.team_ids) | Q(team__isnull=True)


def _behind(cursor: Cursor, column: str, *, newest_first: bool) -> Q:
    side = "lt" if newest_first else "gt"
    further = Q(**{f"{column}__{side}": cursor.at})
    behind_id = Q(**{column: cursor.at, f"pk__{side}": cursor.id})
    return Q(**{f"{column}__{side}e": cursor.at}) & (further | behind_id)


def _cursor(card: PromiseCard, tab: Tab) -> Cursor:
    at = card.promise.ended_at if tab.ended else card.promise.until_at
    return Cursor(at or card.promise.until_at, card.promise.pk)
