"""A ticket begins."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import customers.services
from accounts.access import require_right
from accounts.models import MailboxTeam
from core import events as core_events
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from core.text import one_line
from customers.models import Person
from tickets import events
from tickets.models import Message, Ticket
from tickets.services import messages, routing, typed
from tickets.services.records import Body, Incoming

SUBJECT_LIMIT = 500
_RIGHT = "ticket.open"


@transaction.atomic
def open(
    *,
    requester_id: int,
    subject: str,
    body: Body,
    channel: str,
    actor: Actor,
    at: datetime,
    mailbox_id: int | None = None,
    team_id: int | None = None,
    assignee_id: int | None = None,
    priority: str = Ticket.Priority.NORMAL,
    type: str = Ticket.Type.QUESTION,
    language: str = "",
    follow_up_of_id: int | None = None,
    incoming: Incoming | None = None,
) -> Ticket:
    """The ticket exists with its first message; with an assignee it is open, else new.

    `incoming` is the envelope of a mail; its body is `body`. By channel "agent" the first message
    is ours, public, and leaves as mail; by any other it is the requester's. Without `team_id` the
    mailbox's team gets it. The same mail again: the ticket it made.

    Raises Forbidden without the right `ticket.open`; customers open for themselves only. NotFound
    if requester, team or assignee does not exist; Refused for a bad text, subject or choice.
    """
    _require_may_open(actor, requester_id)
    known = incoming and received_before(incoming)
    if known:
        return known.ticket
    _require_choices(channel, priority, type)
    requester = _requester(requester_id)
    ticket = Ticket(
        subject=_subject(subject, actor),
        channel=channel,
        priority=priority,
        type=type,
        requester=requester,
        mailbox_id=mailbox_id,
        team_id=team_id or _team_of_mailbox(mailbox_id),
        language=language,
        follow_up_of_id=follow_up_of_id,
    )
    if team_id is not None:
        ticket.team = routing.active_team(team_id)
    begin(ticket, body, incoming, assignee_id=assignee_id, actor=actor, at=at)
    return ticket


def begin(
    ticket: Ticket,
    body: Body,
    incoming: Incoming | None,
    *,
    assignee_id: int | None,
    actor: Actor,
    at: datetime,
) -> Message:
    """Save the ticket with its first message and record it. The caller has asked for permission."""
    _copy_names(ticket)
    ticket.opened_at = ticket.last_event_at = at
    ticket.save(force_insert=True)
    message = _first_message(ticket, body, incoming, actor=actor, at=at)
    ours = message.direction == Message.Direction.OUT
    if ours:
        ticket.last_agent_message_at = at
    elif incoming is None or incoming.is_from_customer:
        ticket.last_customer_message_at = at
    if assignee_id is not None:
        routing.require_assignable(ticket, assignee_id)
        ticket.assignee_id = assignee_id
        ticket.assigned_at = at
    if ours or assignee_id is not None:
        ticket.status = Ticket.Status.OPEN
    ticket.save(
        update_fields=[
            "status",
            "assignee",
            "assigned_at",
            "last_agent_message_at",
            "last_customer_message_at",
        ]
    )
    events.record(
        ticket, events.Kind.OPENED, actor=actor, at=at, data=_facts(ticket, message, incoming)
    )
    return message


def received_before(incoming: Incoming) -> Message | None:
    """The message that this very mail made already."""
    if incoming.inbound_mail_id is None:
        return None
    known = Message.objects.filter(inbound_mail_id=incoming.inbound_mail_id)
    return known.select_related("ticket").first()


def _require_may_open(actor: Actor, requester_id: int) -> None:
    if not actor.is_customer:
        require_right(actor, _RIGHT)
    elif actor.id != requester_id:
        raise Forbidden(_RIGHT)


def _require_choices(channel: str, priority: str, type_: str) -> None:
    for value, choices, code in (
        (channel, Ticket.Channel, "bad_channel"),
        (priority, Ticket.Priority, "bad_priority"),
        (type_, Ticket.Type, "bad_type"),
    ):
        if value not in choices.values:
            raise Refused(
                _("Choose one of: %(choices)s.")
                % {"choices": ", ".join(str(label) for label in choices.labels)},
                code=code,
                field=code.removeprefix("bad_"),
            )


def _requester(requester_id: int) -> Person:
    people = Person.objects.select_related("organisation", "merged_into__organisation")
    person = people.filter(pk=requester_id).first()
    if person is None:
        raise NotFound(f"person {requester_id}")
    return customers.services.root(person)


def _subject(subject: str, actor: Actor) -> str:
    if actor.is_staff:
        missing = _("Write what it is about.")
        return typed.line(subject, field="subject", limit=SUBJECT_LIMIT, missing=missing)
    return one_line(subject, limit=SUBJECT_LIMIT) or _("(no subject)")


def _team_of_mailbox(mailbox_id: int | None) -> int | None:
    links = MailboxTeam.objects.filter(mailbox_id=mailbox_id or 0)
    return links.values_list("team_id", flat=True).first()


def _copy_names(ticket: Ticket) -> None:
    """The queue draws a row from the ticket alone."""
    person = ticket.requester
    ticket.organisation = person.organisation
    ticket.organisation_name = person.organisation.name if person.organisation else ""
    ticket.requester_name = person.name or _first_address(person)
    ticket.language = ticket.language or person.locale


def _first_address(person: Person) -> str:
    rows = person.addresses.order_by("-is_primary", "pk").values_list("address", flat=True)
    return (rows.first() or "")[:200]


def _first_message(
    ticket: Ticket, body: Body, incoming: Incoming | None, *, actor: Actor, at: datetime
) -> Message:
    if incoming is not None:
        return messages.write_incoming(ticket, replace(incoming, body=body), at=at)
    if ticket.channel != Ticket.Channel.AGENT:
        return messages.write_incoming(ticket, _from_requester(ticket, body), at=at)
    name = messages.staff_name(actor, right=_RIGHT)
    return messages.write_reply(
        ticket,
        typed.text(body.source_md),
        actor=actor,
        name=name,
        at=at,
        recipients=typed.recipients(ticket, ()),
    )


def _from_requester(ticket: Ticket, body: Body) -> Incoming:
    return Incoming(
        body=body,
        author_id=ticket.requester_id,
        author_name=ticket.requester_name,
        author_address=_first_address(ticket.requester),
        channel=ticket.channel,
        subject=ticket.subject,
    )


def _facts(ticket: Ticket, message: Message, incoming: Incoming | None) -> core_events.Data:
    return {
        "message_id": message.pk,
        "to": ticket.status,
        "channel": ticket.channel,
        "priority": ticket.priority,
        "type": ticket.type,
        "team_id": ticket.team_id,
        "assignee_id": ticket.assignee_id,
        "follow_up_of_id": ticket.follow_up_of_id,
        "may_answer": bool(incoming and incoming.may_answer and incoming.is_from_customer),
        "authenticated": bool(incoming and incoming.authenticated),
    }
