"""The ticket kernel: the vocabulary that every engine shares."""

from tickets.models.facts import Alternative, Driver, Fact
from tickets.models.messages import Attachment, Message, Recipient
from tickets.models.ticket import Follower, ReadMark, Ticket, TicketQuerySet

__all__ = [
    "Alternative",
    "Attachment",
    "Driver",
    "Fact",
    "Follower",
    "Message",
    "ReadMark",
    "Recipient",
    "Ticket",
    "TicketQuerySet",
]
