"""Persons: found or made by their address, reached by checked numbers, merged without rewriting."""

import pytest

from accounts.models import User
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from core.models import Event
from customers import queries, services
from customers.models import Person, PersonAddress, PersonPhone
from tests.cast import NOW, actor

SYSTEM = Actor.system()


def _find(address: str, name: str = "") -> Person:
    return services.find_or_create_person(address=address, name=name, actor=SYSTEM, at=NOW)


def test_a_new_sender_becomes_a_person_with_a_primary_address(db: None) -> None:
    person = _find("Jane@Example.COM", " Jane \r\n Doe ")
    assert person.name == "Jane Doe"
    address = person.addresses.get()
    assert (address.address, address.is_primary) == ("Jane@example.com", True)
    event = Event.objects.get(subject_kind="person")
    assert (event.kind, event.subject_id, event.data) == ("person.created", person.pk, {})


def test_a_known_sender_is_found_whatever_the_case(customer: Person) -> None:
    assert _find("MARIEKE@bakkerijdewolf.example", "Somebody else") == customer
    customer.refresh_from_db()
    assert customer.name == "Marieke de Wolf"
    assert not Event.objects.exists()


def test_a_name_is_taken_where_none_was_known(db: None) -> None:
    person = _find("x@y.example")
    assert _find("x@y.example", "Xenia").name == "Xenia"
    person.refresh_from_db()
    assert person.name == "Xenia"


def test_of_merged_persons_the_surviving_one_is_found(customer: Person) -> None:
    survivor = Person.objects.create(name="M. de Wolf")
    customer.merged_into = survivor
    customer.save()
    assert _find("marieke@bakkerijdewolf.example") == survivor


@pytest.mark.parametrize(
    "address", ["", "nobody", "a b@c.example", "@x.example", "x@", "x" * 260 + "@y.example"]
)
def test_a_sender_without_a_usable_address_is_a_person_too(db: None, address: str) -> None:
    person = _find(address, "Ghost")
    assert (person.name, person.addresses.count()) == ("Ghost", 0)


@pytest.mark.parametrize(
    "address", ["müller@bäckerei.example", "o'neil+a@b.example", "x@[10.0.0.1]"]
)
def test_odd_senders_keep_their_address(db: None, address: str) -> None:
    assert _find(address).addresses.get().address == address
    assert _find(address) == Person.objects.get()


def test_names_are_made_fit_to_be_shown(db: None) -> None:
    assert _find("a@b.example", "evil\u202egnp\x00 " + "x" * 300).name == "evilgnp " + "x" * 192


# ---- addresses


def test_an_address_is_added_once(customer: Person) -> None:
    for _twice in range(2):
        services.add_address(customer.pk, address="m@home.example", actor=SYSTEM, at=NOW)
    assert not customer.addresses.get(address="m@home.example").is_primary
    assert Event.objects.filter(kind="person.address_added").count() == 1
    assert customer.addresses.count() == 2


def test_the_first_address_is_primary_and_another_can_become_it(customer: Person) -> None:
    PersonAddress.objects.all().delete()
    first = services.add_address(customer.pk, address="a@b.example", actor=SYSTEM, at=NOW)
    assert first.is_primary
    services.add_address(customer.pk, address="c@d.example", actor=SYSTEM, at=NOW, primary=True)
    assert customer.addresses.get(is_primary=True).address == "c@d.example"
    assert [row.address for row in queries.addresses_of(customer.pk)] == [
        "c@d.example",
        "a@b.example",
    ]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("nobody", "bad_address"),
        ("a b@c.example", "bad_address"),
        ("x" * 255 + "@y.example", "bad_address"),
        ("a\x00@b.example", "bad_character"),
        ("MARIEKE@bakkerijdewolf.example", "address_taken"),
    ],
)
def test_a_bad_or_taken_address_is_refused(customer: Person, address: str, code: str) -> None:
    other = Person.objects.create(name="Other")
    with pytest.raises(Refused) as refused:
        services.add_address(other.pk, address=address, actor=SYSTEM, at=NOW)
    assert refused.value.code == code


