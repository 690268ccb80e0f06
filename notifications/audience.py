"""Who is told: the lead of a team, who stands above, who is on duty. Source: domain G-8, ux 11."""

from datetime import datetime

from accounts.models import Role, Team, User
from calendars import arithmetic, queries
from calendars.arithmetic import WorkingTime


class Roster:
    """Working hours of people and teams; each calendar is read once in the life of a roster."""

    def __init__(self) -> None:
        self._hours: dict[int | None, WorkingTime] = {}

    def hours_of(self, user: User) -> WorkingTime:
        """His own calendar, else that of his first team that has one, else the desk's."""
        if user.calendar_id:
            return self._load(user.calendar_id)
        teams = user.teams.filter(archived_at__isnull=True, calendar__isnull=False)
        return self._load(teams.order_by("pk").values_list("calendar_id", flat=True).first())

    def hours_of_team(self, team: Team) -> WorkingTime:
        """The team's calendar, else the desk's."""
        return self._load(team.calendar_id)

    def business(self) -> WorkingTime:
        """The desk's own hours."""
        return self._load(None)

    def is_on_duty(self, user: User, at: datetime) -> bool:
        """Whether he works at this instant."""
        return user.is_active and arithmetic.is_open(self.hours_of(user), at)

    def _load(self, calendar_id: int | None) -> WorkingTime:
        if calendar_id not in self._hours:
            self._hours[calendar_id] = (
                queries.load(calendar_id) if calendar_id else queries.default_hours()
            )
        return self._hours[calendar_id]


def lead_for(team: Team | None, member: User | None) -> User | None:
    """The team's lead, else a supervisor in it, else whom `member` reports to, else a manager.

    Without a team, the lead of the member's first one. None only on a desk without managers.
    """
    if team is None and member is not None:
        team = member.teams.filter(archived_at__isnull=True).order_by("pk").first()
    if team is not None:
        if team.lead is not None and team.lead.is_active:
            return team.lead
        supervisor = _active_in_role(Role.SUPERVISOR, team)
        if supervisor is not None:
            return supervisor
    return (_boss(member) if member else None) or _active_in_role(Role.MANAGER)


def above(user: User) -> User | None:
    """One level up: whom he reports to, else a manager; None at the top."""
    boss = _boss(user) or _active_in_role(Role.MANAGER)
    return None if boss is None or boss.pk == user.pk else boss


def on_duty_or_lead(
    user: User | None, *, team: Team | None, at: datetime, roster: Roster
) -> User | None:
    """Himself while he is on duty, else the team's lead, who then is told in his place."""
    if user is not None and roster.is_on_duty(user, at):
        return user
    return lead_for(team, user)


def _boss(user: User) -> User | None:
    """The first active person up his line."""
    seen = {user.pk}
    boss = user.reports_to
    while boss is not None and boss.pk not in seen:
        if boss.is_active:
            return boss
        seen.add(boss.pk)
        boss = boss.reports_to
    return None


def _active_in_role(role: str, team: Team | None = None) -> User | None:
    people = User.objects.filter(is_active=True, roles__slug=role)
    if team is not None:
        people = people.filter(teams=team)
    return people.order_by("pk").first()
