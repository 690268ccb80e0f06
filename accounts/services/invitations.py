"""How colleagues come in: an administrator invites, the mail brings a one-time link."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts import letters, rules
from accounts.access import require_right
from accounts.events import Kind
from accounts.models import OneTimeLink, Team, User
from accounts.services.links import link_invalid, make_link, use_link
from accounts.services.passwords import require_good_password
from accounts.services.people import lock_user, require_address, require_roles
from core import desk, events
from core.actor import Actor
from core.errors import Refused

INVITATION_VALID = timedelta(days=7)


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    roles: Collection[str],
    team_ids: Collection[int] = (),
    actor: Actor,
    at: datetime,
) -> User:
    """There is an account without a password, and its owner gets a link to choose one.

    Raises Forbidden; Refused `bad_address`, `address_taken`, `bad_name`, `no_role`,
    `unknown_role` or `unknown_team`.
    """
    require_right(actor, "user.manage")
    wanted = require_roles(roles)
    here = desk.current()
    user = User.objects.create_user(
        require_address(email),
        None,
        name=rules.require_name(name),
        zone=here.zone,
        locale=here.locale,
    )
    user.roles.set(wanted)
    user.teams.set(_require_teams(team_ids))
    slugs = sorted(role.slug for role in wanted)
    _send(user, Kind.INVITED, actor=actor, at=at, data={"roles": slugs})
    return user


@transaction.atomic
def send_invitation_again(user_id: int, *, actor: Actor, at: datetime) -> None:
    """A new link is on its way, and the former one no longer works.

    Raises Forbidden, NotFound; Refused `has_joined` when there is no open invitation.
    """
    require_right(actor, "user.manage")
    user = lock_user(user_id)
    _require_not_joined(user)
    _send(user, Kind.INVITATION_SENT_AGAIN, actor=actor, at=at)


@transaction.atomic
def withdraw_invitation(user_id: int, *, actor: Actor, at: datetime) -> None:
    """The invitation and the account that waited for it are gone.

    Raises Forbidden, NotFound; Refused `has_joined`, or `in_use` when work waits for him already.
    """
    require_right(actor, "user.manage")
    user = lock_user(user_id)
    _require_not_joined(user)
    try:
        with transaction.atomic():
            user.delete()
    except ProtectedError as error:
        raise Refused(
            _("%(name)s already has work, a team to lead or colleagues. Give these away first.")
            % {"name": user.name},
            code="in_use",
        ) from error
    events.record(
        Kind.INVITATION_WITHDRAWN, subject_kind="user", subject_id=user_id, actor=actor, at=at
    )


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str, at: datetime) -> User:
    """The invited colleague has a password and may sign in; the link is used.

    Raises Refused `link_invalid`, `bad_name` or `weak_password`.
    """
    link = use_link(OneTimeLink.Purpose.INVITATION, token, at=at)
    user = lock_user(link.user_id or 0)
    if not user.is_active or user.has_usable_password():
        raise link_invalid()
    user.name = rules.require_name(name)
    require_good_password(password, user=user)
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    events.record(
        Kind.JOINED, subject_kind="user", subject_id=user.pk, actor=Actor.user(user.pk), at=at
    )
    return user


def _require_not_joined(user: User) -> None:
    if user.has_usable_password() or not user.is_active:
        raise Refused(
            _("%(name)s has no open invitation.") % {"name": user.name}, code="has_joined"
        )


def _require_teams(team_ids: Collection[int]) -> list[Team]:
    teams = list(Team.objects.filter(pk__in=team_ids, archived_at=None))
    if len(teams) != len(set(team_ids)):
        raise Refused(_("There is no such team."), code="unknown_team", field="teams")
    return teams


def _send(
    user: User, kind: Kind, *, actor: Actor, at: datetime, data: events.Data | None = None
) -> None:
    url = make_link(OneTimeLink.Purpose.INVITATION, at=at, valid=INVITATION_VALID, user=user)
    event = events.record(
        kind, subject_kind="user", subject_id=user.pk, actor=actor, at=at, data=data
    )
    inviter = User.objects.filter(pk=actor.id or 0).first()
    letters.invitation(
        user,
        url=url,
        inviter=inviter.name if inviter else desk.current().name,
        key=f"event:{event.pk}:invitation",
        at=at,
    )
