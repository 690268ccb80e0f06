"""Who changed what on a ticket, in sentences: Events hold ids and codes, never words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core.actor import ActorKind
from core.models import Event
from promises.events import Kind as PromiseKind
from tickets.events import Kind
from tickets.models import Ticket
from tickets.queries.directory import Directory
from tickets.queries.promise_cards import PromiseCard

PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One change: what happened, who did it, when, and which promise it is about."""

    text: str
    who: str
    at: datetime
    is_promise: bool
    is_new_promise: bool
    promise: PromiseCard | None


@dataclass(frozen=True, slots=True)
class History:
    """Changes of a ticket, the latest first; `before_id` if there are earlier ones."""

    lines: list[Line]
    before_id: int | None


def history(
    ticket: Ticket,
    known: Directory,
    promises: Sequence[PromiseCard],
    *,
    before: int | None = None,
) -> History:
    """A page of the ticket's history. One statement."""
    events = Event.objects.filter(ticket_id=ticket.pk).order_by("-id")
    if before:
        events = events.filter(id__lt=before)
    found = list(events[: PAGE + 1])
    by_id = {card.promise.pk: card for card in promises}
    return History(
        lines=[line(event, known, by_id) for event in found[:PAGE]],
        before_id=found[PAGE - 1].pk if len(found) > PAGE else None,
    )


def line(event: Event, known: Directory, promises: Mapping[int, PromiseCard]) -> Line:
    """The event in words."""
    is_promise = event.kind in set(PromiseKind)
    sentence = _SENTENCES.get(event.kind, _unknown)
    return Line(
        text=sentence(event, known),
        who=_who(event, known),
        at=event.at,
        is_promise=is_promise,
        is_new_promise=event.kind == PromiseKind.MADE,
        promise=promises.get(event.subject_id) if is_promise else None,
    )


def is_between_messages(event: Event) -> bool:
    """Whether the conversation mentions it: what a message says itself is left out."""
    if event.kind in _SAID_BY_MESSAGES:
        return _reopened(event)
    return event.kind in _SENTENCES


def _reopened(event: Event) -> bool:
    """Whether a message, ours or the customer's, opened a solved ticket again."""
    return bool(event.data.get("from") == Ticket.Status.SOLVED)


def _who(event: Event, known: Directory) -> str:
    if event.actor_kind == ActorKind.USER:
        return known.name_of(event.actor_id) or _("A former colleague")
    if event.actor_kind == ActorKind.CUSTOMER:
        return _("Customer")
    return _("Helpdesk")


def _number(event: Event, key: str) -> int | None:
    found = event.data.get(key)
    return found if isinstance(found, int) else None


def _fixed(sentence: Callable[[], str]) -> Callable[[Event, Directory], str]:
    return lambda event, known: sentence()


def _assigned(event: Event, known: Directory) -> str:
    name = known.name_of(_number(event, "assignee_id"))
    return _("Assigned to %(name)s") % {"name": name} if name else _("Taken from its owner")


def _transferred(event: Event, known: Directory) -> str:
    name = known.team_name(_number(event, "team_id"))
    return _("Transferred to %(team)s") % {"team": name or _("another team")}


_RANK = {value: rank for rank, value in enumerate(Ticket.Priority.values)}


def _priority(event: Event, known: Directory) -> str:
    before, after = str(event.data.get("priority_was", "")), str(event.data.get("priority", ""))
    label = Ticket.Priority(after).label if after in _RANK else after
    if _RANK.get(after, 0) < _RANK.get(before, 0):
        return _("Priority lowered to %(priority)s") % {"priority": label}
    return _("Priority raised to %(priority)s") % {"priority": label}


def _opened(event: Event, known: Directory) -> str:
    channel = str(event.data.get("channel", ""))
    if channel in Ticket.Channel.values:
        return _("Opened (%(channel)s)") % {"channel": Ticket.Channel(channel).label}
    return _("Opened")


