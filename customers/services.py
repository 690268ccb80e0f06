"""Persons: name and note, their addresses and phones, their zone and language."""

from datetime import datetime

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import require_right
from accounts.rules import require_locale, require_zone
from core.actor import Actor
from core.errors import NotFound, Refused
from core.text import normalise, one_line, require_storable
from customers import events, queries
from customers.models import Person, PersonAddress, PersonPhone

NAME_LIMIT = 200
NOTE_LIMIT = 2000
# Whoever may open a ticket for a person may keep what we know of him.
_RIGHT = "ticket.open"


@transaction.atomic
def find_or_create_person(*, address: str, name: str, actor: Actor, at: datetime) -> Person:
    """The person with this address, made if there is none; of merged ones the surviving one.

    For doors through which strangers come, so it never refuses what they call themselves: `name`
    is cleaned, cut to 200 characters, and used only where we know no name yet; what cannot be an
    address makes a person without one. Any number of callers at once get the same person.
    """
    require_right(actor, _RIGHT)
    address = _usable_address(address)
    name = clean_name(name)
    person = _holder(address) or _create(address, name, actor=actor, at=at)
    if name and not person.name:
        person.name = name
        person.save(update_fields=["name"])
        events.record(person, events.Kind.NAMED, actor=actor, at=at)
    return person


@transaction.atomic
def add_address(
    person_id: int, *, address: str, actor: Actor, at: datetime, primary: bool = False
) -> PersonAddress:
    """The person can also be reached at this address; his first one is the primary one.

    Again: harmless. Refused `bad_address`, or `address_taken` if somebody else has it.
    """
    require_right(actor, _RIGHT)
    person = _lock(person_id)
    address = _valid_address(address)
    primary = primary or not person.addresses.exists()
    row, is_new = _own_address(person, address)
    if primary and not row.is_primary:
        person.addresses.filter(is_primary=True).update(is_primary=False)
        row.is_primary = True
        row.save(update_fields=["is_primary"])
    if is_new:
        facts: dict[str, object] = {"address_id": row.pk, "primary": primary}
        events.record(person, events.Kind.ADDRESS_ADDED, actor=actor, at=at, data=facts)
    return row


@transaction.atomic
def address_failed(address: str, *, actor: Actor, at: datetime) -> None:
    """Mail to this address fails for good, so another one is preferred; again: harmless."""
    _set_failure(address, at, kind=events.Kind.ADDRESS_FAILED, actor=actor, at=at)


@transaction.atomic
def address_works(address: str, *, actor: Actor, at: datetime) -> None:
    """Somebody has written from this address, so mail to it need not fail for ever."""
    _set_failure(address, None, kind=events.Kind.ADDRESS_WORKS, actor=actor, at=at)


@transaction.atomic
def add_phone(person_id: int, *, number: str, actor: Actor, at: datetime) -> PersonPhone:
    """The person can be called at this number, stored as +31205550142; the first is primary.

    Again: harmless. Refused `bad_phone` unless it is a possible number with its country code.
    """
    require_right(actor, _RIGHT)
    person = _lock(person_id)
    number = _valid_phone(number)
    first = not person.phones.exists()
    row, is_new = PersonPhone.objects.get_or_create(
        person=person, number=number, defaults={"is_primary": first}
    )
    if is_new:
        facts: dict[str, object] = {"phone_id": row.pk}
        events.record(person, events.Kind.PHONE_ADDED, actor=actor, at=at, data=facts)
    return row


@transaction.atomic
def set_zone(person_id: int, *, zone: str, actor: Actor, at: datetime) -> Person:
    """The person's times are meant in this zone (Europe/Amsterdam).

    Refused `unknown_time_zone`; an offset from UTC, however it is called, is no zone.
    """
    require_right(actor, _RIGHT)
    person = _lock(person_id)
    require_zone(zone)
    if person.zone != zone:
        facts: dict[str, object] = {"from": person.zone, "to": zone}
        person.zone = zone
        person.save(update_fields=["zone"])
        events.record(person, events.Kind.ZONE_SET, actor=actor, at=at, data=facts)
    return person


@transaction.atomic
def set_locale(person_id: int, *, locale: str, actor: Actor, at: datetime) -> Person:
    """Letters to the person are written in this language. Refused `unknown_language`."""
    require_right(actor, _RIGHT)
    person = _lock(person_id)
    require_locale(locale)
    if person.locale != locale:
        facts: dict[str, object] = {"from": person.locale, "to": locale}
        person.locale = locale
        person.save(update_fields=["locale"])
        events.record(person, events.Kind.LOCALE_SET, actor=actor, at=at, data=facts)
    return person


