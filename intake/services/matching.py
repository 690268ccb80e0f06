"""Whose ticket a mail belongs to. From proves nothing; a signed token proves that we wrote to them.

Source: email 3 and 5, reliability 3 (rows 10 to 12).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

import customers.queries
from intake.mail.records import ParsedMail
from mailboxes import signing
from tickets.models import Message, Recipient, Ticket

_NUMBER = re.compile(r"\[#\s?([0-9]{1,12})\]|(?:^|\s)#([0-9]{3,12})\b", re.ASCII)
_IDS_LOOKED_AT = 60
_DEEPEST_MERGE = 20


@dataclass(frozen=True, slots=True)
class Match:
    """The ticket a mail belongs to; `takes_part`: its sender is the requester or was written to."""

    ticket: Ticket
    takes_part: bool


def find(mail: ParsedMail) -> Match | None:
    """The mail's ticket, or None: then it opens a new one.

    A token of ours joins whoever sends it. Without one, the Message-ID of an earlier mail or a
    number in the subject joins only somebody who takes part: else anyone could write into any
    ticket by guessing.
    """
    ticket = _by_token(mail)
    if ticket is not None:
        return Match(ticket, takes_part(ticket, mail.from_email))
    for candidate in _guesses(mail):
        if takes_part(candidate, mail.from_email):
            return Match(candidate, takes_part=True)
    return None


def takes_part(ticket: Ticket, address: str) -> bool:
    """Whether the address is the requester's, or one an agent has written to on this ticket."""
    if not address:
        return False
    person = customers.queries.by_address(address)
    if person and ticket.requester_id in customers.queries.group_ids(person.pk):
        return True
    return Recipient.objects.filter(
        message__ticket=ticket,
        message__direction=Message.Direction.OUT,
        address__iexact=address,
    ).exists()


def _by_token(mail: ParsedMail) -> Ticket | None:
    addresses = [*mail.delivered_to, *(to.email for to in (*mail.to, *mail.cc))]
    for address in addresses:
        ticket_id = signing.ticket_id_of(address)
        ticket = _live(Q(pk=ticket_id)) if ticket_id else None
        if ticket is not None:
            return ticket
    for message_id in _ids(mail):
        message_pk = signing.message_pk_of(message_id)
        ticket = _live(Q(messages__pk=message_pk)) if message_pk else None
        if ticket is not None:
            return ticket
    return None


def _guesses(mail: ParsedMail) -> Iterable[Ticket]:
    known = Message.objects.filter(rfc_message_id__in=_ids(mail)).order_by("-pk")
    for ticket_id in known.values_list("ticket_id", flat=True)[:5]:
        ticket = _live(Q(pk=ticket_id))
        if ticket is not None:
            yield ticket
    for found in _NUMBER.finditer(mail.subject[:500]):
        ticket = _live(Q(number=int(found.group(1) or found.group(2))))
        if ticket is not None:
            yield ticket


def _ids(mail: ParsedMail) -> list[str]:
    """The Message-IDs the mail answers, the nearest first."""
    nearest_first = [mail.in_reply_to, *reversed(mail.references)]
    return [one for one in dict.fromkeys(nearest_first) if one][:_IDS_LOOKED_AT]


def _live(which: Q) -> Ticket | None:
    """The ticket, through all mergers; None if it is gone."""
    ticket = Ticket.objects.live().filter(which).select_related("merged_into").first()
    for _step in range(_DEEPEST_MERGE):
        if ticket is None or ticket.merged_into is None:
            return ticket
        ticket = ticket.merged_into
    return ticket