def _wrote(sentence: Callable[[], str]) -> Callable[[Event, Directory], str]:
    """A message, and what it did to a solved ticket."""
    return lambda event, known: _("Reopened") if _reopened(event) else sentence()


def _unknown(event: Event, known: Directory) -> str:
    return event.kind


_SAID_BY_MESSAGES = frozenset(
    {
        Kind.OPENED,
        Kind.CUSTOMER_REPLIED,
        Kind.THIRD_PARTY_REPLIED,
        Kind.MESSAGE_FLAGGED,
        Kind.AUTO_MESSAGE,
        Kind.REPLIED,
        Kind.NOTED,
        Kind.CALLED,
        Kind.LETTER_SENT,
        Kind.DELIVERY_FAILED,
        PromiseKind.TRIED,
        PromiseKind.REMINDED,
    }
)

_SENTENCES: Mapping[str, Callable[[Event, Directory], str]] = {
    Kind.OPENED: _opened,
    Kind.CUSTOMER_REPLIED: _wrote(lambda: _("The customer wrote")),
    Kind.THIRD_PARTY_REPLIED: _fixed(lambda: _("Somebody else wrote")),
    Kind.MESSAGE_FLAGGED: _fixed(lambda: _("A message from an unknown sender was held back")),
    Kind.MESSAGE_ACCEPTED: _fixed(lambda: _("A held-back message was accepted")),
    Kind.AUTO_MESSAGE: _fixed(lambda: _("An automatic message came in")),
    Kind.REPLIED: _wrote(lambda: _("Replied")),
    Kind.NOTED: _fixed(lambda: _("Wrote a note")),
    Kind.CALLED: _fixed(lambda: _("Logged a call")),
    Kind.LETTER_SENT: _fixed(lambda: _("A letter was written to the customer")),
    Kind.LETTER_WITHHELD: _fixed(lambda: _("A letter to the customer was held back")),
    Kind.DELIVERY_FAILED: _fixed(lambda: _("A mail could not be delivered")),
    Kind.ASSIGNED: _assigned,
    Kind.TRANSFERRED: _transferred,
    Kind.PRIORITY_SET: _priority,
    Kind.WAITING_FOR_CUSTOMER: _fixed(lambda: _("Now it is the customer’s turn")),
    Kind.HELD: _fixed(lambda: _("Put on hold")),
    Kind.TAKEN_UP: _fixed(lambda: _("Taken up again")),
    Kind.SOLVED: _fixed(lambda: _("Solved")),
    Kind.REOPENED: _fixed(lambda: _("Reopened")),
    Kind.CLOSED: _fixed(lambda: _("Closed")),
    PromiseKind.MADE: _fixed(lambda: _("Made a promise")),
    PromiseKind.TRIED: _fixed(lambda: _("Tried to keep a promise")),
    PromiseKind.REMINDED: _fixed(lambda: _("Reminded of a promise")),
    PromiseKind.KEPT: _fixed(lambda: _("Kept a promise")),
    PromiseKind.KEPT_LATE: _fixed(lambda: _("Kept a promise late")),
    PromiseKind.ATTEMPTED: _fixed(lambda: _("Attempted a promise as agreed")),
    PromiseKind.RENEGOTIATED: _fixed(lambda: _("Renegotiated a promise")),
    PromiseKind.BROKEN: _fixed(lambda: _("Told that a promise cannot be kept")),
    PromiseKind.CANCELLED: _fixed(lambda: _("The customer cancelled a promise")),
    PromiseKind.SUPERSEDED: _fixed(lambda: _("A promise was no longer needed")),
    PromiseKind.VOIDED: _fixed(lambda: _("A promise was made void")),
    PromiseKind.MISSED: _fixed(lambda: _("A promise was missed")),
    PromiseKind.HANDED_OVER: _fixed(lambda: _("A promise was handed over")),
    PromiseKind.TURNED_CHECK_BACK: _fixed(lambda: _("A promise became a check-back")),
    PromiseKind.ZONE_FOLLOWED: _fixed(lambda: _("A promise followed its zone’s new rules")),
}
