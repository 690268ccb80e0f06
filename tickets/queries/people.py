"""A person's page: who it is, how to reach him, what he wrote about, what we promised him."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists
from django.utils.translation import gettext as _

import promises.access
from core.actor import Actor
from core.errors import NotFound
from customers.models import Person, PersonAddress, PersonPhone
from customers.queries import group_ids
from promises.rules import Word, word
from tickets.access import visible_to
from tickets.models import Ticket

TICKETS = 25
SQUARES = 60
_COLUMNS = ("number", "subject", "status", "opened_at", "last_event_at", "next_promise_at")
_SHOWN = (Word.KEPT, Word.BROKEN, Word.RENEGOTIATED)


@dataclass(frozen=True, slots=True)
class Record:
    """What became of the newest promises to the person, oldest first."""

    words: Sequence[Word]

    @property
    def kept(self) -> int:
        return self.words.count(Word.KEPT)

    @property
    def decided(self) -> int:
        """Kept and broken ones: what the share is taken of."""
        return self.kept + self.words.count(Word.BROKEN)

    @property
    def counted(self) -> Sequence[Word]:
        return [one for one in self.words if one != Word.RENEGOTIATED]

    @property
    def set_apart(self) -> Sequence[Word]:
        """Renegotiated ones: shown beside, not counted."""
        return [one for one in self.words if one == Word.RENEGOTIATED]

    @property
    def renegotiated(self) -> int:
        return len(self.set_apart)


@dataclass(frozen=True, slots=True)
class PersonPage:
    """Everything on the page; `zone` is the person's own or, assumed, his organisation's."""

    person: Person
    addresses: Sequence[PersonAddress]
    phones: Sequence[PersonPhone]
    organisation_name: str
    zone: str
    zone_assumed: bool
    tickets: Sequence[Ticket]
    next_before: int | None
    record: Record
    at: datetime

    @property
    def name(self) -> str:
        """What the person is called, or where mail reaches him."""
        return self.person.name or next((row.address for row in self.addresses), _("No name"))

    @property
    def language(self) -> str:
        return str(dict(settings.LANGUAGES).get(self.person.locale, self.person.locale))


def person_page(
    person_id: int, *, actor: Actor, at: datetime, before: int | None = None
) -> PersonPage:
    """The page of a person, of a merged one that of the survivor; `before`: tickets older.

    NotFound if there is none, or if all that he wrote is in teams closed to the actor.
    """
    group = group_ids(person_id)
    person = _visible(group[0], group, actor)
    own = visible_to(actor).filter(requester_id__in=group)
    if before is not None:
        own = own.filter(pk__lt=before)
    tickets = list(own.only(*_COLUMNS).order_by("-pk")[: TICKETS + 1])
    organisation = person.organisation
    assumed = organisation.zone if organisation and not person.zone else ""
    return PersonPage(
        person=person,
        addresses=list(
            PersonAddress.objects.filter(person_id__in=group).order_by("-is_primary", "pk")
        ),
        phones=list(PersonPhone.objects.filter(person_id__in=group).order_by("-is_primary", "pk")),
        organisation_name=organisation.name if organisation else "",
        zone=person.zone or assumed,
        zone_assumed=bool(assumed),
        tickets=tickets[:TICKETS],
        next_before=tickets[TICKETS - 1].pk if len(tickets) > TICKETS else None,
        record=_record(group, actor, at),
        at=at,
    )


def _visible(root_id: int, group: Sequence[int], actor: Actor) -> Person:
    wrote = Ticket.objects.live().filter(requester_id__in=group)
    seen = visible_to(actor).filter(requester_id__in=group)
    people = Person.objects.select_related("organisation").filter(~Exists(wrote) | Exists(seen))
    person = people.filter(pk=root_id).first()
    if person is None:
        raise NotFound(f"person {root_id}")
    return person


def _record(group: Sequence[int], actor: Actor, at: datetime) -> Record:
    made = promises.access.visible_to(actor).filter(person_id__in=group)
    newest = made.order_by("-pk").only("state", "until_at")[:SQUARES]
    words = [word(promise, at) for promise in reversed(newest)]
    return Record([one for one in words if one in _SHOWN])
