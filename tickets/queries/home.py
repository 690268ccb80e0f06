"""Home: what a member of staff has to do now, in one look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

import promises.access
from accounts.models import User
from core.actor import Actor, ActorKind
from core.models import Event
from promises.models import Promise
from tickets.access import visible_to
from tickets.events import Kind
from tickets.models import ReadMark, Ticket
from tickets.models.ticket import OPEN_STATUSES
from tickets.queries.directory import Directory, TeamEntry, directory
from tickets.queries.fixed_views import VIEWS
from tickets.queries.notices import NoticeLine, lines, told
from tickets.queries.promise_cards import PromiseCard, cards

PROMISES = 12
OVERDUE = 8
GIVEN = 6
UNOWNED = 5
TASKS = 8
COUNT_LIMIT = 100
NEW_FOR = timedelta(days=7)
_COLUMNS = (
    "number",
    "subject",
    "requester_name",
    "organisation_name",
    "team_id",
    "opened_at",
    "assigned_at",
    "next_promise_at",
)


@dataclass(frozen=True, slots=True)
class TicketLine:
    """A ticket on Home. `given_by` and `given_at`: who gave it to the reader, and when."""

    number: int
    subject: str
    who: str
    team_name: str
    opened_at: datetime
    promise_at: datetime | None
    given_by: str = ""
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on the page. Counts stop at `COUNT_LIMIT`."""

    promises: Sequence[PromiseCard]
    more_promises: bool
    overdue_of_team: Sequence[PromiseCard]
    given: Sequence[TicketLine]
    teams: Sequence[TeamEntry]
    unowned: Sequence[TicketLine]
    unowned_count: int
    tasks: Sequence[NoticeLine]

    @property
    def today(self) -> int:
        """Own promises that are overdue or fall due today."""
        return sum(card.days_away <= 0 for card in self.promises)

    @property
    def tomorrow(self) -> int:
        return sum(card.days_away == 1 for card in self.promises)

    @property
    def unowned_beyond(self) -> int:
        """How many tickets without an owner are not shown here."""
        return self.unowned_count - len(self.unowned)


def home(user: User, *, actor: Actor, at: datetime, sees_team: bool) -> Home:
    """What the person has to do. `sees_team`: he answers for the promises of his teams."""
    known = directory()
    teams = [team for team in known.teams.values() if team.active and user.pk in team.members]
    mine = list(cards(_own_promises(user, actor)[: PROMISES + 1], at=at))
    overdue = list(cards(_overdue(user, actor, at, teams if sees_team else [])[:OVERDUE], at=at))
    unowned = _unowned(actor, teams)
    return Home(
        promises=sorted(mine[:PROMISES], key=lambda card: card.said_at),
        more_promises=len(mine) > PROMISES,
        overdue_of_team=overdue,
        given=[_given_line(ticket, known) for ticket in _given(user, actor, at)],
        teams=sorted(teams, key=lambda team: team.name),
        unowned=[_line(ticket, known) for ticket in unowned[:UNOWNED]],
        unowned_count=len(unowned),
        tasks=_tasks(actor, known, {card.promise.pk for card in (*mine, *overdue)}),
    )


def most_urgent(actor: Actor, *, at: datetime) -> int | None:
    """The number of the person's own ticket that is due first."""
    own = visible_to(actor).filter(VIEWS["my-open"].condition(actor, at))
    return own.by_due().values_list("number", flat=True).first()


def desk_is_empty() -> bool:
    """Whether there has never been a ticket."""
    return not Ticket.objects.exists()


def _own_promises(user: User, actor: Actor) -> QuerySet[Promise]:
    own = promises.access.visible_to(actor).open().filter(owner=user)
    return own.order_by("until_at", "pk")


def _overdue(
    user: User, actor: Actor, at: datetime, teams: Sequence[TeamEntry]
) -> QuerySet[Promise]:
    """Overdue promises of others: of the teams the person leads, and of those he answers for."""
    answers_for = Q(team__lead=user) | Q(team_id__in=[team.id for team in teams])
    late = promises.access.visible_to(actor).open().filter(answers_for, until_at__lt=at)
    others = late.filter(Q(owner__isnull=True) | ~Q(owner=user))
    return others.order_by("until_at", "pk")


def _given(user: User, actor: Actor, at: datetime) -> list[Ticket]:
    """What others gave to the person and he has not opened since, newest first."""
    opened = ReadMark.objects.filter(
        ticket_id=OuterRef("pk"), user=user, at__gte=OuterRef("assigned_at")
    )
    assigned = Event.objects.filter(ticket_id=OuterRef("pk"), kind=Kind.ASSIGNED).order_by("-id")
    tickets = (
        visible_to(actor)
        .filter(assignee=user, status__in=OPEN_STATUSES, assigned_at__gt=at - NEW_FOR)
        .filter(~Exists(opened))
        .annotate(
            giver_kind=Subquery(assigned.values("actor_kind")[:1]),
            giver_id=Subquery(assigned.values("actor_id")[:1]),
        )
        # A system that assigns has no id: comparing with nothing would be neither true nor false.
        .filter(Q(giver_id__isnull=True) | ~Q(giver_id=user.pk) | ~Q(giver_kind=ActorKind.USER))
    )
    return list(tickets.only(*_COLUMNS).order_by("-assigned_at", "-pk")[:GIVEN])


def _unowned(actor: Actor, teams: Sequence[TeamEntry]) -> list[Ticket]:
    """Unsolved tickets without an owner, of these teams or of none, soonest due first."""
    of_mine = Q(team_id__in=[team.id for team in teams]) | Q(team__isnull=True)
    tickets = visible_to(actor).unsolved().filter(of_mine, assignee__isnull=True)
    return list(tickets.only(*_COLUMNS).by_due()[:COUNT_LIMIT])


def _tasks(actor: Actor, known: Directory, shown: set[int]) -> list[NoticeLine]:
    """Tasks that are not settled, but for promises that stand on the page anyhow."""
    on_page = Q(subject_kind="promise", subject_id__in=shown)
    tasks = told(actor).filter(~on_page, is_task=True).order_by("-at", "-pk")
    return list(lines(tasks[:TASKS], known))


def _line(ticket: Ticket, known: Directory) -> TicketLine:
    return TicketLine(
        number=ticket.number,
        subject=ticket.subject,
        who=ticket.organisation_name or ticket.requester_name or _("Unknown sender"),
        team_name=known.team_name(ticket.team_id),
        opened_at=ticket.opened_at,
        promise_at=ticket.next_promise_at,
    )


def _given_line(ticket: Ticket, known: Directory) -> TicketLine:
    line = _line(ticket, known)
    by_user = getattr(ticket, "giver_kind", None) == ActorKind.USER
    giver = known.name_of(getattr(ticket, "giver_id", None)) if by_user else ""
    return TicketLine(
        number=line.number,
        subject=line.subject,
        who=line.who,
        team_name=line.team_name,
        opened_at=line.opened_at,
        promise_at=line.promise_at,
        given_by=giver,
        given_at=ticket.assigned_at,
    )
