"""Contacts that stand on a ticket already and could settle one of its promises."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from core.errors import Refused
from core.templatetags.ui import near
from promises.models import Promise
from tickets.models import Message

LOOKED_AT = 25
SHOWN = 6
WORDS = 60
Fits = Callable[[Promise, Message], None]


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A message to choose; `in_time`: it came before the promised time had passed."""

    message_id: int
    words: str
    in_time: bool


def contact_lines(promise: Promise, fits: Fits) -> Sequence[ContactLine]:
    """The newest contacts since the promise was made for which `fits` does not refuse."""
    talked = Q(kind__in=(Message.Kind.REPLY, Message.Kind.CALL))
    since = Message.objects.filter(
        talked, ticket_id=promise.ticket_id, at__gte=promise.made_at, flagged_at__isnull=True
    )
    newest = since.order_by("-at", "-pk")[:LOOKED_AT]
    fitting = [message for message in newest if _fits(promise, message, fits)]
    return [_line(promise, message) for message in fitting[:SHOWN]]


def _fits(promise: Promise, message: Message, fits: Fits) -> bool:
    try:
        fits(promise, message)
    except Refused:
        return False
    return True


def _line(promise: Promise, message: Message) -> ContactLine:
    words = _words(message) % {
        "name": message.author_name or message.author_address,
        "when": near(message.at),
    }
    said = Truncator(" ".join(message.new_part_text.split())).chars(WORDS)
    return ContactLine(
        message.pk, f"{words}: {said}" if said else words, message.at <= promise.until_at
    )


def _words(message: Message) -> str:
    if message.kind == Message.Kind.CALL:
        sentences = {
            Message.CallOutcome.CONNECTED: _("Call by %(name)s, %(when)s"),
            Message.CallOutcome.NOT_REACHED: _("Call by %(name)s, %(when)s, not reached"),
            Message.CallOutcome.VOICEMAIL: _("Voicemail by %(name)s, %(when)s"),
        }
        if message.direction == Message.Direction.IN:
            return _("The customer called, %(when)s")
        return sentences[Message.CallOutcome(message.call_outcome)]
    if message.direction == Message.Direction.IN:
        return _("%(name)s wrote, %(when)s")
    return _("Reply by %(name)s, %(when)s")
