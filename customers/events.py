"""Kinds of Events about persons."""

from datetime import datetime
from enum import StrEnum

from core import events
from core.actor import Actor
from core.models import Event
from customers.models import Person


class Kind(StrEnum):
    CREATED = "person.created"
    NAMED = "person.named"
    ADDRESS_ADDED = "person.address_added"
    ADDRESS_FAILED = "person.address_failed"
    ADDRESS_WORKS = "person.address_works"
    PHONE_ADDED = "person.phone_added"
    ZONE_SET = "person.zone_set"
    LOCALE_SET = "person.locale_set"
    NOTE_SET = "person.note_set"


def record(
    person: Person, kind: Kind, *, actor: Actor, at: datetime, data: events.Data | None = None
) -> Event:
    """Write the Event; `data` holds ids and codes, never an address, a number or a name."""
    return events.record(
        kind, subject_kind="person", subject_id=person.pk, actor=actor, at=at, data=data
    )
