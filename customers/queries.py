"""Reads about persons that other apps need."""

from django.db.models import Value
from django.db.models.functions import Lower

from customers.models import Person, PersonAddress


def group_ids(person_id: int) -> list[int]:
    """The ids of everybody merged with this person, himself included, the surviving one first.

    Chains of merges are kept flat, so one step up and one step down find all.
    """
    rows = Person.objects.filter(pk=person_id).values_list("merged_into_id", flat=True)
    root_id = next(iter(rows), None) or person_id
    merged = Person.objects.filter(merged_into_id=root_id).order_by("pk")
    return [root_id, *merged.values_list("pk", flat=True)]


def addresses_of(person_id: int) -> list[PersonAddress]:
    """The addresses of a person and of those merged with him, the primary one first."""
    rows = PersonAddress.objects.filter(person_id__in=group_ids(person_id))
    return list(rows.order_by("-is_primary", "pk"))


def by_address(address: str) -> Person | None:
    """Whoever has this address; perhaps merged into another."""
    row = address_row(address)
    return row.person if row else None


def address_row(address: str) -> PersonAddress | None:
    """The address, in whatever case it is written, with its person."""
    rows = PersonAddress.objects.annotate(folded=Lower("address")).select_related("person")
    return rows.filter(folded=Lower(Value(address.strip()))).first()
