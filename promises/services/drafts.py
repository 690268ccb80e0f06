"""What somebody is about to promise, checked against P-10 to P-13 before it is made."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Team, User
from calendars.arithmetic import WorkingTime
from core import desk
from core.actor import Actor
from core.errors import Refused
from core.text import normalise, require_storable
from customers.models import Person
from notifications.audience import Roster, lead_for
from promises import access, rules
from promises.models import Promise, PromiseSettings
from promises.rules import times
from promises.services.changes import settings
from tickets.access import visible_to
from tickets.models import Ticket

SETTLE = "promise.settle"
TOPIC_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be promised, in the words of the form.

    `shape` is at, by or by_day; `on` is `YYYY-MM-DD`, `time` `HH:MM` (not for by_day), both on
    the customer's clock; an empty `zone` means the one known for him. Without owner and team
    the actor himself is the owner; a team without owner is asked as a whole. `consent`: the
    customer agreed to the time. Outside the owner's hours one of three keeps the time:
    `on_duty_id` (a colleague who works then and becomes the owner), `owner_confirms` ("I will
    do it", by the owner himself) or, if nobody works then, `lead_confirms` (by the lead; also
    his yes to a window of more than five working days).
    """

    topic: str
    shape: str
    on: str
    time: str = ""
    channel: str = Promise.Channel.CALL
    zone: str = ""
    owner_id: int | None = None
    team_id: int | None = None
    consent: bool = False
    customer_requested_time: bool = False
    is_check_back: bool = False
    on_duty_id: int | None = None
    owner_confirms: bool = False
    lead_confirms: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that may be promised, with the working hours that were read for it."""

    topic: str
    channel: str
    window: rules.Window
    zone_assumed: bool
    owner: User | None
    team: Team | None
    off_hours_confirmed: bool
    lead_confirmed: bool
    draft: Draft
    roster: Roster


def zone_for(person: Person) -> tuple[str, bool]:
    """The customer's zone, and whether it is only assumed: his organisation's, else ours (P-10)."""
    if person.zone:
        return person.zone, False
    organisation = person.organisation
    return (organisation.zone if organisation else "") or desk.current().zone, True


def check(draft: Draft, *, ticket: Ticket, actor: Actor, at: datetime) -> Checked:
    """The draft as it may be promised.

    Refused `no_topic`, `unknown_channel`, `bad_owner`, a code of `rules.window`, `bad_window`,
    `outside_contact_hours` or `outside_owner_hours`.
    """
    chosen, roster = settings(), Roster()
    known, assumed = zone_for(ticket.requester)
    wanted = rules.window(
        draft.shape,
        zone=draft.zone or known,
        on=draft.on,
        clock=draft.time,
        now=at,
        business=roster.business(),
    )
    owner, team = _who(draft, ticket, actor)
    checked = Checked(
        topic=_topic(draft.topic),
        channel=_channel(draft.channel),
        window=wanted,
        zone_assumed=assumed and draft.zone in ("", known),
        owner=owner,
        team=team,
        off_hours_confirmed=False,
        lead_confirmed=False,
        draft=draft,
        roster=roster,
    )
    rules.require_in_reach(wanted, now=at)
    if not draft.customer_requested_time:
        rules.require_contact_hours(wanted, since=chosen.contact_from, until=chosen.contact_until)
    return _with_duty(_with_room(checked, actor), ticket, chosen, actor)


def require_promisee(user_id: int, ticket: Ticket, *, field: str) -> User:
    """An active colleague who may work on the ticket; Refused `bad_owner` for anybody else."""
    user = User.objects.select_related("reports_to").filter(pk=user_id, is_active=True).first()
    if user is None or not may_own(user, ticket):
        raise Refused(
            _("This colleague cannot work on this ticket. Choose somebody else."),
            code="bad_owner",
            field=field,
        )
    return user


def may_own(user: User, ticket: Ticket) -> bool:
    """Whether he sees the ticket and may keep promises."""
    sees = visible_to(Actor.user(user.pk)).filter(pk=ticket.pk).exists()
    return sees and user.roles.filter(rights__contains=[SETTLE]).exists()


def _topic(topic: str) -> str:
    clean = " ".join(normalise(require_storable(topic, field="topic")).split())
    if not clean:
        raise Refused(_("Say what you will call about."), code="no_topic", field="topic")
    if len(clean) > TOPIC_LENGTH:
        raise Refused(
            _("Say it in at most %(length)d characters.") % {"length": TOPIC_LENGTH},
            code="no_topic",
            field="topic",
        )
    return clean


def _channel(channel: str) -> str:
    if channel not in Promise.Channel.values:
        raise Refused(_("Choose call, write or visit."), code="unknown_channel", field="channel")
    return channel


def _who(draft: Draft, ticket: Ticket, actor: Actor) -> tuple[User | None, Team | None]:
    """Owner and team: the named ones, else the actor with the ticket's team or his own."""
    team = _team(draft.team_id) if draft.team_id else None
    owner_id = draft.on_duty_id or draft.owner_id
    if owner_id is None and team is None:
        owner_id = actor.id if actor.is_staff else None
    if owner_id is None:
        return None, team or ticket.team
    field = "on_duty" if draft.on_duty_id else "owner"
    owner = require_promisee(owner_id, ticket, field=field)
    return owner, team or team_of(owner, ticket)


