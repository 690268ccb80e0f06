"""Who asks: the person beside a ticket, with what the desk knows of him. One statement."""

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, IntegerField, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext as _

from core.actor import Actor
from core.models import Event
from customers.models import Person, PersonAddress, PersonPhone
from promises.models import Promise
from promises.rules import SAYS_BROKEN, SAYS_KEPT
from tickets.access import visible_to
from tickets.events import Kind
from tickets.models import Message, Ticket

YEAR = timedelta(days=365)
OTHERS = 5


class _Counted(Subquery):
    """The number of rows of a query, as an expression."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@dataclass(frozen=True, slots=True)
class OtherTicket:
    """Another open ticket of the same person."""

    number: int
    subject: str
    status: str

    @property
    def status_label(self) -> str:
        return str(Ticket.Status(self.status).label)


@dataclass(frozen=True, slots=True)
class CustomerView:
    """A person as the ticket shows him; figures are of the last twelve months.

    `address` is where a reply goes, `undeliverable` if mail to it failed for good.
    `promises_kept` of `promises_judged`: kept, of those kept or broken (P-3).
    """

    id: int
    name: str
    organisation: str
    since: datetime
    addresses: Sequence[str]
    address: str
    undeliverable: bool
    phones: Sequence[str]
    zone: str
    others: Sequence[OtherTicket]
    more_others: bool
    contacts: int
    promises_kept: int
    promises_judged: int

    def local_time(self, at: datetime) -> datetime | None:
        """What the customer's clock shows, naive; None if the reader's shows the same."""
        try:
            there = at.astimezone(zoneinfo.ZoneInfo(self.zone)) if self.zone else None
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return None
        if there is None or there.utcoffset() == timezone.localtime(at).utcoffset():
            return None
        return there.replace(tzinfo=None)


def customer(ticket: Ticket, *, actor: Actor, at: datetime) -> CustomerView:
    """The ticket's requester, together with everybody merged into him."""
    root_id = ticket.requester.merged_into_id or ticket.requester_id
    person: Any = _read(root_id, ticket, actor, at)
    addresses = [row["address"] for row in person.address_rows]
    last_used = (person.last_used or "").lower()
    reached = min(
        person.address_rows,
        key=lambda row: (row["failed"], row["address"].lower() != last_used),
        default=None,
    )
    others = [OtherTicket(**row) for row in person.other_rows]
    return CustomerView(
        id=person.pk,
        name=person.name or next(iter(addresses), "") or _("Unknown sender"),
        organisation=person.organisation.name if person.organisation else "",
        since=person.created_at,
        addresses=addresses,
        address=reached["address"] if reached else "",
        undeliverable=bool(reached and reached["failed"]),
        phones=person.phone_rows,
        zone=person.zone or (person.organisation.zone if person.organisation else ""),
        others=others[:OTHERS],
        more_others=len(others) > OTHERS,
        contacts=person.opened + person.reopened,
        promises_kept=person.kept,
        promises_judged=person.judged,
    )


def _read(root_id: int, ticket: Ticket, actor: Actor, at: datetime) -> Person:
    since = at - YEAR
    mine = Q(person_id=root_id) | Q(person__merged_into_id=root_id)
    asked = Ticket.objects.filter(
        Q(requester_id=root_id) | Q(requester__merged_into_id=root_id), spam_at__isnull=True
    )
    others = visible_to(actor).filter(
        Q(requester_id=root_id) | Q(requester__merged_into_id=root_id)
    )
    by_customer = asked.exclude(channel=Ticket.Channel.AGENT).filter(opened_at__gte=since)
    reopened = Event.objects.filter(
        ticket_id__in=asked.values("pk"),
        kind=Kind.CUSTOMER_REPLIED,
        data__from=Ticket.Status.SOLVED,
        at__gte=since,
    )
    kept, judged = _promises(Promise.objects.filter(mine, until_at__gte=since), at)
    wrote = _written_by_customer(ticket)
    addresses = PersonAddress.objects.filter(mine).order_by("-is_primary", "pk")
    phones = PersonPhone.objects.filter(mine).order_by("-is_primary", "pk")
    return (
        Person.objects.select_related("organisation")
        .annotate(
            address_rows=ArraySubquery(
                addresses.values(
                    row=JSONObject(
                        address="address",
                        failed=ExpressionWrapper(
                            Q(undeliverable_at__isnull=False), output_field=BooleanField()
                        ),
                    )
                )
            ),
            last_used=Subquery(wrote.order_by("-id").values("author_address")[:1]),
            phone_rows=ArraySubquery(phones.values("number")),
            other_rows=ArraySubquery(
                others.unsolved()
                .exclude(pk=ticket.pk)
                .order_by("-pk")
                .values(row=JSONObject(number="number", subject="subject", status="status"))[
                    : OTHERS + 1
                ]
            ),
            opened=_Counted(by_customer),
            reopened=_Counted(reopened),
            kept=_Counted(kept),
            judged=_Counted(judged),
        )
        .get(pk=root_id)
    )


def _promises(
    promises: QuerySet[Promise], at: datetime
) -> tuple[QuerySet[Promise], QuerySet[Promise]]:
    """The kept ones, and those that count: one still open past its end is broken (P-3)."""
    kept = promises.filter(state__in=SAYS_KEPT)
    judged = promises.filter(
        Q(state__in=[*SAYS_KEPT, *SAYS_BROKEN]) | Q(state=Promise.State.OPEN, until_at__lt=at)
    )
    return kept, judged


def _written_by_customer(ticket: Ticket) -> QuerySet[Message]:
    return Message.objects.filter(
        ticket=ticket,
        direction=Message.Direction.IN,
        author_kind=Message.AuthorKind.CUSTOMER,
        flagged_at__isnull=True,
    )