# ---- phones, zone, language


def test_a_phone_number_is_kept_in_international_form(customer: Person) -> None:
    PersonPhone.objects.all().delete()
    for number in ("+31 20 555 0142", "+31-(0)20-5550142"):
        services.add_phone(customer.pk, number=number, actor=SYSTEM, at=NOW)
    row = customer.phones.get()
    assert (row.number, row.is_primary) == ("+31205550142", True)
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("020 555 0142", "bad_phone"),
        ("+31", "bad_phone"),
        ("+999999", "bad_phone"),
        ("call me", "bad_phone"),
        ("", "bad_phone"),
        ("+31\x0020", "bad_character"),
        ("+" + "1" * 300, "bad_phone"),
    ],
)
def test_what_cannot_be_called_is_refused(customer: Person, number: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        services.add_phone(customer.pk, number=number, actor=SYSTEM, at=NOW)
    assert (refused.value.code, refused.value.field) == (code, "number")


def test_zone_and_language_are_set_and_recorded_once(customer: Person) -> None:
    for _twice in range(2):
        services.set_zone(customer.pk, zone="Asia/Tokyo", actor=SYSTEM, at=NOW)
        services.set_locale(customer.pk, locale="de", actor=SYSTEM, at=NOW)
    customer.refresh_from_db()
    assert (customer.zone, customer.locale) == ("Asia/Tokyo", "de")
    assert [event.data for event in Event.objects.order_by("id")] == [
        {"from": "Europe/Amsterdam", "to": "Asia/Tokyo"},
        {"from": "nl", "to": "de"},
    ]


def test_unknown_zones_and_languages_are_refused(customer: Person) -> None:
    for zone in ("Mars/Base", "", "../etc", "+01:00", "Etc/GMT+5", "localtime"):
        with pytest.raises(Refused) as refused:
            services.set_zone(customer.pk, zone=zone, actor=SYSTEM, at=NOW)
        assert refused.value.code == "unknown_time_zone"
    with pytest.raises(Refused) as refused:
        services.set_locale(customer.pk, locale="xx", actor=SYSTEM, at=NOW)
    assert refused.value.code == "unknown_language"


# ---- who


def test_persons_are_kept_by_those_who_open_tickets(
    customer: Person, agent: User, manager: User
) -> None:
    services.set_locale(customer.pk, locale="fr", actor=actor(agent), at=NOW)
    for by in (actor(manager), Actor.customer(customer.pk)):
        with pytest.raises(Forbidden):
            services.set_locale(customer.pk, locale="de", actor=by, at=NOW)
        with pytest.raises(Forbidden):
            services.find_or_create_person(address="x@y.example", name="", actor=by, at=NOW)
    with pytest.raises(NotFound):
        services.set_zone(0, zone="UTC", actor=SYSTEM, at=NOW)


# ---- merging


def test_a_group_is_the_survivor_and_everybody_merged_into_him(customer: Person) -> None:
    survivor = Person.objects.create(name="M. de Wolf")
    third = Person.objects.create(name="Mieke", merged_into=survivor)
    customer.merged_into = survivor
    customer.save()
    PersonAddress.objects.create(person=third, address="mieke@x.example", is_primary=True)
    expected = [survivor.pk, *sorted([customer.pk, third.pk])]
    for person in (survivor, customer, third):
        assert queries.group_ids(person.pk) == expected
        assert services.root(person) == survivor
    assert len(queries.addresses_of(survivor.pk)) == 2


def test_a_circle_of_merges_ends(customer: Person) -> None:
    other = Person.objects.create(name="Other", merged_into=customer)
    customer.merged_into = other
    customer.save()
    assert services.root(customer) in (customer, other)
