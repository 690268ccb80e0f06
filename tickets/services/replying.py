"""An agent writes: to the customer, or for the team."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from core import events as core_events
from core.actor import Actor
from core.errors import Refused
from promises.services import Decision, Draft, language_of, make
from tickets import access, events, lifecycle, rendering
from tickets.models import Message, Ticket
from tickets.services import files as stored_files
from tickets.services import messages, moving, status, typed, wording
from tickets.services.records import StoredFile

Status = Ticket.Status
Then = Literal["open", "pending", "solved"]
_RIGHT = "ticket.reply"


@transaction.atomic
def reply(
    ticket_id: int,
    *,
    text_md: str,
    actor: Actor,
    at: datetime,
    then: Then | None = None,
    cc: Sequence[str] = (),
    files: Sequence[StoredFile] = (),
    last_seen_message_id: int | None = None,
    promise: Draft | None = None,
    promises: Sequence[Decision] = (),
) -> Message:
    """The reply stands on the ticket and will leave as mail; the ticket is what `then` says.

    A reply opens a new ticket and reopens a solved one. `then` None leaves the status at that;
    "open" also takes up a ticket that waited; "pending" and "solved" do what the verbs
    `wait_for_customer` and `solve` do, in the same transaction; for solving, `promises` decides
    the open ones. A `promise` made with the reply stands in it as a sentence on the customer's
    clock. With `last_seen_message_id` it is held back if somebody else has written since, and the
    same text sent again from there answers the reply that it made.

    Raises NotFound or Forbidden as `access.lock` does; Refused `closed`, `conversation_moved`
    (facts: `message_ids`), for the text `empty_text`, `only_quoted`, `text_too_long`,
    `bad_character`, for recipients `bad_address`, `own_address`, `too_many_recipients`, for files
    `too_many_files`, `file_too_large`, and whatever `then`'s verb and the promise refuse.
    """
    ticket = access.lock(ticket_id, actor=actor, right=_RIGHT)
    name = messages.staff_name(actor, right=_RIGHT)
    at = max(at, ticket.last_event_at)
    lifecycle.require_not_closed(ticket)
    _require_outcome(then)
    body = typed.text(text_md)
    newer = _newer(ticket, last_seen_message_id)
    sent = _sent_before(newer, text_md, actor)
    if sent is not None:
        return sent
    _require_seen(newer, actor)
    stored_files.require_within_limits(files)
    to = typed.recipients(ticket, cc)
    message = messages.write_reply(
        ticket, body, actor=actor, name=name, at=at, recipients=to, files=files
    )
    facts = _agent_wrote(ticket, message, at=at)
    events.record(ticket, events.Kind.REPLIED, actor=actor, at=at, data=facts)
    if promise is not None:
        _promise(ticket, message, promise, actor=actor, at=at)
    _go_on(ticket, then, promises, actor=actor, at=at)
    return message


@transaction.atomic
def add_note(
    ticket_id: int,
    *,
    text_md: str,
    actor: Actor,
    at: datetime,
    files: Sequence[StoredFile] = (),
) -> Message:
    """The note stands on the ticket, for the team only; no status changes.

    Raises NotFound or Forbidden as `access.lock` does; Refused `closed`, and for text and files
    as `reply` does.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.note")
    name = messages.staff_name(actor, right="ticket.note")
    at = max(at, ticket.last_event_at)
    lifecycle.require_not_closed(ticket)
    stored_files.require_within_limits(files)
    body = typed.text(text_md)
    message = messages.write_note(ticket, body, actor=actor, name=name, at=at, files=files)
    events.record(ticket, events.Kind.NOTED, actor=actor, at=at, data={"message_id": message.pk})
    return message


def _require_outcome(then: Then | None) -> None:
    if then not in {None, "open", "pending", "solved"}:
        raise Refused(
            _("A reply leaves a ticket open, waiting for the customer, or solved."),
            code="bad_status",
            field="then",
        )


def _newer(ticket: Ticket, last_seen_message_id: int | None) -> list[Message]:
    """What was written since; nothing if the writer did not say what he had seen."""
    if last_seen_message_id is None:
        return []
    return list(Message.objects.filter(ticket=ticket, pk__gt=last_seen_message_id).order_by("pk"))


def _sent_before(newer: Sequence[Message], text_md: str, actor: Actor) -> Message | None:
    """The reply that this very form made already: pressed twice, or its answer was lost."""
    mine = [one for one in newer if _is_by(one, actor) and one.kind == Message.Kind.REPLY]
    return next((one for one in mine if one.source_md == text_md), None)


def _require_seen(newer: Sequence[Message], actor: Actor) -> None:
    """Calls and automatic letters move no conversation, nor does what the writer wrote himself."""
    unmoving = {Message.Kind.CALL, Message.Kind.LETTER}
    message_ids = [one.pk for one in newer if one.kind not in unmoving and not _is_by(one, actor)]
    if message_ids:
        raise Refused(
            _("Somebody has written since you began. Read it first, or send yours anyway."),
            code="conversation_moved",
            facts={"message_ids": message_ids},
        )


def _is_by(message: Message, actor: Actor) -> bool:
    return message.author_kind == Message.AuthorKind.USER and message.author_id == actor.id


def _agent_wrote(ticket: Ticket, message: Message, *, at: datetime) -> core_events.Data:
    facts: core_events.Data = {
        "message_id": message.pk,
        "first_reply": ticket.last_agent_message_at is None,
    }
    ticket.last_agent_message_at = at
    if ticket.status == Status.NEW:
        facts |= lifecycle.move(ticket, Status.OPEN, at=at)
    elif ticket.status == Status.SOLVED:
        facts |= moving.open_again(ticket, at=at)
    ticket.save(update_fields=["last_agent_message_at", *lifecycle.STATUS_FIELDS])
    return facts


def _promise(ticket: Ticket, message: Message, draft: Draft, *, actor: Actor, at: datetime) -> None:
    """The promise is made, and the message carries its confirmation."""
    made = make(ticket.pk, draft=draft, actor=actor, at=at, made_with_message_id=message.pk)
    with wording.in_language(language_of(ticket)):
        sentence = wording.promise_sentence(made)
    message.body_text = message.new_part_text = f"{message.body_text}\n\n{sentence}"
    html = rendering.html_of_text(sentence)
    message.body_html = message.new_part_html = f"{message.body_html}\n{html}"
    message.save(update_fields=["body_text", "new_part_text", "body_html", "new_part_html"])
    # Making it has raised the version of the row, not of this copy.
    ticket.refresh_from_db()


def _go_on(
    ticket: Ticket,
    then: Then | None,
    promises: Sequence[Decision],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """The outcome that the reply takes along, recorded by itself."""
    if then == "solved":
        status.finish(ticket, promises, actor=actor, at=at)
    elif then == "open" and ticket.status in lifecycle.WAITING:
        moving.change(ticket, Status.OPEN, events.Kind.TAKEN_UP, actor=actor, at=at)
    elif then == "pending" and ticket.status != Status.PENDING:
        moving.change(ticket, Status.PENDING, events.Kind.WAITING_FOR_CUSTOMER, actor=actor, at=at)
