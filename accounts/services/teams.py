"""Teams: who is in one, who leads it, when it works and who may see its tickets."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import rules
from accounts.access import has_right, require_right
from accounts.events import Kind
from accounts.models import Team, User
from accounts.services.desk import lock_desk
from accounts.services.people import require_calendar, require_staff
from core import events
from core.actor import Actor
from core.errors import NotFound, Refused


@transaction.atomic
def make_team(*, name: str, actor: Actor, at: datetime) -> Team:
    """There is an empty team of this name, open to everybody's eyes.

    Raises Forbidden; Refused `bad_name` or `name_taken`.
    """
    require_right(actor, "user.manage")
    lock_desk()  # names and slugs of teams are given one at a time
    clean = _require_free_name(name, team_id=None)
    team = Team.objects.create(name=clean, slug=_free_slug(clean))
    _record(Kind.TEAM_MADE, team, actor=actor, at=at)
    return team


@transaction.atomic
def change_team(
    team_id: int,
    *,
    name: str,
    member_ids: Collection[int],
    lead_id: int | None,
    calendar_id: int | None,
    private: bool,
    actor: Actor,
    at: datetime,
) -> Team:
    """The team has this name, these members and lead, works by this calendar, is private or not.

    Raises Forbidden, NotFound; Refused `bad_name`, `name_taken`, `not_staff`,
    `unknown_calendar`, or, for a private team, `nobody_sees_it` without members and
    `blind_lead` if its lead would not see its tickets.
    """
    require_right(actor, "user.manage")
    lock_desk()
    team = Team.objects.select_for_update().filter(pk=team_id).first()
    if team is None:
        raise NotFound
    members = _require_members(member_ids, private=private)
    if lead_id is not None:
        lead = require_staff(lead_id, field="lead")
        if private and lead not in members:
            _require_sees_all(lead)
    before = _state(team)
    team.name = _require_free_name(name, team_id=team.pk)
    team.lead_id = lead_id
    team.calendar_id = require_calendar(calendar_id)
    team.private = private
    team.save(update_fields=["name", "lead", "calendar", "private"])
    team.members.set(members)
    _record_change(team, before, actor=actor, at=at)
    return team


def _require_members(member_ids: Collection[int], *, private: bool) -> list[User]:
    members = list(
        User.objects.filter(pk__in=member_ids, is_active=True, roles__isnull=False).distinct()
    )
    if len(members) != len(set(member_ids)):
        raise Refused(_("Choose active colleagues."), code="not_staff", field="members")
    if private and not members:
        raise Refused(
            _("Nobody could see the tickets of a private team without members."),
            code="nobody_sees_it",
            field="private",
        )
    return members


def _require_sees_all(lead: User) -> None:
    """He hears of every promise of the team that is late."""
    if not has_right(Actor.user(lead.pk), "ticket.see_all"):
        raise Refused(
            _("%(name)s would not see the tickets of this private team. Add them as a member, too.")
            % {"name": lead.name},
            code="blind_lead",
            field="lead",
        )


def _require_free_name(name: str, *, team_id: int | None) -> str:
    clean = rules.require_name(name)
    if Team.objects.filter(name__iexact=clean).exclude(pk=team_id or 0).exists():
        raise Refused(_("There is already a team of this name."), code="name_taken", field="name")
    return clean


def _free_slug(name: str) -> str:
    stem = slugify(name)[:50] or "team"
    taken = set(Team.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    if stem not in taken:
        return stem
    return next(
        slug for number in range(2, len(taken) + 3) if (slug := f"{stem}-{number}") not in taken
    )


def _state(team: Team) -> events.Data:
    """What an Event tells of a team: ids only."""
    return {
        "members": sorted(team.members.values_list("pk", flat=True)),
        "lead": team.lead_id,
        "calendar": team.calendar_id,
        "private": team.private,
        "named": team.name,
    }


def _record_change(team: Team, before: events.Data, *, actor: Actor, at: datetime) -> None:
    after = _state(team)
    changed = [field for field in after if after[field] != before[field]]
    if changed:
        telling = [field for field in changed if field != "named"]
        _record(
            Kind.TEAM_CHANGED,
            team,
            actor=actor,
            at=at,
            data={
                "fields": changed,
                "from": {field: before[field] for field in telling},
                "to": {field: after[field] for field in telling},
            },
        )


def _record(
    kind: Kind, team: Team, *, actor: Actor, at: datetime, data: events.Data | None = None
) -> None:
    events.record(kind, subject_kind="team", subject_id=team.pk, actor=actor, at=at, data=data)
