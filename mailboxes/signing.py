"""Signed reply addresses and Message-IDs: how an answer finds its ticket, and nobody else's does.

`support+48.<mac>@desk.example` and `<m.97.<mac>@desk.example>`. Both survive gateways that fold
case, lose the angle brackets or add words around them.
"""

import re

from core import crypto
from mailboxes.models import Mailbox

_REPLY = "reply address"
_MESSAGE = "message id"
_LOCAL_LIMIT = 64
_SIGNED_ADDRESS = re.compile(r"\+([0-9]{1,18})\.([a-z2-7]{20})@", re.IGNORECASE | re.ASCII)
_SIGNED_ID = re.compile(r"\bm\.([0-9]{1,18})\.([a-z2-7]{20})@", re.IGNORECASE | re.ASCII)


def reply_address(mailbox: Mailbox, ticket_id: int) -> str:
    """The mailbox's address with the ticket's signed tag.

    It has the mailbox's own local part, so that a mail server which knows sub-addresses delivers
    it without a further rule. The plain address if the tag does not fit in: then only the
    Message-ID leads back.
    """
    local, _, domain = mailbox.address.rpartition("@")
    tagged = f"{local}+{ticket_id}.{crypto.mac(_REPLY, str(ticket_id))}"
    return f"{tagged}@{domain}" if len(tagged) <= _LOCAL_LIMIT else mailbox.address


def ticket_id_of(address: str) -> int | None:
    """The ticket that a signed reply address leads to; None for any other or forged one."""
    return _verified(_SIGNED_ADDRESS, _REPLY, address)


def message_id(message_pk: int, domain: str) -> str:
    """The Message-ID, without angle brackets, of a message of ours."""
    return f"m.{message_pk}.{crypto.mac(_MESSAGE, str(message_pk))}@{domain}"


def message_pk_of(message_id: str) -> int | None:
    """Which message of ours carries this Message-ID; None for any other or forged one."""
    return _verified(_SIGNED_ID, _MESSAGE, message_id)


def _verified(pattern: re.Pattern[str], purpose: str, text: str) -> int | None:
    for found in pattern.finditer(text[:2000]):
        number, signature = found.groups()
        if number == str(int(number)) and crypto.mac_matches(purpose, number, signature):
            return int(number)
    return None
