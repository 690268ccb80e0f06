"""Which message on the ticket counts as what: the contact that settles a promise."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import NotFound, Refused
from promises.models import Promise
from tickets.models import Message, Ticket

VISIT = "visit"
_NOT_REACHED = (Message.CallOutcome.NOT_REACHED, Message.CallOutcome.VOICEMAIL)


def message_on(ticket: Ticket, message_id: int) -> Message:
    """The message of this ticket; NotFound if it is another's."""
    message = Message.objects.filter(pk=message_id, ticket=ticket).first()
    if message is None:
        raise NotFound(f"message {message_id}")
    return message


def require_kept_by(promise: Promise, message: Message, *, channel_accepted: bool) -> None:
    """A connected call or a reply of ours, in the promised channel or one the customer accepted.

    After the promised time a call of the customer's counts too: it is late in any case.
    Refused `no_contact` or `other_channel`.
    """
    _require_since(promise, message)
    if not is_ours(message):
        if _is_connected(message) and message.at > promise.until_at:
            return
        raise _no_contact(
            _(
                "That was no contact by us. Choose a connected call or a reply; if the customer"
                " called himself, choose “The customer cancelled it”."
            )
        )
    if not channel_accepted and channel_of(message) != promise.channel:
        raise Refused(
            _("Something else was promised. Tick that the customer accepted this way."),
            code="other_channel",
            field="channel_accepted",
        )


def require_agreed_in(promise: Promise, message: Message) -> None:
    """A contact in which the customer can have agreed to another time; Refused `no_contact`."""
    _require_since(promise, message)
    if not (is_ours(message) or _is_theirs(message)):
        raise _no_contact(
            _("Choose the call or message in which the customer agreed to the new time.")
        )


def require_told_in(promise: Promise, message: Message) -> None:
    """A call, a voicemail or a reply by which the customer was told; Refused `no_contact`."""
    _require_since(promise, message)
    left_word = message.direction == Message.Direction.OUT and is_voicemail(message)
    if not (is_ours(message) or left_word):
        raise _no_contact(_("Choose the call or message by which the customer was told."))


def require_cancelled_in(promise: Promise, message: Message) -> None:
    """A contact in which the customer can have called it off; Refused `no_contact`."""
    _require_since(promise, message)
    if not (_is_theirs(message) or _is_connected(message)):
        raise _no_contact(_("Choose the call or message in which the customer cancelled it."))


def require_attempt(promise: Promise, message: Message) -> None:
    """A call of ours that did not get through; Refused `no_contact`."""
    _require_since(promise, message)
    outgoing = message.direction == Message.Direction.OUT
    if not outgoing or message.call_outcome not in _NOT_REACHED:
        raise _no_contact(_("An attempt is a call of ours that was not answered."))


def latest(promise: Promise, *, until: datetime | None = None) -> Message | None:
    """The newest contact by us since the promise was made, at or before `until`."""
    connected = Q(kind=Message.Kind.CALL, call_outcome=Message.CallOutcome.CONNECTED)
    messages = Message.objects.filter(
        Q(kind=Message.Kind.REPLY) | connected,
        ticket_id=promise.ticket_id,
        direction=Message.Direction.OUT,
        author_kind=Message.AuthorKind.USER,
        flagged_at__isnull=True,
        at__gte=promise.made_at,
    ).exclude(pk__in=_before(promise))
    if until is not None:
        messages = messages.filter(at__lte=until)
    return messages.order_by("-at", "-id").first()


def is_ours(message: Message) -> bool:
    """Whether a person on our side reached the customer with it."""
    if message.direction != Message.Direction.OUT or not message.is_public:
        return False
    by_person = message.author_kind == Message.AuthorKind.USER
    return by_person and (message.kind == Message.Kind.REPLY or _is_connected(message))


def is_voicemail(message: Message) -> bool:
    return message.call_outcome == Message.CallOutcome.VOICEMAIL


def channel_of(message: Message) -> str:
    """The promise's word for the way a message went. A visit is logged like a call."""
    if message.kind != Message.Kind.CALL:
        return Promise.Channel.EMAIL
    return Promise.Channel.VISIT if message.channel == VISIT else Promise.Channel.CALL


def _is_theirs(message: Message) -> bool:
    """Whether the customer himself spoke in it: no auto-reply, nothing flagged."""
    if message.direction != Message.Direction.IN or message.auto_generated:
        return False
    return message.flagged_at is None and (
        message.kind == Message.Kind.REPLY or _is_connected(message)
    )


def _is_connected(message: Message) -> bool:
    return message.call_outcome == Message.CallOutcome.CONNECTED


def _before(promise: Promise) -> list[int]:
    """Messages that made the promise, and so cannot settle it."""
    before = promise.renegotiation_of.settled_by_message_id if promise.renegotiation_of else None
    return [pk for pk in (promise.made_with_message_id, before) if pk]


def _require_since(promise: Promise, message: Message) -> None:
    if message.at < promise.made_at or message.pk in _before(promise):
        raise _no_contact(_("That contact was before this promise was made. Choose a later one."))


def _no_contact(sentence: str) -> Refused:
    return Refused(sentence, code="no_contact", field="contact")
