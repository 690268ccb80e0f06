"""Writing a message: its row, its recipients, its files. The verbs decide what follows from it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.models import User
from core.actor import Actor
from core.errors import Forbidden
from core.text import normalise, one_line
from tickets.models import Message, Recipient, Ticket
from tickets.rendering import HTML_RULES
from tickets.services import files as stored_files
from tickets.services.records import Body, Correspondent, Incoming, StoredFile

# A unique or indexed Message-ID longer than this would not fit into its index.
_ID_LIMIT = 900
RECIPIENTS_KEPT = 200


def staff_name(actor: Actor, *, right: str) -> str:
    """The name of the member of staff who writes; Forbidden if the actor is none."""
    if not actor.is_staff or actor.id is None:
        raise Forbidden(right)
    return User.objects.values_list("name", flat=True).get(pk=actor.id)


def write_reply(
    ticket: Ticket,
    body: Body,
    *,
    actor: Actor,
    name: str,
    at: datetime,
    recipients: Sequence[Correspondent] = (),
    files: Sequence[StoredFile] = (),
) -> Message:
    """What a person on our side says to the customer."""
    message = _by_staff(ticket, body, actor=actor, name=name, at=at)
    message.kind = Message.Kind.REPLY
    message.direction = Message.Direction.OUT
    message.channel = "email"
    message.subject = ticket.subject
    return _save(message, recipients, files)


def write_note(
    ticket: Ticket,
    body: Body,
    *,
    actor: Actor,
    name: str,
    at: datetime,
    files: Sequence[StoredFile] = (),
) -> Message:
    """What only the team sees."""
    message = _by_staff(ticket, body, actor=actor, name=name, at=at)
    message.kind = Message.Kind.NOTE
    message.direction = Message.Direction.INTERNAL
    message.channel = "agent"
    return _save(message, (), files)


def write_system_note(ticket: Ticket, body: Body, *, at: datetime) -> Message:
    """What the desk itself tells the team."""
    message = _message(ticket, body, at)
    message.kind = Message.Kind.NOTE
    message.direction = Message.Direction.INTERNAL
    message.channel = "agent"
    message.author_kind = Message.AuthorKind.SYSTEM
    return _save(message, (), ())


def write_letter(
    ticket: Ticket, body: Body, *, subject: str, to: Correspondent, at: datetime, language: str
) -> Message:
    """What the desk itself writes to the customer."""
    message = _message(ticket, body, at)
    message.kind = Message.Kind.LETTER
    message.direction = Message.Direction.OUT
    message.channel = "email"
    message.author_kind = Message.AuthorKind.SYSTEM
    message.auto_generated = True
    message.subject = one_line(subject, limit=500)
    message.language = language
    return _save(message, [to], ())


def write_incoming(ticket: Ticket, incoming: Incoming, *, at: datetime) -> Message:
    """What came from outside, flagged if nobody vouches for its author."""
    message = _message(ticket, incoming.body.completed(), at)
    message.kind = Message.Kind.REPLY
    message.direction = Message.Direction.IN
    message.channel = incoming.channel
    message.author_kind = incoming.author_kind
    message.author_id = incoming.author_id
    message.author_name = one_line(incoming.author_name, limit=200)
    message.author_address = one_line(incoming.author_address, limit=254)
    message.subject = one_line(incoming.subject, limit=500)
    message.rfc_message_id = one_line(incoming.rfc_message_id, limit=_ID_LIMIT)
    message.in_reply_to = one_line(incoming.in_reply_to, limit=_ID_LIMIT)
    message.inbound_mail_id = incoming.inbound_mail_id
    message.auto_generated = incoming.auto_generated
    message.flagged_at = at if incoming.flagged else None
    message.language = normalise(incoming.language)[:12]
    return _save(message, incoming.recipients, incoming.files)


def _by_staff(ticket: Ticket, body: Body, *, actor: Actor, name: str, at: datetime) -> Message:
    message = _message(ticket, body, at)
    message.author_kind = Message.AuthorKind.USER
    message.author_id = actor.id
    message.author_name = name
    return message


def _message(ticket: Ticket, body: Body, at: datetime) -> Message:
    return Message(
        ticket=ticket,
        at=at,
        source_md=body.source_md,
        body_html=body.html,
        body_text=body.text,
        new_part_text=body.new_text,
        new_part_html=body.new_html,
        html_rules=HTML_RULES,
    )


def _save(
    message: Message, recipients: Iterable[Correspondent], files: Sequence[StoredFile]
) -> Message:
    message.save(force_insert=True)
    rows = {
        (one.role, one.address): Recipient(
            message=message,
            role=one.role,
            address=one.address,
            name=one_line(one.name, limit=200),
            person_id=one.person_id,
        )
        for one in recipients
        if 0 < len(one.address) <= 254
    }
    if rows:
        Recipient.objects.bulk_create(list(rows.values())[:RECIPIENTS_KEPT])
    if files:
        stored_files.attach(message, files)
    return message
