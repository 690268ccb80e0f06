"""What a member of staff may do, to whom he reports, and how he likes the screen."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import rules
from accounts.access import holders_of, require_right
from accounts.events import Kind
from accounts.models import Role, User
from accounts.services.desk import lock_desk
from calendars.models import Calendar
from core import events
from core.actor import Actor
from core.errors import NotFound, Refused


@transaction.atomic
def set_roles(user_id: int, *, roles: Collection[str], actor: Actor, at: datetime) -> User:
    """The user holds exactly these roles (slugs), and his sessions have ended.

    Raises Forbidden, NotFound; Refused `no_role`, `unknown_role` or `last_administrator`.
    """
    require_right(actor, "user.manage")
    lock_desk()
    user = lock_user(user_id)
    wanted = require_roles(roles)
    before = sorted(user.roles.values_list("slug", flat=True))
    after = sorted(role.slug for role in wanted)
    if before == after:
        return user
    if not any("user.manage" in role.rights for role in wanted):
        require_other_administrator(user)
    user.roles.set(wanted)
    end_sessions(user)
    _record(Kind.ROLES_SET, user, actor=actor, at=at, data={"from": before, "to": after})
    return user


@transaction.atomic
def set_profile(
    user_id: int,
    *,
    name: str,
    locale: str,
    zone: str,
    calendar_id: int | None,
    theme: str,
    density: str,
    single_keys: bool,
    actor: Actor,
    at: datetime,
) -> User:
    """The user is called so, reads in this language and zone, and works by this calendar.

    Everybody sets his own, who holds `user.manage` anybody's. Raises Forbidden, NotFound;
    Refused `bad_name`, `unknown_language`, `unknown_time_zone` or `unknown_calendar`.
    """
    if not (actor.is_staff and actor.id == user_id):
        require_right(actor, "user.manage")
    user = lock_user(user_id)
    wanted = {
        "name": rules.require_name(name),
        "locale": rules.require_locale(locale),
        "zone": rules.require_zone(zone),
        "calendar_id": require_calendar(calendar_id),
        "theme": User.Theme(theme).value,
        "density": User.Density(density).value,
        "single_keys": single_keys,
    }
    changed = [field for field, value in wanted.items() if getattr(user, field) != value]
    if not changed:
        return user
    for field in changed:
        setattr(user, field, wanted[field])
    user.save(update_fields=[field.removesuffix("_id") for field in changed])
    _record(Kind.PROFILE_SET, user, actor=actor, at=at, data={"fields": changed})
    return user


@transaction.atomic
def set_reports_to(user_id: int, *, reports_to_id: int | None, actor: Actor, at: datetime) -> User:
    """The user reports to that colleague, or to nobody.

    Raises Forbidden, NotFound; Refused `circle`, with the circle named.
    """
    require_right(actor, "user.manage")
    lock_desk()  # two changes at once could close a circle that neither of them sees
    user = lock_user(user_id)
    if user.reports_to_id == reports_to_id:
        return user
    if reports_to_id is not None:
        require_staff(reports_to_id, field="reports_to")
        _require_no_circle(user, reports_to_id)
    before, user.reports_to_id = user.reports_to_id, reports_to_id
    user.save(update_fields=["reports_to"])
    _record(
        Kind.REPORTS_TO_SET, user, actor=actor, at=at, data={"from": before, "to": reports_to_id}
    )
    return user


def lock_user(user_id: int) -> User:
    """The user's row, locked; NotFound if there is none."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def end_sessions(user: User) -> None:
    """Every session of the user ends with its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def require_roles(slugs: Collection[str]) -> list[Role]:
    """The roles of these slugs; Refused `no_role` or `unknown_role`."""
    found = list(Role.objects.filter(slug__in=slugs))
    if len(found) != len(set(slugs)):
        raise Refused(_("There is no such role."), code="unknown_role", field="roles")
    if not found:
        raise Refused(_("Choose at least one role."), code="no_role", field="roles")
    return found


def require_other_administrator(user: User) -> None:
    """Refused `last_administrator` if nobody else could manage people; the desk is locked."""
    administrators = list(holders_of("user.manage"))
    others = [other for other in administrators if other != user and other.has_usable_password()]
    if user in administrators and not others:
        raise Refused(
            _("%(name)s is the last administrator. Make somebody else one first.")
            % {"name": user.name},
            code="last_administrator",
            field="roles",
        )


def require_address(email: str) -> str:
    """The address in small letters; Refused `bad_address`, or `address_taken` by a colleague."""
    address = rules.require_mail_address(email, field="email")
    if User.objects.filter(email=address).exists():
        raise Refused(
            _("There is already an account with this address."), code="address_taken", field="email"
        )
    return address


def require_staff(user_id: int, *, field: str) -> User:
    """An active member of staff; Refused `not_staff` otherwise."""
    user = User.objects.filter(pk=user_id, is_active=True, roles__isnull=False).first()
    if user is None:
        raise Refused(_("Choose an active colleague."), code="not_staff", field=field)
    return user


def require_calendar(calendar_id: int | None) -> int | None:
    """The id as it came; Refused `unknown_calendar` unless such a calendar is in use."""
    known = Calendar.objects.filter(pk=calendar_id or 0, archived_at=None)
    if calendar_id is not None and not known.exists():
        raise Refused(
            _("Choose one of the desk's calendars."), code="unknown_calendar", field="calendar"
        )
    return calendar_id


def _require_no_circle(user: User, reports_to_id: int) -> None:
    boss_of = dict(User.objects.values_list("pk", "reports_to_id"))
    circle = rules.circle_of(user.pk, reports_to_id, boss_of)
    if circle:
        names = dict(User.objects.filter(pk__in=circle).values_list("pk", "name"))
        raise Refused(
            _("That would make a circle: %(circle)s.")
            % {"circle": " → ".join(names[member] for member in circle)},
            code="circle",
            field="reports_to",
            facts={"user_ids": circle},
        )


def _record(
    kind: Kind, user: User, *, actor: Actor, at: datetime, data: events.Data | None = None
) -> None:
    events.record(kind, subject_kind="user", subject_id=user.pk, actor=actor, at=at, data=data)
