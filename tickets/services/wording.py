"""The words of letters to customers: in their language, with times on their clock.

Every sentence is whole, so that each language can turn it as it must. Customers read "request",
never "ticket".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import dates
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import to_locale

from core import desk
from promises.models import Promise
from promises.services import zone_for
from tickets.models import Message, Ticket

_PREFIXES = ("re:", "aw:", "sv:", "antw:", "fwd:", "wg:", "tr:", "vs:", "odp:")


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and plain text of a letter."""

    subject: str
    text: str


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """What is written inside is in this language."""
    with translation.override(language):
        yield


def reply_subject(ticket: Ticket) -> str:
    """The ticket's subject as an answer to it, with its number, by which it is found again."""
    subject = ticket.subject
    if not subject.lower().startswith(_PREFIXES):
        subject = f"Re: {subject}"
    number = f"[#{ticket.number}]"
    return subject if number in subject else f"{subject} {number}"


def sender_name(message: Message) -> str:
    """Who the mail is from: the agent's first name and the desk's."""
    first_name = message.author_name.split(" ")[0]
    if message.author_kind != Message.AuthorKind.USER or not first_name:
        return desk.current().name
    return _("%(agent)s from %(desk)s") % {"agent": first_name, "desk": desk.current().name}


def quote_line(message: Message, ticket: Ticket) -> str:
    """What stands above the customer's own words."""
    return _("On %(day)s at %(time)s, %(name)s wrote:") % {
        **_wall(message.at, zone_for(ticket.requester)[0]),
        "name": message.author_name or message.author_address,
    }


def acknowledgement(ticket: Ticket) -> Words:
    """We have got the request. Nothing of what its sender wrote is repeated."""
    subject = _("We have received your request [#%(number)d]") % {"number": ticket.number}
    text = _(
        "Hello,\n\n"
        "Thank you for writing to us. Your request has the number %(number)d. A person will read"
        " it and answer you.\n\n"
        "If you want to add something, simply reply to this message.\n\n"
        "%(desk)s"
    ) % {"number": ticket.number, "desk": desk.current().name}
    return Words(subject, text)


def confirmation(ticket: Ticket, promise: Promise) -> Words:
    """What we promised, in writing."""
    text = _(
        "Hello,\n\n"
        "As agreed:\n\n"
        "%(sentence)s\n\n"
        "If this does not suit you, simply reply to this message.\n\n"
        "%(desk)s"
    ) % {"sentence": promise_sentence(promise), "desk": desk.current().name}
    return Words(reply_subject(ticket), text)


def promise_sentence(promise: Promise) -> str:
    """The promise as one sentence, with the name of the day and the zone."""
    at = promise.from_at if promise.shape == Promise.Shape.AT else promise.until_at
    if promise.shape == Promise.Shape.BY_DAY and _is_midnight(at, promise.zone):
        # A business day that ends at midnight is the day before.
        at -= timedelta(minutes=1)
    return _promise_sentences()[(promise.channel, promise.shape)] % _wall(at, promise.zone)


def _promise_sentences() -> dict[tuple[str, str], str]:
    call, email, visit = Promise.Channel.CALL, Promise.Channel.EMAIL, Promise.Channel.VISIT
    at, by, by_day = Promise.Shape.AT, Promise.Shape.BY, Promise.Shape.BY_DAY
    return {
        (call, at): _("We will call you on %(day)s at %(time)s (%(zone)s)."),
        (call, by): _("We will call you on %(day)s, at %(time)s at the latest (%(zone)s)."),
        (call, by_day): _("We will call you by the end of %(day)s, %(time)s (%(zone)s)."),
        (email, at): _("We will write to you on %(day)s at %(time)s (%(zone)s)."),
        (email, by): _("We will write to you on %(day)s, at %(time)s at the latest (%(zone)s)."),
        (email, by_day): _("We will write to you by the end of %(day)s, %(time)s (%(zone)s)."),
        (visit, at): _("We will come to you on %(day)s at %(time)s (%(zone)s)."),
        (visit, by): _("We will come to you on %(day)s, at %(time)s at the latest (%(zone)s)."),
        (visit, by_day): _("We will come to you by the end of %(day)s, %(time)s (%(zone)s)."),
    }


def _is_midnight(at: datetime, zone: str) -> bool:
    return at.astimezone(ZoneInfo(zone)).time() == time()


def _wall(at: datetime, zone: str) -> dict[str, str]:
    """Day, time and zone as the customer reads them; the offset tells a repeated hour apart."""
    local = at.astimezone(ZoneInfo(zone))
    locale = to_locale(translation.get_language() or settings.LANGUAGE_CODE)
    city = dates.get_timezone_location(local, locale=locale, return_city=True)
    offset = dates.get_timezone_gmt(local, "long", locale=locale)
    return {
        "day": dates.format_date(local.date(), "full", locale=locale),
        "time": dates.format_time(local.time(), "short", locale=locale),
        "zone": f"{city}, {offset}",
    }
