"""The first administrator, by a one-time link or from the command line."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import rules
from accounts.access import holders_of
from accounts.events import Kind
from accounts.models import OneTimeLink, Role, User
from accounts.services.desk import lock_desk, record_desk
from accounts.services.hours import move_default_hours
from accounts.services.links import make_link, use_link
from accounts.services.passwords import require_good_password
from accounts.services.people import require_address
from core import events
from core.actor import Actor
from core.errors import Refused

SETUP_LINK_VALID = timedelta(hours=24)


@transaction.atomic
def make_setup_link(*, at: datetime) -> str:
    """The address where the first administrator sets the desk up; earlier links are gone.

    Raises Refused `desk_is_set_up` when there is an administrator.
    """
    lock_desk()
    _require_no_administrator()
    return make_link(OneTimeLink.Purpose.SETUP, at=at, valid=SETUP_LINK_VALID)


@transaction.atomic
def set_up_desk(
    token: str, *, name: str, email: str, password: str, desk_name: str, zone: str, at: datetime
) -> User:
    """The desk has its name, its zone and its first administrator; no set-up link works any more.

    Raises Refused `desk_is_set_up`, `link_invalid`, `bad_name`, `bad_address`,
    `unknown_time_zone` or `weak_password`.
    """
    row = lock_desk()
    _require_no_administrator()
    use_link(OneTimeLink.Purpose.SETUP, token, at=at)
    row.name = rules.require_name(desk_name, field="desk_name")
    row.zone = rules.require_zone(zone)
    row.save(update_fields=["name", "zone"])
    user = _make_administrator(name=name, email=email, password=password, zone=zone)
    OneTimeLink.objects.filter(purpose=OneTimeLink.Purpose.SETUP).delete()
    actor = Actor.user(user.pk)
    move_default_hours(zone, actor=actor, at=at)
    record_desk(Kind.DESK_SET_UP, actor=actor, at=at, data={"user_id": user.pk})
    return user


@transaction.atomic
def make_administrator(*, name: str, email: str, password: str, at: datetime) -> User:
    """There is one more administrator; for whoever has the machine's command line.

    Raises Refused `address_taken`, `bad_name`, `bad_address` or `weak_password`.
    """
    row = lock_desk()
    user = _make_administrator(name=name, email=email, password=password, zone=row.zone)
    OneTimeLink.objects.filter(purpose=OneTimeLink.Purpose.SETUP).delete()
    events.record(
        Kind.ADMINISTRATOR_MADE,
        subject_kind="user",
        subject_id=user.pk,
        actor=Actor.system(),
        at=at,
    )
    return user


def _require_no_administrator() -> None:
    if holders_of("user.manage").exists():
        raise Refused(
            _("This desk already has an administrator, who invites everybody else."),
            code="desk_is_set_up",
        )


def _make_administrator(*, name: str, email: str, password: str, zone: str) -> User:
    address = require_address(email)
    clean = rules.require_name(name)
    require_good_password(password, user=User(email=address, name=clean))
    user = User.objects.create_user(address, password, name=clean, zone=zone)
    user.roles.set(Role.objects.filter(slug=Role.ADMINISTRATOR))
    return user
