"""What `receive_email` says of a mail: architecture 7."""

from typing import Any

from intake.mail.records import ParsedMail
from intake.models import InboundMail
from tickets.models import Ticket

Answer = dict[str, Any]


def answer(mail: InboundMail | None, parsed: ParsedMail, *, status: str, reason: str) -> Answer:
    """One JSON object; every key is filled whatever became of the mail."""
    ticket = Ticket.objects.filter(pk=mail.ticket_id).first() if mail and mail.ticket_id else None
    return {
        "status": status,
        "reason": reason,
        "ticket": ticket.number if ticket else None,
        "message_id": mail.message_id if mail else None,
        "subject": parsed.subject,
        "from_email": parsed.from_email,
        "from_name": parsed.from_name,
        "to": [address.email for address in parsed.to],
        "cc": [address.email for address in parsed.cc],
        "text": parsed.text,
        "html": parsed.html,
        "attachments": [
            {
                "name": file.name,
                "content_type": file.content_type,
                "size": file.size,
                "inline": file.inline,
            }
            for file in parsed.attachments
        ],
        "auto_generated": parsed.auto.auto_generated,
    }
