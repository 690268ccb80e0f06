"""Mails of customers in tests of screens, as rows."""

from tests.cast import NOW
from tickets.models import Message, Ticket


def wrote(ticket: Ticket, words: str, **fields: object) -> Message:
    """The customer's next mail."""
    given = {
        "kind": Message.Kind.REPLY,
        "direction": Message.Direction.IN,
        "channel": "email",
        "author_kind": Message.AuthorKind.CUSTOMER,
        "author_id": ticket.requester_id,
        "author_name": "Marieke de Wolf",
        "author_address": "marieke@bakkerijdewolf.example",
        "at": NOW,
        "body_text": words,
        "new_part_text": words,
        "new_part_html": f"<p>{words}</p>",
    }
    return Message.objects.create(ticket=ticket, **{**given, **fields})
