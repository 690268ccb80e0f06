"""Django's own mails, such as a password reset, leave by the outbox like any other."""

import uuid
from collections.abc import Sequence
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from mailboxes.models import Mailbox
from outbox import services


class OutboxBackend(BaseEmailBackend):
    """Puts each mail into the outbox and blanks it once sent: it may hold a one-time link."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many were put; they leave once the running transaction commits."""
        return sum(_put(message) for message in email_messages if message.recipients())


def _put(message: EmailMessage) -> bool:
    mailbox = Mailbox.objects.filter(is_active=True).order_by("pk").first()
    if mailbox and message.from_email == settings.DEFAULT_FROM_EMAIL:
        message.from_email = formataddr((mailbox.name, mailbox.address))
    return services.put_mail(
        key=f"system:{uuid.uuid4()}",
        raw=message.message().as_bytes(),
        sender=mailbox.address if mailbox else message.from_email,
        recipients=message.recipients(),
        mailbox_id=None,
        blank_after_sending=True,
    )
