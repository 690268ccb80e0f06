"""The query string of a queue: each value is an allowed one, or the refusal names those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.actor import Actor
from core.errors import Refused
from tickets.models import Ticket
from tickets.queries.directory import Directory
from tickets.queries.fixed_views import FixedView
from tickets.queries.queue import SORTS, Cursor, Filters

ME, NOBODY = "me", "nobody"
LONGEST = 50
# What the address of a queue may hold besides filters: its order and page, and a ticket's own.
ELSEWHERE = frozenset({"sort", "after", "before", "since"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the query string asks for."""

    filters: Filters
    sort: str
    after: Cursor | None


@dataclass(frozen=True, slots=True)
class FilterField:
    """One thing to filter by: its values with their labels, and those in force."""

    key: str
    label: str
    options: Mapping[str, str]
    chosen: Sequence[str]

    @property
    def words(self) -> list[str]:
        """What is in force, in words."""
        return [self.options[value] for value in self.chosen if value in self.options]


def filter_fields(
    query: QueryDict, view: FixedView, *, actor: Actor, known: Directory
) -> list[FilterField]:
    """The filters of the view, with what is chosen."""
    labels = {
        "team": _("Team"),
        "assignee": _("Owner"),
        "status": _("Status"),
        "priority": _("Priority"),
        "channel": _("Channel"),
    }
    return [
        FilterField(key, labels[key], options, _values(query, key))
        for key, options in choices(view, actor=actor, known=known).items()
        if len(options) > 1
    ]


def read(query: QueryDict, view: FixedView, *, actor: Actor, known: Directory) -> Wanted:
    """The filters, the sort and the page. Refused `bad_filter`, `bad_sort` or `bad_page`."""
    allowed = choices(view, actor=actor, known=known)
    given = {key: _values(query, key) for key in query if key not in ELSEWHERE}
    for key, values in given.items():
        if key not in allowed:
            raise Refused(
                _("Unknown filter “%(given)s”. Allowed: %(allowed)s.")
                % _named(key, [*allowed, "sort"]),
                code="bad_filter",
            )
        for value in values:
            if value not in allowed[key]:
                raise Refused(
                    _("Unknown value “%(given)s” for %(key)s. Allowed: %(allowed)s.")
                    % {"key": key, **_named(value, list(allowed[key]))},
                    code="bad_filter",
                )
    sort = query.get("sort", SORTS[0])
    if sort not in SORTS:
        raise Refused(
            _("Unknown sort field “%(given)s”. Allowed: %(allowed)s.") % _named(sort, SORTS),
            code="bad_sort",
        )
    after = query.get("after", "")
    return Wanted(_filters(given, allowed, actor), sort, Cursor.parse(after) if after else None)


def choices(view: FixedView, *, actor: Actor, known: Directory) -> Mapping[str, Mapping[str, str]]:
    """What the view may be filtered by: by key, the allowed values with their labels."""
    offered = {
        "team": {team.slug: team.name for team in known.teams_for(actor)},
        "assignee": {
            ME: _("Me"),
            NOBODY: _("Nobody"),
            **{str(one.id): one.name for one in known.workers() if one.id != actor.id},
        },
        "status": {value: str(Ticket.Status(value).label) for value in view.statuses},
        "priority": _labels(Ticket.Priority),
        "channel": _labels(Ticket.Channel),
    }
    return {key: offered[key] for key in view.filters}


def _labels(kind: type[Ticket.Priority] | type[Ticket.Channel]) -> dict[str, str]:
    return {str(value): str(label) for value, label in kind.choices}


def _values(query: QueryDict, key: str) -> list[str]:
    """The values given for a key, without the empty ones that forms send."""
    return [value for value in dict.fromkeys(query.getlist(key)) if value]


def _filters(
    given: Mapping[str, Sequence[str]], allowed: Mapping[str, Mapping[str, str]], actor: Actor
) -> Filters:
    assignee = next(iter(given.get("assignee", ())), "")
    team = next(iter(given.get("team", ())), "")
    return Filters(
        team_slug=team,
        assignee_id=_person(assignee, actor),
        nobody=assignee == NOBODY,
        statuses=tuple(given.get("status", ())),
        priorities=tuple(given.get("priority", ())),
        channels=tuple(given.get("channel", ())),
    )


def _person(assignee: str, actor: Actor) -> int | None:
    if assignee == ME:
        return actor.id
    return int(assignee) if assignee and assignee != NOBODY else None


def _named(given: str, allowed: Sequence[str]) -> dict[str, str]:
    return {"given": given[:LONGEST], "allowed": ", ".join(allowed[:LONGEST])}