@transaction.atomic
def set_name(person_id: int, *, name: str, actor: Actor, at: datetime) -> Person:
    """The person is called so; on open tickets too, shortly. Refused `bad_name`."""
    require_right(actor, _RIGHT)
    person = _lock(person_id)
    name = clean_name(require_storable(name, field="name"))
    if not name:
        raise Refused(_("Say what the person is called."), code="bad_name", field="name")
    if person.name != name:
        person.name = name
        person.save(update_fields=["name"])
        events.record(person, events.Kind.NAMED, actor=actor, at=at)
    return person


@transaction.atomic
def set_note(person_id: int, *, note: str, actor: Actor, at: datetime) -> Person:
    """What is good to know of the person; empty for nothing. Refused `note_too_long`."""
    require_right(actor, _RIGHT)
    person = _lock(person_id)
    note = normalise(require_storable(note, field="note")).strip()
    if len(note) > NOTE_LIMIT:
        raise Refused(
            _("A note has at most %(limit)d characters.") % {"limit": NOTE_LIMIT},
            code="note_too_long",
            field="note",
        )
    if person.note != note:
        person.note = note
        person.save(update_fields=["note"])
        events.record(person, events.Kind.NOTE_SET, actor=actor, at=at)
    return person


def root(person: Person) -> Person:
    """The person that stands for this one after merging; himself if he was not merged."""
    seen = {person.pk}
    while person.merged_into is not None and person.merged_into_id not in seen:
        person = person.merged_into
        seen.add(person.pk)
    return person


def clean_name(name: str) -> str:
    """A name as somebody else wrote it, made fit to be shown: one line of 200 characters."""
    return one_line(name, limit=NAME_LIMIT)


def _set_failure(
    address: str, failed_at: datetime | None, *, kind: events.Kind, actor: Actor, at: datetime
) -> None:
    row = queries.address_row(address)
    if row is None or (row.undeliverable_at is None) == (failed_at is None):
        return
    row.undeliverable_at = failed_at
    row.save(update_fields=["undeliverable_at"])
    facts: dict[str, object] = {"address_id": row.pk}
    events.record(row.person, kind, actor=actor, at=at, data=facts)


def _lock(person_id: int) -> Person:
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise NotFound(f"person {person_id}")
    return person


def _holder(address: str) -> Person | None:
    person = queries.by_address(address) if address else None
    return root(person) if person else None


def _create(address: str, name: str, *, actor: Actor, at: datetime) -> Person:
    """A new person; whoever else made him in the same instant wins, and his is returned."""
    try:
        with transaction.atomic():
            person = Person.objects.create(name=name)
            if address:
                PersonAddress.objects.create(person=person, address=address, is_primary=True)
    except IntegrityError:
        winner = _holder(address)
        if winner is None:
            raise
        return winner
    events.record(person, events.Kind.CREATED, actor=actor, at=at)
    return person


def _own_address(person: Person, address: str) -> tuple[PersonAddress, bool]:
    """The row of the person's address, and whether it is new."""
    try:
        with transaction.atomic():
            return PersonAddress.objects.create(person=person, address=address), True
    except IntegrityError:
        row = queries.address_row(address)
        if row is None:
            raise
        if row.person_id != person.pk:
            raise Refused(
                _("Another person already has this address."),
                code="address_taken",
                field="address",
                facts={"person_id": row.person_id},
            ) from None
        return row, False


def _usable_address(address: str) -> str:
    """An address of a mail's sender, however odd, its domain in lower case; empty if it is none."""
    cleaned = one_line(address, limit=300)
    local, _at, domain = cleaned.rpartition("@")
    if not local or not domain or " " in cleaned or len(cleaned) > 254:
        return ""
    return f"{local}@{domain.lower()}"


def _valid_address(address: str) -> str:
    """The address with its domain in lower case."""
    address = require_storable(address.strip(), field="address")
    try:
        if len(address) > 254:
            raise ValidationError("too long")
        validate_email(address)
    except ValidationError:
        raise Refused(
            _("Enter an email address such as name@company.example."),
            code="bad_address",
            field="address",
        ) from None
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


def _valid_phone(number: str) -> str:
    refusal = Refused(
        _("Enter the phone number with its country code, such as +31 20 555 0142."),
        code="bad_phone",
        field="number",
    )
    try:
        parsed = phonenumbers.parse(require_storable(number, field="number"), None)
    except phonenumbers.NumberParseException:
        raise refusal from None
    if not phonenumbers.is_possible_number(parsed):
        raise refusal
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
