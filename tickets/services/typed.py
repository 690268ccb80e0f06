"""Guards for what an agent types: texts that say something, recipients that can be written to."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

import mailboxes.services
from core.errors import Refused
from core.text import require_storable
from customers.models import PersonAddress
from mailboxes.rendering import sendable
from tickets import rendering
from tickets.models import Message, Ticket
from tickets.services.records import Body, Correspondent

TEXT_LIMIT = 100_000
RECIPIENT_LIMIT = 200
REASON_LIMIT = 500


def text(text_md: str, *, field: str = "text_md") -> Body:
    """The text with its HTML, or Refused `empty_text`, `only_quoted`, `text_too_long` or
    `bad_character`.
    """
    require_storable(text_md, field=field)
    if len(text_md) > TEXT_LIMIT:
        raise Refused(
            _("The text is too long: at most %(limit)s characters.") % {"limit": f"{TEXT_LIMIT:,}"},
            code="text_too_long",
            field=field,
        )
    if rendering.is_only_quoted(text_md):
        raise Refused(
            _("There is only quoted text. Write your own."), code="only_quoted", field=field
        )
    body = Body.typed(text_md)
    if not body.text.strip():
        raise Refused(_("Write a text first."), code="empty_text", field=field)
    return body


def line(value: str, *, field: str, limit: int, missing: str) -> str:
    """A short text on one line, or Refused with the sentence `missing` if nothing is there."""
    value = " ".join(require_storable(value, field=field).split())
    if not value:
        raise Refused(missing, code=f"{field}_missing", field=field)
    if len(value) > limit:
        raise Refused(
            _("Use at most %(limit)d characters.") % {"limit": limit},
            code=f"{field}_too_long",
            field=field,
        )
    return value


def recipients(ticket: Ticket, cc: Sequence[str]) -> list[Correspondent]:
    """Whom a reply goes to: the requester at the address he last used here, and the copies.

    The requester is missing if he has no address that mail can reach. Refused `bad_address`,
    `too_many_recipients` or `own_address`.
    """
    to = requester(ticket)
    everybody = [*to, *_copies(cc, known=to)]
    if len(everybody) > RECIPIENT_LIMIT:
        raise Refused(
            _("A reply goes to at most %(limit)d recipients.") % {"limit": RECIPIENT_LIMIT},
            code="too_many_recipients",
            field="cc",
        )
    ours = mailboxes.services.ours_among([one.address for one in everybody])
    if ours:
        raise Refused(
            _("%(address)s is an address of ours: the reply would come back to us.")
            % {"address": ours[0]},
            code="own_address",
            field="cc",
        )
    return everybody


def requester(ticket: Ticket) -> list[Correspondent]:
    """The requester at the address he last used here, else his primary one; none if unreachable."""
    known = PersonAddress.objects.filter(
        Q(person_id=ticket.requester_id) | Q(person__merged_into_id=ticket.requester_id)
    ).order_by("pk")
    reachable = [row for row in known if sendable(row.address)]
    last_used = _last_used_address(ticket, {row.person_id for row in reachable})
    reachable.sort(
        key=lambda row: (
            row.undeliverable_at is not None,
            row.address.lower() != last_used.lower(),
            not row.is_primary,
        )
    )
    return [
        Correspondent(row.address, ticket.requester_name, person_id=ticket.requester_id)
        for row in reachable[:1]
    ]


def _last_used_address(ticket: Ticket, person_ids: set[int]) -> str:
    written = Message.objects.filter(
        ticket=ticket,
        direction=Message.Direction.IN,
        author_kind=Message.AuthorKind.CUSTOMER,
        flagged_at__isnull=True,
        author_id__in=person_ids,
    )
    return written.order_by("-id").values_list("author_address", flat=True).first() or ""


def _copies(cc: Sequence[str], *, known: Sequence[Correspondent]) -> list[Correspondent]:
    seen = {one.address.lower() for one in known}
    copies: list[Correspondent] = []
    for given in cc:
        written = require_storable(given, field="cc").strip()
        address = sendable(written)
        if not address:
            raise Refused(
                _("“%(address)s” is not an email address.") % {"address": written[:100]},
                code="bad_address",
                field="cc",
            )
        if address.lower() not in seen:
            seen.add(address.lower())
            copies.append(Correspondent(address, role="cc"))
    return copies
