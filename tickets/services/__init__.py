"""The verbs of the desk: one function, one transaction, one Event each."""

from tickets.services.opening import open
from tickets.services.reading import mark_read
from tickets.services.receiving import accept_message, receive_reply
from tickets.services.records import Body, Correspondent, Incoming, StoredFile
from tickets.services.replying import add_note, reply
from tickets.services.routing import assign, set_priority, transfer
from tickets.services.status import (
    close,
    fire_close,
    hold,
    reopen,
    solve,
    take_up,
    wait_for_customer,
)

__all__ = [
    "Body",
    "Correspondent",
    "Incoming",
    "StoredFile",
    "accept_message",
    "add_note",
    "assign",
    "close",
    "fire_close",
    "hold",
    "mark_read",
    "open",
    "receive_reply",
    "reopen",
    "reply",
    "set_priority",
    "solve",
    "take_up",
    "transfer",
    "wait_for_customer",
]
