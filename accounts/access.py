"""Rights apart from any ticket. Rights on a ticket: `tickets.access`."""

from django.db.models import QuerySet

from accounts.models import Role, User
from accounts.rules import CUSTOMER_RIGHTS
from core.actor import Actor, ActorKind
from core.errors import Forbidden


def roles_with(actor: Actor, right: str) -> QuerySet[Role]:
    """The roles through which an active user holds the right, for use in a condition."""
    return Role.objects.filter(
        users__id=actor.id or 0, users__is_active=True, rights__contains=[right]
    )


def holders_of(right: str) -> QuerySet[User]:
    """The active users who hold the right."""
    return User.objects.filter(is_active=True, roles__rights__contains=[right]).distinct()


def has_right(actor: Actor, right: str) -> bool:
    """Whether the actor holds the right."""
    if actor.kind == ActorKind.SYSTEM:
        return True
    if actor.kind == ActorKind.CUSTOMER:
        return right in CUSTOMER_RIGHTS
    return actor.kind == ActorKind.USER and roles_with(actor, right).exists()


def require_right(actor: Actor, right: str) -> None:
    """Forbidden unless the actor holds the right."""
    if not has_right(actor, right):
        raise Forbidden(right)
