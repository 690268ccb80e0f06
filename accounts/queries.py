"""What the pages of sign-in, set-up and settings show."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db.models import Max

import calendars.queries
from accounts.access import holders_of
from accounts.models import MailboxTeam, OneTimeLink, Role, Team, User
from calendars.arithmetic import WEEK_DAYS, wall_of
from calendars.models import Calendar, CalendarVersion
from core import crypto, desk
from core.errors import NotFound
from mailboxes.models import Mailbox
from mailboxes.services import active, not_connected
from outbox.models import OutboxMessage

Choice = tuple[int | str, str]
COMING_DAYS_SHOWN = 200


def is_set_up() -> bool:
    """Whether the desk has an administrator."""
    return holders_of("user.manage").exists()


def link_works(purpose: OneTimeLink.Purpose, token: str, *, at: datetime) -> OneTimeLink | None:
    """The link of this token if it can still be used."""
    try:
        token_hash = crypto.token_hash(token)
    except ValueError:
        return None
    return (
        OneTimeLink.objects.select_related("user")
        .filter(purpose=purpose, token_hash=token_hash, used_at=None, expires_at__gt=at)
        .first()
    )


def locked_for(address: str, ip_address: str | None, *, at: datetime) -> timedelta:
    """How long sign-in stays locked for an address at a place after its last failure."""
    attempts = AccessAttempt.objects.filter(username=address, ip_address=ip_address)
    last = attempts.aggregate(last=Max("attempt_time"))["last"]
    cool_off = get_cool_off() or timedelta()
    return max((last or at) + cool_off - at, timedelta(seconds=1))


# ---- people and teams


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the list of people. `invited_until` is set while an invitation is open."""

    id: int
    name: str
    email: str
    roles: list[str]
    teams: list[str]
    reports_to: str
    is_active: bool
    has_joined: bool
    invited_until: datetime | None


def members() -> list[Member]:
    """Everybody who has a role, by name."""
    users = (
        User.objects.filter(roles__isnull=False)
        .distinct()
        .select_related("reports_to")
        .prefetch_related("roles", "teams", "one_time_links")
        .order_by("name", "pk")
    )
    return [_member(user) for user in users]


def member(user_id: int) -> tuple[User, Member]:
    """One of them, with the row for its forms; NotFound if there is no such member of staff."""
    user = (
        User.objects.filter(pk=user_id, roles__isnull=False)
        .select_related("reports_to")
        .prefetch_related("roles", "teams", "one_time_links")
        .first()
    )
    if user is None:
        raise NotFound
    return user, _member(user)


def _member(user: User) -> Member:
    links = [link.expires_at for link in user.one_time_links.all() if link.used_at is None]
    return Member(
        id=user.pk,
        name=user.name,
        email=user.email,
        roles=[role.name for role in user.roles.all()],
        teams=[team.name for team in user.teams.all()],
        reports_to=user.reports_to.name if user.reports_to else "",
        is_active=user.is_active,
        has_joined=user.has_usable_password(),
        invited_until=max(links, default=None),
    )


def role_choices() -> list[Choice]:
    """Slug and name of each role, in the order in which they were made."""
    return list(Role.objects.order_by("pk").values_list("slug", "name"))


def colleague_choices(*, without: int = 0) -> list[Choice]:
    """Active members of staff to choose from."""
    users = User.objects.filter(is_active=True, roles__isnull=False).exclude(pk=without)
    return list(users.distinct().order_by("name", "pk").values_list("pk", "name"))


def team_choices() -> list[Choice]:
    """Teams to choose from."""
    return list(Team.objects.filter(archived_at=None).order_by("name").values_list("pk", "name"))


