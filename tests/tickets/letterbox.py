"""Reading what stands in the outbox."""

import base64
import email
from email.message import EmailMessage
from email.policy import default

from core.models import Event
from outbox.models import OutboxMessage


def last_event(kind: str) -> Event:
    """The newest Event of this kind."""
    return Event.objects.filter(kind=kind).order_by("-id")[0]


def sent_mail(key: str) -> EmailMessage:
    """The mail under this key, as its reader parses it."""
    payload = OutboxMessage.objects.get(idem_key=key).payload
    parsed = email.message_from_bytes(base64.b64decode(payload["raw"]), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def text_of(mail: EmailMessage) -> str:
    """Its plain text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
