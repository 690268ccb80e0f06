"""Passwords: chosen well, changed by who knows the old one, set anew by a link."""

from datetime import datetime

from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.http import int_to_base36
from django.utils.translation import gettext as _

from accounts import letters
from accounts.events import Kind
from accounts.models import OneTimeLink, User
from accounts.services.links import link_invalid
from core import crypto, events
from core.actor import Actor
from core.errors import Forbidden, Refused
from core.text import require_storable

PASSWORD_LENGTH = 1024


@transaction.atomic
def change_password(user_id: int, *, old: str, new: str, actor: Actor, at: datetime) -> User:
    """The user has a new password, and every session of his has ended.

    Everybody changes his own only, else Forbidden. Raises Refused `wrong_password` (field `old`)
    or `weak_password` (field `new`).
    """
    if not (actor.is_staff and actor.id == user_id):
        raise Forbidden("password of another")
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.check_password(old):
        raise Refused(_("That is not your present password."), code="wrong_password", field="old")
    require_good_password(new, user=user, field="new")
    set_password(user, new, actor=actor, at=at)
    return user


@transaction.atomic
def ask_for_password_reset(email: str, *, at: datetime) -> None:
    """If an account with this address has a password, its owner gets a link to set a new one."""
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None or not user.has_usable_password():
        letters.password_reset(None, url=_reset_url("0", crypto.new_token()), key="", at=at)
        return
    actor = Actor.user(user.pk)
    event = events.record(
        Kind.PASSWORD_RESET_ASKED, subject_kind="user", subject_id=user.pk, actor=actor, at=at
    )
    url = _reset_url(int_to_base36(user.pk), default_token_generator.make_token(user))
    letters.password_reset(user, url=url, key=f"event:{event.pk}:password_reset", at=at)


@transaction.atomic
def reset_password(user_id: int, *, token: str, password: str, at: datetime) -> User:
    """The user has the new password, his sessions have ended and a lock-out is lifted.

    Raises Refused `link_invalid` for a link that was used meanwhile, or `weak_password`.
    """
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, token):
        raise link_invalid()
    require_good_password(password, user=user)
    set_password(user, password, actor=Actor.user(user.pk), at=at)
    return user


def require_good_password(password: str, *, user: User, field: str = "password") -> None:
    """Refused `weak_password` unless it is long, uncommon and unlike the user's own data."""
    if len(require_storable(password, field=field)) > PASSWORD_LENGTH:
        raise Refused(
            _("A password has at most %(length)d characters.") % {"length": PASSWORD_LENGTH},
            code="weak_password",
            field=field,
        )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="weak_password", field=field) from error


def set_password(user: User, password: str, *, actor: Actor, at: datetime) -> None:
    """Store it and tell the owner; the caller holds the user's row and has checked it.

    The hash of a session contains the hash of the password, so all his sessions are over.
    """
    user.set_password(password)
    user.save(update_fields=["password"])
    OneTimeLink.objects.filter(user=user).delete()
    forget_failures(username=user.email)
    event = events.record(
        Kind.PASSWORD_SET, subject_kind="user", subject_id=user.pk, actor=actor, at=at
    )
    letters.password_set(user, key=f"event:{event.pk}:password_set", at=at)


def _reset_url(user_code: str, token: str) -> str:
    path = reverse("account_reset_password_from_key", args=[user_code, token])
    return f"{settings.PUBLIC_URL}{path}"
