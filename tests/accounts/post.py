"""What the outbox holds for the people of the desk."""

import base64
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from outbox.models import OutboxMessage


def letters() -> list[EmailMessage]:
    """The mails that wait to leave, first first."""
    return [
        message_from_bytes(base64.b64decode(row.payload["raw"]), policy=default)
        for row in OutboxMessage.objects.order_by("pk")
    ]


def text_of(letter: EmailMessage) -> str:
    return str(letter.get_content())


def link_in(letter: EmailMessage) -> str:
    """The path of the one link in a letter."""
    (path,) = re.findall(r"https?://[^/\s]+(/\S+)", text_of(letter))
    return str(path)
