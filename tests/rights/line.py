"""A line of the matrix: an address, and the status each kind of visitor gets."""

from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.models import Team, User
from customers.models import Person
from promises.models import Promise
from tickets.models import Ticket

# The columns. `nobody` has signed in and holds no role.
VISITORS = ("anonymous", "nobody", "agent", "supervisor", "manager", "administrator")


@dataclass(frozen=True, slots=True)
class Stage:
    """Whom and what an address can be about."""

    agent: User
    supervisor: User
    manager: User
    administrator: User
    nobody: User
    team: Team
    customer: Person
    ticket: Ticket
    promise: Promise


def _nothing(stage: Stage) -> dict[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Line:
    """`route` is the pattern as the resolver has it.

    `get` and `post` hold six statuses in the order of VISITORS, or one for all; the post is
    an empty form. `about` gives the values in the route. `exempt` is for addresses that other
    machines post to, without a token of ours.
    """

    route: str
    get: str
    post: str
    about: Callable[[Stage], dict[str, object]] = field(default=_nothing)
    exempt: bool = False

    def expected(self, method: str, visitor: str) -> int:
        """The status that this visitor gets."""
        statuses = (self.get if method == "get" else self.post).split()
        return int(statuses[VISITORS.index(visitor) if len(statuses) > 1 else 0])
