"""A message of ours as the bytes of a mail that threads in the customer's mailbox."""

from collections.abc import Sequence

from django.core.files.storage import default_storage

import mailboxes.services
from mailboxes import signing
from mailboxes.models import Mailbox
from mailboxes.rendering import Addressee, Automatic, Letter, Part, clean_id, render
from promises.services import language_of
from tickets import rendering
from tickets.models import Attachment, Message, Recipient, Ticket
from tickets.services import wording

# Older messages add nothing to a thread that its first one and these do not hold.
_THREAD = 5
_QUOTE_LIMIT = 20_000


def mailbox_of(ticket: Ticket) -> Mailbox:
    """The mailbox by which mail on this ticket leaves: that it came to, else the active one."""
    if ticket.mailbox is not None and ticket.mailbox.is_active:
        return ticket.mailbox
    return mailboxes.services.active()


def of_reply(message: Message, recipients: Sequence[Recipient]) -> bytes:
    """An agent's message: text, signature, then the customer's last words."""
    ticket = message.ticket
    mailbox = mailbox_of(ticket)
    answered = _last_words(message)
    with wording.in_language(language_of(ticket)):
        name = wording.sender_name(message)
        line = wording.quote_line(answered, ticket) if answered else ""
    quoted = answered.new_part_text[:_QUOTE_LIMIT] if answered else ""
    return _render(
        message,
        recipients,
        mailbox=mailbox,
        answered=answered,
        sender_name=name,
        subject=wording.reply_subject(ticket),
        text=_text(message.body_text, mailbox.signature, line, quoted),
        html=_html(message.body_html, mailbox.signature, line, quoted),
        parts=[_part(attachment) for attachment in message.attachments.order_by("pk")],
    )


def of_letter(message: Message, recipients: Sequence[Recipient], *, automatic: Automatic) -> bytes:
    """What the desk itself writes; marked as automatic, so that no machine answers it."""
    return _render(
        message,
        recipients,
        mailbox=mailbox_of(message.ticket),
        answered=_last_words(message),
        sender_name=wording.sender_name(message),
        subject=message.subject,
        text=message.body_text,
        html=message.body_html,
        automatic=automatic,
    )


def _render(
    message: Message,
    recipients: Sequence[Recipient],
    *,
    mailbox: Mailbox,
    answered: Message | None,
    sender_name: str,
    subject: str,
    text: str,
    html: str,
    parts: Sequence[Part] = (),
    automatic: Automatic = "",
) -> bytes:
    """The bytes; the message remembers under which Message-ID it leaves, and what it answers."""
    message.rfc_message_id = signing.message_id(message.pk, mailbox.address.rpartition("@")[2])
    message.in_reply_to = clean_id(answered.rfc_message_id) if answered else ""
    message.save(update_fields=["rfc_message_id", "in_reply_to"])
    to = [one for one in recipients if one.role == Recipient.Role.TO]
    copies = [one for one in recipients if one.role == Recipient.Role.CC]
    if not to:
        # The requester has no address: the mail is addressed to those who get a copy.
        to, copies = copies, []
    return render(
        Letter(
            sender=Addressee(mailbox.address, sender_name),
            to=[Addressee(one.address, one.name) for one in to],
            cc=[Addressee(one.address, one.name) for one in copies],
            subject=subject,
            message_id=message.rfc_message_id,
            at=message.at,
            text=text,
            html=html,
            reply_to=signing.reply_address(mailbox, message.ticket_id),
            in_reply_to=message.in_reply_to,
            references=_thread(message),
            parts=parts,
            automatic=automatic,
            language=message.language,
        )
    )


def _thread(message: Message) -> list[str]:
    """Message-IDs of the conversation, oldest first, ending with the one that is answered."""
    public = Message.objects.filter(
        ticket_id=message.ticket_id,
        pk__lt=message.pk,
        kind__in=[Message.Kind.REPLY, Message.Kind.LETTER],
        flagged_at__isnull=True,
    ).exclude(rfc_message_id="")
    ids = public.values_list("rfc_message_id", flat=True)
    known = [*ids.order_by("pk")[:1], *reversed(ids.order_by("-pk")[:_THREAD])]
    thread = [clean_id(one) for one in known if clean_id(one) != message.in_reply_to]
    return [*dict.fromkeys(thread), message.in_reply_to]


def _last_words(message: Message) -> Message | None:
    """What the customer himself last said in public before this message."""
    return (
        Message.objects.filter(
            ticket_id=message.ticket_id,
            pk__lt=message.pk,
            kind=Message.Kind.REPLY,
            direction=Message.Direction.IN,
            author_kind=Message.AuthorKind.CUSTOMER,
            auto_generated=False,
            flagged_at__isnull=True,
        )
        .order_by("-pk")
        .first()
    )


def _text(body: str, signature: str, line: str, quoted: str) -> str:
    parts = [body]
    if signature.strip():
        parts.append(f"-- \n{signature.strip()}")
    if quoted.strip():
        parts.append("\n".join([line, *(f"> {row}".rstrip() for row in quoted.split("\n"))]))
    return "\n\n".join(parts)


def _html(body: str, signature: str, line: str, quoted: str) -> str:
    parts = [body]
    if signature.strip():
        parts.append(rendering.html_of_text(f"-- \n{signature.strip()}"))
    if quoted.strip():
        parts.append(rendering.html_of_text(line))
        parts.append(f"<blockquote>{rendering.html_of_text(quoted)}</blockquote>")
    return "\n".join(parts)


def _part(attachment: Attachment) -> Part:
    with default_storage.open(attachment.key) as file:
        return Part(attachment.name, attachment.content_type, file.read())
