"""The conversation of a ticket: its messages a stretch at a time, with what happened between."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject, Left
from django.utils.translation import gettext as _

from core.models import Event
from tickets.models import Attachment, Message, Recipient, Ticket
from tickets.queries import bodies
from tickets.queries.directory import Directory
from tickets.queries.history import Line, is_between_messages, line
from tickets.queries.promise_cards import PromiseCard

PAGE = 30
# A page that refreshes itself never takes more than this.
LONGEST = 200
EVENTS_LIMIT = 300
TEXT_LIMIT = 20_000
SHOWN_CHANGES = 2
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class FileView:
    """An attachment in the conversation; `size` in bytes."""

    key: str
    name: str
    content_type: str
    size: int
    inline: bool

    @property
    def url_name(self) -> str:
        """Its name in addresses."""
        return self.key.rpartition("/")[2]

    @property
    def is_picture(self) -> bool:
        return self.content_type in PICTURES


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as the conversation shows it."""

    message: Message
    body: bodies.Body
    quoted: str
    files: Sequence[FileView]
    copied: Sequence[str]

    @property
    def kind(self) -> str:
        """Which partial draws it: message, note, call or letter."""
        return "message" if self.message.kind == Message.Kind.REPLY else self.message.kind

    @property
    def at(self) -> datetime:
        return self.message.at

    @property
    def is_from_us(self) -> bool:
        return self.message.author_kind == Message.AuthorKind.USER

    @property
    def author(self) -> str:
        message = self.message
        if message.author_kind == Message.AuthorKind.SYSTEM:
            return message.author_name or _("Helpdesk")
        return message.author_name or message.author_address or _("Unknown sender")

    @property
    def has_original(self) -> bool:
        """Whether it came as a mail, which can be shown as it was sent."""
        return self.message.direction == Message.Direction.IN and self.message.channel == "email"


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened between two messages: the first few in words, and how many there were."""

    lines: Sequence[Line]
    total: int
    kind: str = "changes"

    @property
    def more(self) -> bool:
        return self.total > len(self.lines)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A stretch of the conversation in order of time; `earlier_id` if there is more before it."""

    entries: Sequence[MessageView | Changes]
    first_id: int
    last_id: int
    earlier_id: int | None


def conversation(
    ticket: Ticket,
    known: Directory,
    promises: Sequence[PromiseCard],
    *,
    before: int | None = None,
    since: int | None = None,
) -> Conversation:
    """The latest messages; those before the message `before`; or all from `since` on.

    Two statements.
    """
    found = _messages(ticket, before=before, since=since)
    limit = LONGEST if since else PAGE
    has_earlier = len(found) > limit
    shown = list(reversed(found[:limit]))
    by_id = {card.promise.pk: card for card in promises}
    events = _events(ticket, since=shown[0].at if has_earlier and shown else None, before=before)
    changes = [line(event, known, by_id) for event in events if is_between_messages(event)]
    views = [_view(message) for message in shown]
    return Conversation(
        entries=list(_woven(views, changes)),
        first_id=shown[0].pk if shown else 0,
        last_id=shown[-1].pk if shown else 0,
        earlier_id=shown[0].pk if has_earlier else None,
    )


def _messages(ticket: Ticket, *, before: int | None, since: int | None) -> list[Message]:
    files = Attachment.objects.filter(message=OuterRef("pk")).order_by("pk")
    recipients = Recipient.objects.filter(message=OuterRef("pk"), role="cc").order_by("pk")
    messages: QuerySet[Message, Message] = (
        Message.objects.filter(ticket=ticket)
        .defer("body_html", "body_text", "new_part_text", "new_part_html", "source_md")
        .annotate(
            shown_html=Left("new_part_html", bodies.INLINE_LIMIT + 1),
            shown_text=Left("new_part_text", TEXT_LIMIT),
            whole_text=Left("body_text", TEXT_LIMIT),
            file_rows=ArraySubquery(
                files.values(
                    row=JSONObject(
                        key="key",
                        name="name",
                        content_type="content_type",
                        size="size",
                        inline="inline",
                    )
                )
            ),
            copied=ArraySubquery(recipients.values("address")),
        )
        .order_by("-pk")
    )
    if before:
        messages = messages.filter(pk__lt=before)
    limit = PAGE
    if since:
        # A page that was longer than it may be falls back to the latest messages.
        messages, limit = messages.filter(pk__gte=since), LONGEST
    return list(messages[: limit + 1])


def _view(message: Any) -> MessageView:
    text = message.shown_text or message.whole_text
    body = bodies.body(message.shown_html, text)
    files = [FileView(**row) for row in message.file_rows]
    if body.frame_px:
        files = [file for file in files if not file.inline]
    return MessageView(
        message=message,
        body=body,
        quoted=bodies.quoted(message.whole_text, message.shown_text, limit=TEXT_LIMIT),
        files=files,
        copied=message.copied,
    )


def _events(ticket: Ticket, *, since: datetime | None, before: int | None) -> Iterator[Event]:
    """What happened from `since` on, up to the message `before`, in order of time."""
    events = Event.objects.filter(ticket_id=ticket.pk)
    if since:
        events = events.filter(at__gte=since)
    if before:
        events = events.filter(at__lt=Subquery(Message.objects.filter(pk=before).values("at")))
    return reversed(events.order_by("-id")[:EVENTS_LIMIT])


def _woven(views: Sequence[MessageView], lines: Sequence[Line]) -> Iterator[MessageView | Changes]:
    """Messages and changes in order of time; a change at the same instant follows its message."""
    waiting = list(lines)
    for view in views:
        passed = [change for change in waiting if change.at < view.at]
        if passed:
            yield Changes(passed[:SHOWN_CHANGES], len(passed))
        waiting = waiting[len(passed) :]
        yield view
    if waiting:
        yield Changes(waiting[:SHOWN_CHANGES], len(waiting))
