"""Files of messages, by the name in their address, for those who may see the ticket."""

from collections.abc import Sequence

from core.actor import Actor
from core.defaults import storage_key
from core.errors import NotFound
from tickets.access import visible_to
from tickets.models import Attachment, Message

_NAME_LENGTH = len(storage_key().rpartition("/")[2])


def attachment(name: str, *, actor: Actor) -> Attachment:
    """The file stored under this random name; NotFound unless its ticket may be seen."""
    found = None
    if len(name) == _NAME_LENGTH:
        found = Attachment.objects.filter(
            key=f"{name[:2]}/{name}", message__ticket__in=visible_to(actor)
        ).first()
    if found is None:
        raise NotFound(f"file {name}")
    return found


def mail(message_id: int, *, actor: Actor) -> tuple[Message, Sequence[Attachment]]:
    """A message with its inline files; NotFound unless its ticket may be seen."""
    message = Message.objects.filter(pk=message_id, ticket__in=visible_to(actor)).first()
    if message is None:
        raise NotFound(f"message {message_id}")
    return message, list(message.attachments.filter(inline=True).order_by("pk"))