def team_of(owner: User, ticket: Ticket) -> Team | None:
    """The ticket's team if he is in it or in none, else his own first one."""
    teams = list(owner.teams.filter(archived_at__isnull=True).order_by("pk"))
    if not teams or ticket.team in teams:
        return ticket.team
    return teams[0]


def _team(team_id: int) -> Team:
    team = Team.objects.filter(pk=team_id, archived_at__isnull=True).first()
    if team is None:
        raise Refused(_("There is no such team. Choose another."), code="bad_owner", field="team")
    return team


def _with_room(checked: Checked, actor: Actor) -> Checked:
    """P-12: a window of more than five working days has the lead's yes."""
    if not rules.is_long(checked.window, checked.roster.business()):
        return checked
    if checked.draft.lead_confirms and access.may_act_for(checked.team, actor):
        return replace(checked, lead_confirmed=True)
    lead = lead_for(checked.team, checked.owner)
    raise Refused(
        _("This window is longer than five working days: that needs %(lead)s’s yes.")
        % {"lead": lead.name if lead else _("the lead")},
        code="bad_window",
        field="on",
        facts={"why": "too_long", **_person("lead", lead)},
    )


def _with_duty(checked: Checked, ticket: Ticket, chosen: PromiseSettings, actor: Actor) -> Checked:
    """P-13: whoever promises works then, or somebody has said that he will do it."""
    hours = _hours(checked)
    if rules.holds(checked.window, hours):
        return checked
    is_owner = checked.owner is not None and actor.is_staff and checked.owner.pk == actor.id
    if checked.draft.owner_confirms and is_owner:
        return replace(checked, off_hours_confirmed=True)
    others = [user for user in _colleagues(checked, ticket) if _works(user, checked)]
    if not others and checked.draft.lead_confirms and access.may_act_for(checked.team, actor):
        return replace(checked, lead_confirmed=True)
    lead = lead_for(checked.team, checked.owner)
    contact = rules.contact_time(checked.window.zone, chosen.contact_from, chosen.contact_until)
    suggestion = rules.nearest(checked.window, hours, contact)
    raise Refused(
        _off_duty_sentence(checked, suggestion, is_owner=is_owner),
        code="outside_owner_hours",
        field="on_duty" if checked.draft.on_duty_id else "time",
        facts={
            **(suggestion.facts if suggestion else {}),
            "on_duty": [{"id": user.pk, "name": user.name} for user in others],
            "owner_may_confirm": is_owner,
            "lead_may_confirm": not others,
            **_person("lead", lead),
        },
    )


def _hours(checked: Checked) -> WorkingTime:
    roster = checked.roster
    if checked.owner is not None:
        return roster.hours_of(checked.owner)
    return roster.hours_of_team(checked.team) if checked.team else roster.business()


def _colleagues(checked: Checked, ticket: Ticket) -> list[User]:
    """Others of the team who may work on the ticket."""
    if checked.team is None:
        return []
    members = checked.team.members.filter(is_active=True, roles__rights__contains=[SETTLE])
    others = members.exclude(pk=checked.owner.pk if checked.owner else 0).distinct()
    return [user for user in others.order_by("name") if may_own(user, ticket)]


def _works(user: User, checked: Checked) -> bool:
    return rules.holds(checked.window, checked.roster.hours_of(user))


def _off_duty_sentence(
    checked: Checked, suggestion: rules.Suggestion | None, *, is_owner: bool
) -> str:
    name = checked.owner.name if checked.owner else ""
    if suggestion is None:
        return _("Nobody who could do it works then. Choose another time.")
    wall = datetime.fromisoformat(f"{suggestion.on}T{suggestion.time}")
    values = {"name": name, "time": times.day_and_clock(wall)}
    if is_owner:
        return _("You are off then. The nearest time is %(time)s.") % values
    if name:
        return _("%(name)s is off then. The nearest time is %(time)s.") % values
    return _("The team is off then. The nearest time is %(time)s.") % values


def _person(key: str, user: User | None) -> dict[str, object]:
    return {key: {"id": user.pk, "name": user.name} if user else None}
