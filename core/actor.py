"""Who does something: the `actor` of every verb and of every Event."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    USER = "user"
    CUSTOMER = "customer"
    SYSTEM = "system"
    RULE = "rule"
    TOKEN = "token"  # noqa: S105 - a kind of actor, not a secret


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or something, that acts.

    `id` is the primary key of the user, person, rule or token; the system has none.
    `on_behalf_of_id` is the user for whom somebody else acts; `request_id` ties the
    Events of one request together.
    """

    kind: ActorKind
    id: int | None = None
    on_behalf_of_id: int | None = None
    request_id: str = ""

    @classmethod
    def user(cls, user_id: int, *, request_id: str = "") -> "Actor":
        """A signed-in member of staff."""
        return cls(ActorKind.USER, user_id, request_id=request_id)

    @classmethod
    def customer(cls, person_id: int, *, request_id: str = "") -> "Actor":
        """A person who writes to us."""
        return cls(ActorKind.CUSTOMER, person_id, request_id=request_id)

    @classmethod
    def system(cls, *, request_id: str = "") -> "Actor":
        """The desk itself: timers, mail intake, set-up."""
        return cls(ActorKind.SYSTEM, request_id=request_id)

    @property
    def is_staff(self) -> bool:
        return self.kind == ActorKind.USER

    @property
    def is_customer(self) -> bool:
        return self.kind == ActorKind.CUSTOMER

    @property
    def is_system(self) -> bool:
        return self.kind == ActorKind.SYSTEM
