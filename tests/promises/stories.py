"""What happens around a promise: calls, replies, customers' mails, and the passing of time."""

from datetime import datetime, timedelta

from accounts.models import User
from core.actor import Actor
from core.models import Event
from promises import services
from promises.models import Promise
from promises.services import Draft
from tests.cast import NOW, actor
from tickets.models import Message, Ticket

MINUTE = timedelta(minutes=1)
# 15:00 in Amsterdam, an hour after NOW.
THREE = NOW + timedelta(hours=1)


def draft(**given: object) -> Draft:
    """Call Marieke by 15:00 today, with her consent."""
    known: dict[str, object] = {
        "topic": "Saturday",
        "shape": "by",
        "on": "2026-11-19",
        "time": "15:00",
        "consent": True,
    }
    return Draft(**{**known, **given})  # type: ignore[arg-type]


def promised(
    ticket: Ticket, by: User, *, at: datetime = NOW, made_with: int | None = None, **given: object
) -> Promise:
    """The promise, made by a member of staff."""
    return services.make(
        ticket.pk, draft=draft(**given), actor=actor(by), at=at, made_with_message_id=made_with
    )


def call(
    ticket: Ticket,
    by: User,
    *,
    at: datetime,
    outcome: str = "connected",
    direction: str = "out",
    channel: str = "phone",
) -> Message:
    """A logged call."""
    return Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.CALL,
        direction=direction,
        channel=channel,
        author_kind=Message.AuthorKind.USER,
        author_id=by.pk,
        at=at,
        call_outcome=outcome,
        body_text="We talked.",
    )


def reply(ticket: Ticket, by: User, *, at: datetime) -> Message:
    """A reply of ours."""
    return Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.REPLY,
        direction=Message.Direction.OUT,
        channel="email",
        author_kind=Message.AuthorKind.USER,
        author_id=by.pk,
        at=at,
        body_text="Dear Marieke",
    )


def note(ticket: Ticket, by: User, *, at: datetime) -> Message:
    """An internal note."""
    return Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.NOTE,
        direction=Message.Direction.INTERNAL,
        channel="agent",
        author_kind=Message.AuthorKind.USER,
        author_id=by.pk,
        at=at,
    )


def letter(ticket: Ticket, *, at: datetime) -> Message:
    """An automatic letter of the desk."""
    return Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.LETTER,
        direction=Message.Direction.OUT,
        channel="email",
        author_kind=Message.AuthorKind.SYSTEM,
        at=at,
        auto_generated=True,
    )


def mail(ticket: Ticket, *, at: datetime, auto: bool = False) -> Message:
    """A mail of the customer's."""
    return Message.objects.create(
        ticket=ticket,
        kind=Message.Kind.REPLY,
        direction=Message.Direction.IN,
        channel="email",
        author_kind=Message.AuthorKind.CUSTOMER,
        author_id=ticket.requester_id,
        at=at,
        auto_generated=auto,
    )


def customer_of(ticket: Ticket) -> Actor:
    """The ticket's requester as the actor of a verb."""
    return Actor.customer(ticket.requester_id)


def last_event(promise: Promise) -> Event:
    """What was recorded last about the promise."""
    return Event.objects.filter(subject_kind="promise", subject_id=promise.pk).latest("id")
