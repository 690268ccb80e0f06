"""What has to be known before a time is promised: whose clock, who could do it, what is near."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from calendars import arithmetic
from core.actor import Actor
from notifications.audience import Roster
from promises.services import zone_for
from tickets.models import Ticket
from tickets.queries.directory import Colleague, TeamEntry, directory

HALF_HOUR = timedelta(minutes=30)
SOONEST = timedelta(minutes=45)
MORNING, NOON = time(9, 0), time(12, 0)


@dataclass(frozen=True, slots=True)
class Terms:
    """`zone` is the customer's, `zone_assumed` if nobody has asked him; `at` is now.

    `near` are wall times on his clock that are often promised, soonest first.
    """

    ticket: Ticket
    person_name: str
    zone: str
    zone_assumed: bool
    is_solved: bool
    colleagues: Sequence[Colleague]
    teams: Sequence[TeamEntry]
    near: Sequence[datetime]
    at: datetime

    @property
    def now_there(self) -> datetime:
        """Now, on the customer's clock, naive."""
        return arithmetic.wall_of(self.at, self.zone)


def terms(ticket: Ticket, *, actor: Actor, at: datetime, in_composer: bool = False) -> Terms:
    """The terms of a promise on this ticket, which the caller has read as visible.

    The composer stands on every ticket's page and offers no times, for which calendars are read.
    """
    zone, assumed = zone_for(ticket.requester)
    known = directory()
    team = known.teams.get(ticket.team_id or 0)
    closed_to = team.members if team and team.private else None
    return Terms(
        ticket=ticket,
        person_name=ticket.requester.name or ticket.requester_name,
        zone=zone,
        zone_assumed=assumed,
        is_solved=ticket.status == Ticket.Status.SOLVED,
        colleagues=[
            one
            for one in known.workers()
            if one.id != actor.id and (closed_to is None or one.id in closed_to)
        ],
        teams=[team] if closed_to is not None and team else known.teams_for(actor),
        near=[] if in_composer else _near(arithmetic.wall_of(at, zone)),
        at=at,
    )


def _near(now: datetime) -> list[datetime]:
    """In an hour or so, at five, the next working morning and noon."""
    business = Roster().business()
    soon = _half_hour_after(now + SOONEST)
    five = datetime.combine(now.date(), time(17, 0))
    next_day = arithmetic.add_working_days(business, now.date(), 1) or _tomorrow(now)
    later = [datetime.combine(next_day, at) for at in (MORNING, NOON)]
    today = [soon] if soon.date() == now.date() else []
    if five - now > 2 * SOONEST:
        today.append(five)
    return today + later


def _half_hour_after(wall: datetime) -> datetime:
    past = timedelta(minutes=wall.minute % 30, seconds=wall.second, microseconds=wall.microsecond)
    return wall - past + (HALF_HOUR if past else timedelta())


def _tomorrow(now: datetime) -> date:
    return now.date() + timedelta(days=1)
