"""The words in which the demo's stories are written: who says what, how many minutes ago."""

from dataclasses import dataclass
from typing import Literal

HOUR = 60
DAY = 24 * HOUR


@dataclass(frozen=True)
class CustomerWrites:
    """The customer's mail; the first one opens the ticket. `files` are names of sample files."""

    ago: int
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Replies:
    """A public reply; `then` is the status it leaves behind."""

    ago: int
    by: str
    text: str
    then: Literal["open", "pending", "solved"] = "open"


@dataclass(frozen=True)
class Notes:
    """An internal note."""

    ago: int
    by: str
    text: str


@dataclass(frozen=True)
class Assigns:
    """`to` gets the ticket."""

    ago: int
    by: str
    to: str


@dataclass(frozen=True)
class SetsPriority:
    ago: int
    by: str
    priority: str


@dataclass(frozen=True)
class Holds:
    ago: int
    by: str
    reason: str


@dataclass(frozen=True)
class Solves:
    ago: int
    by: str


@dataclass(frozen=True)
class Closes:
    """The closing timer fired, 96 hours after the solving."""

    ago: int


@dataclass(frozen=True)
class Promises:
    """A contact promised `ago` minutes ago, for `due_in` minutes from now (negative: past)."""

    ago: int
    by: str
    topic: str
    due_in: int
    shape: str = "by"
    channel: str = "call"
    check_back: bool = False


@dataclass(frozen=True)
class Keeps:
    """The open promise is kept by a call in which `said` was said."""

    ago: int
    by: str
    said: str
    minutes: int = 4


@dataclass(frozen=True)
class Moves:
    """In a call the customer agrees to another time, `due_in` minutes from now."""

    ago: int
    by: str
    due_in: int
    said: str


@dataclass(frozen=True)
class BreaksOpenly:
    """The customer is told, in a reply, that the promise will not be kept."""

    ago: int
    by: str
    reason: str
    text: str


Step = (
    CustomerWrites
    | Replies
    | Notes
    | Assigns
    | SetsPriority
    | Holds
    | Solves
    | Closes
    | Promises
    | Keeps
    | Moves
    | BreaksOpenly
)


@dataclass(frozen=True)
class Story:
    """One ticket from its first mail to where it stands now."""

    subject: str
    requester: str
    language: str
    team: str
    steps: tuple[Step, ...]
    type: str = "problem"


@dataclass(frozen=True)
class Customer:
    key: str
    name: str
    address: str
    phone: str
    organisation: str
    zone: str
    locale: str
    since: int = 400  # days ago


@dataclass(frozen=True)
class Member:
    """A colleague of the fictional company."""

    key: str
    name: str
    address: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    reports_to: str = ""
    locale: str = "en-gb"
