"""One-time links: only the hash of a token is stored, and it is used once."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import OneTimeLink, User
from core import crypto
from core.errors import Refused


def make_link(
    purpose: OneTimeLink.Purpose, *, at: datetime, valid: timedelta, user: User | None = None
) -> str:
    """The address of a new link; the earlier ones for the same purpose and person are gone."""
    OneTimeLink.objects.filter(purpose=purpose, user=user).delete()
    token = crypto.new_token()
    OneTimeLink.objects.create(
        purpose=purpose, user=user, token_hash=crypto.token_hash(token), expires_at=at + valid
    )
    return f"{settings.PUBLIC_URL}/{purpose}/{token}/"


def use_link(purpose: OneTimeLink.Purpose, token: str, *, at: datetime) -> OneTimeLink:
    """The link, used from now on.

    Raises Refused `link_invalid`, the same for every reason, unless it is valid and unused.
    """
    try:
        token_hash = crypto.token_hash(token)
    except ValueError:
        raise link_invalid() from None
    link = (
        OneTimeLink.objects.select_for_update()
        .filter(purpose=purpose, token_hash=token_hash, used_at=None, expires_at__gt=at)
        .first()
    )
    if link is None:
        raise link_invalid()
    link.used_at = at
    link.save(update_fields=["used_at"])
    return link


def link_invalid() -> Refused:
    """What is said of every link that does not work, whatever the reason."""
    return Refused(
        _("This link has already been used or has expired. Ask for a new one."),
        code="link_invalid",
    )
