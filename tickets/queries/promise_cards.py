"""Promises as the screens show them: each with its names, one statement a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import PersonPhone
from promises import rules
from promises.models import Attempt, Promise
from promises.rules import Standing, Word


@dataclass(frozen=True, slots=True)
class PromiseCard:
    """A promise and what stands beside it, looked at at the instant `at`."""

    promise: Promise
    ticket_number: int
    ticket_subject: str
    person_name: str
    organisation_name: str
    phone: str
    owner_name: str
    owner_is_active: bool
    team_name: str
    made_by_name: str
    attempts: int
    at: datetime

    @property
    def is_open(self) -> bool:
        return self.promise.is_open

    @property
    def is_overdue(self) -> bool:
        """Open past its time: it counts as broken from then on (P-1)."""
        return rules.is_overdue(self.promise, self.at)

    @property
    def is_pressing(self) -> bool:
        """The told time is less than half an hour away, or has come."""
        standing = rules.standing(self.promise, self.at)
        return self.is_open and (
            standing == Standing.DUE_SOON or (self.is_at and standing == Standing.DUE)
        )

    @property
    def is_at(self) -> bool:
        return self.promise.shape == Promise.Shape.AT

    @property
    def is_by_day(self) -> bool:
        return self.promise.shape == Promise.Shape.BY_DAY

    @property
    def is_call(self) -> bool:
        return self.promise.channel == Promise.Channel.CALL

    @property
    def channel_words(self) -> str:
        """by phone, in writing, on site"""
        words = {
            Promise.Channel.CALL: _("by phone"),
            Promise.Channel.EMAIL: _("in writing"),
            Promise.Channel.VISIT: _("on site"),
        }
        return words[Promise.Channel(self.promise.channel)]

    @property
    def who(self) -> str:
        """The organisation, or the person if there is none."""
        return self.organisation_name or self.person_name

    @property
    def said_at(self) -> datetime:
        """The time that the customer was told: the beginning of "at", the end of "by"."""
        return self.promise.from_at if self.is_at else self.promise.until_at

    @property
    def days_away(self) -> int:
        """0 today, 1 tomorrow, -1 yesterday, on the reader's clock."""
        said, now = timezone.localtime(self.said_at), timezone.localtime(self.at)
        return (said.date() - now.date()).days

    @property
    def there(self) -> datetime:
        """The time as it was told: on the customer's clock."""
        return self.said_at.astimezone(ZoneInfo(self.promise.zone))

    @property
    def differs_there(self) -> bool:
        """Whether the customer's clock shows another time than the reader's."""
        return self.there.utcoffset() != timezone.localtime(self.said_at).utcoffset()

    @property
    def word(self) -> Word:
        """Kept, broken, renegotiated, cancelled, void; open while its time has not passed."""
        return rules.word(self.promise, self.at)


def cards(promises: QuerySet[Promise], *, at: datetime) -> Iterator[PromiseCard]:
    """The promises, in their order, with names, phone number and number of attempts."""
    for row in promises.annotate(
        ticket_number=F("ticket__number"),
        ticket_subject=F("ticket__subject"),
        person_name=F("person__name"),
        organisation_name=F("ticket__organisation_name"),
        owner_name=F("owner__name"),
        owner_is_active=F("owner__is_active"),
        team_name=F("team__name"),
        made_by_name=F("made_by__name"),
        phone=_phone(),
        tried=_tried(),
    ):
        yield PromiseCard(
            promise=row,
            ticket_number=row.ticket_number,
            ticket_subject=row.ticket_subject,
            person_name=row.person_name,
            organisation_name=row.organisation_name,
            phone=row.phone or "",
            owner_name=row.owner_name or "",
            owner_is_active=bool(row.owner_is_active),
            team_name=row.team_name or "",
            made_by_name=row.made_by_name,
            attempts=row.tried,
            at=at,
        )


def _phone() -> Subquery:
    phones = PersonPhone.objects.filter(person_id=OuterRef("person_id"))
    return Subquery(phones.order_by("-is_primary", "pk").values("number")[:1])


def _tried() -> Coalesce:
    tries = Attempt.objects.filter(promise_id=OuterRef("pk")).order_by().values("promise_id")
    return Coalesce(Subquery(tries.annotate(n=Count("pk")).values("n")), Value(0))