def calendar_choices() -> list[Choice]:
    """Calendars to choose from."""
    rows = Calendar.objects.filter(archived_at=None).order_by("name")
    return list(rows.values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A line of the list of teams."""

    id: int
    name: str
    lead: str
    members: list[str]
    private: bool


def teams() -> list[TeamLine]:
    """The teams in use, by name."""
    rows = (
        Team.objects.filter(archived_at=None)
        .select_related("lead")
        .prefetch_related("members")
        .order_by("name")
    )
    return [
        TeamLine(
            id=team.pk,
            name=team.name,
            lead=team.lead.name if team.lead else "",
            members=sorted(user.name for user in team.members.all()),
            private=team.private,
        )
        for team in rows
    ]


def team(team_id: int) -> Team:
    """A team in use with its members; NotFound if there is none."""
    found = Team.objects.filter(pk=team_id, archived_at=None).prefetch_related("members").first()
    if found is None:
        raise NotFound
    return found


# ---- calendars


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date with other windows than its week day, or none."""

    on: str
    name: str
    windows: list[dict[str, str]]
    is_holiday: bool


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A calendar with the hours in force: windows by day of the week."""

    id: int
    name: str
    is_default: bool
    zone: str
    since: datetime
    week: dict[str, list[dict[str, str]]]
    coming: list[SpecialDay]


def calendars_in_use() -> list[CalendarPage]:
    """The calendars, the desk's own first."""
    rows = Calendar.objects.filter(archived_at=None).prefetch_related("versions")
    return [
        _calendar_page(row, list(row.versions.all()), coming=[])
        for row in rows.order_by("-is_default", "name")
    ]


def calendar(calendar_id: int, *, at: datetime) -> CalendarPage:
    """One of them with its coming special days; NotFound if there is none."""
    row = Calendar.objects.filter(pk=calendar_id, archived_at=None).first()
    if row is None:
        raise NotFound
    return _calendar_page(row, list(row.versions.all()), coming=_coming(row, at))


def _calendar_page(
    row: Calendar, versions: list[CalendarVersion], *, coming: list[SpecialDay]
) -> CalendarPage:
    last = max(versions, key=lambda version: version.number)
    week: dict[str, list[dict[str, str]]] = {day: [] for day in WEEK_DAYS}
    for window in last.windows:
        week[window["day"]].append(window)
    return CalendarPage(
        id=row.pk,
        name=row.name,
        is_default=row.is_default,
        zone=last.zone,
        since=last.valid_from,
        week=week,
        coming=coming,
    )


def _coming(row: Calendar, at: datetime) -> list[SpecialDay]:
    today = wall_of(at, row.zone).date()
    holidays = row.holidays.filter(on__gte=today).order_by("on")[:COMING_DAYS_SHOWN]
    special = row.special_hours.filter(on__gte=today).order_by("on")[:COMING_DAYS_SHOWN]
    names = {holiday.on: holiday.name for holiday in holidays}
    days = [
        SpecialDay(one.on.isoformat(), names.pop(one.on, ""), one.windows, is_holiday=False)
        for one in special
    ]
    days += [SpecialDay(on.isoformat(), name, [], is_holiday=True) for on, name in names.items()]
    return sorted(days, key=lambda day: day.on)


# ---- mailboxes


@dataclass(frozen=True, slots=True)
class LastTest:
    """How the last test mail fared: `state` is pending, sent or dead; `transport` smtp or file."""

    state: str
    transport: str
    at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """A mailbox with what is said about it."""

    mailbox: Mailbox
    team_id: int | None
    team: str
    not_connected: str
    has_password: bool
    last_test: LastTest | None


def mailboxes() -> list[MailboxPage]:
    """The active mailboxes, first used first."""
    rows = Mailbox.objects.filter(is_active=True).select_related("team_link__team").order_by("pk")
    return [_mailbox_page(row, last_test=None) for row in rows]


def mailbox(mailbox_id: int, *, test_key: str) -> MailboxPage:
    """One of them with its last test; NotFound if there is none."""
    row = (
        Mailbox.objects.filter(pk=mailbox_id, is_active=True)
        .select_related("team_link__team")
        .first()
    )
    if row is None:
        raise NotFound
    sent = OutboxMessage.objects.filter(idem_key__startswith=test_key).order_by("-pk").first()
    return _mailbox_page(row, last_test=_last_test(sent) if sent else None)


def _mailbox_page(row: Mailbox, *, last_test: LastTest | None) -> MailboxPage:
    link: MailboxTeam | None = getattr(row, "team_link", None)
    return MailboxPage(
        mailbox=row,
        team_id=link.team_id if link else None,
        team=link.team.name if link else "",
        not_connected=not_connected(row),
        has_password=bool(row.smtp_password_encrypted),
        last_test=last_test,
    )


def _last_test(message: OutboxMessage) -> LastTest:
    return LastTest(
        state=message.state,
        transport=message.transport,
        at=message.sent_at or message.created_at,
        error=message.last_error,
    )


# ---- first steps


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far the desk is set up. `default_hours` and `mailbox` say what holds until then."""

    hours_done: bool
    mail_done: bool
    people_done: bool
    default_hours: CalendarPage
    mailbox: Mailbox

    @property
    def undone(self) -> int:
        return [self.hours_done, self.mail_done, self.people_done].count(False)


def first_steps() -> FirstSteps:
    """The steps of a new desk: hours, mail, colleagues."""
    here = desk.current()
    default = calendars.queries.default()
    return FirstSteps(
        hours_done=here.hours_set_at is not None,
        mail_done=here.mail_set_at is not None,
        people_done=User.objects.filter(roles__isnull=False).distinct()[1:2].exists(),
        default_hours=_calendar_page(default, list(default.versions.all()), coming=[]),
        mailbox=active(),
    )
