"""A person's page: who it is, how to reach him, what he asked, and how we kept our word."""

from datetime import timedelta

import pytest

from accounts.models import Team, User
from core.models import Event
from customers.models import Organisation, Person, PersonAddress, PersonPhone
from promises.models import Promise
from tests.cast import NOW
from tests.promises.stories import promised
from tests.screens.browsing import text
from tests.screens.desk import cost, page, part, parts, visit
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
State = Promise.State


@pytest.fixture(autouse=True)
def _two_o_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.clock.now", lambda: NOW)


def make(customer: Person, subject: str, **fields: object) -> Ticket:
    given = {
        "status": Ticket.Status.OPEN,
        "channel": Ticket.Channel.EMAIL,
        "opened_at": NOW,
        "last_event_at": NOW,
    }
    return Ticket.objects.create(requester=customer, subject=subject, **{**given, **fields})


def test_it_says_who_it_is_and_how_to_reach_them(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    Person.objects.update(note="Opens at six.")
    answer = visit(agent).get(f"/customers/{customer.pk}/")
    shown = text(answer)
    assert part(answer, "h1") == "Marieke de Wolf"
    for told in (
        "Bakkerij de Wolf",
        "marieke@bakkerijdewolf.example",
        "+31 20 555 0142",
        "Europe/Amsterdam · now 14:00",
        "Nederlands",
        "Opens at six.",
    ):
        assert told in shown


def test_a_zone_taken_from_the_organisation_is_marked_as_assumed(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    Person.objects.update(zone="")
    client = visit(agent)
    assert "assumed from the organisation: ask" in text(client.get(f"/customers/{customer.pk}/"))
    Organisation.objects.update(zone="")
    assert "unknown: ask" in text(client.get(f"/customers/{customer.pk}/"))


def test_the_tickets_are_those_one_may_see(agent: User, ticket: Ticket, customer: Person) -> None:
    board = Team.objects.create(name="Board", slug="board", private=True)
    make(customer, "secret", team=board)
    shown = parts(visit(agent).get(f"/customers/{customer.pk}/"), ".item .link")
    assert shown == ["Grinder jams, opening on Saturday"]


def test_whose_tickets_are_all_hidden_does_not_exist(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    Ticket.objects.update(team=Team.objects.create(name="Board", slug="board", private=True))
    client = visit(agent)
    assert client.get(f"/customers/{customer.pk}/").status_code == 404
    sent = {"number": "+31205550199"}
    assert client.post(f"/customers/{customer.pk}/phones/", sent).status_code == 404
    assert client.get("/customers/999999/").status_code == 404


def test_older_tickets_stand_behind_a_link(agent: User, customer: Person) -> None:
    for number in range(30):
        make(customer, f"request {number}")
    client = visit(agent)
    first = client.get(f"/customers/{customer.pk}/")
    (more,) = page(first).select("a.more")
    second = client.get(f"/customers/{customer.pk}/{more['href']}")
    shown = parts(first, ".item .link") + parts(second, ".item .link")
    assert shown == [f"request {number}" for number in range(29, -1, -1)]


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
def test_a_wrong_page_shows_the_first(
    agent: User, ticket: Ticket, customer: Person, before: str
) -> None:
    answer = visit(agent).get(f"/customers/{customer.pk}/?before={before}")
    assert len(parts(answer, ".item .link")) == 1


def test_the_record_shows_a_square_for_each_promise(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    for state in (State.KEPT, State.MISSED, State.RENEGOTIATED, State.SUPERSEDED, State.VOIDED):
        promise = promised(ticket, agent)
        Promise.objects.filter(pk=promise.pk).update(state=state, ended_at=NOW)
    late = promised(ticket, agent)
    passed = NOW - timedelta(hours=1)
    Promise.objects.filter(pk=late.pk).update(until_at=passed, from_at=passed - timedelta(hours=1))
    answer = visit(agent).get(f"/customers/{customer.pk}/")
    squares = [str(square.get("class", "")) for square in page(answer).select(".dots li")]
    assert squares == ["", "['br']", "", "['br']", "['re', 'gap']"]
    assert "2 of 4 kept" in text(answer)
    assert "1 more was renegotiated in time and is not counted." in text(answer)


def test_addresses_and_phones_are_added(agent: User, ticket: Ticket, customer: Person) -> None:
    client = visit(agent)
    sent = {"address": "wolf@home.example", "primary": "on"}
    assert client.post(f"/customers/{customer.pk}/addresses/", sent).status_code == 303
    assert PersonAddress.objects.get(is_primary=True).address == "wolf@home.example"
    client.post(f"/customers/{customer.pk}/phones/", {"number": "+31 20 555 0199"})
    assert PersonPhone.objects.filter(number="+31205550199").exists()
    assert "Saved." in text(client.get(f"/customers/{customer.pk}/"))


def test_zone_and_language_are_set(agent: User, ticket: Ticket, customer: Person) -> None:
    client = visit(agent)
    client.post(f"/customers/{customer.pk}/zone/", {"zone": "Europe/Athens"})
    client.post(f"/customers/{customer.pk}/locale/", {"locale": "de"})
    customer.refresh_from_db()
    assert (customer.zone, customer.locale) == ("Europe/Athens", "de")


def test_name_and_note_are_changed(agent: User, ticket: Ticket, customer: Person) -> None:
    client = visit(agent)
    client.post(f"/customers/{customer.pk}/name/", {"name": "  Marieke   van Dam "})
    client.post(f"/customers/{customer.pk}/note/", {"note": "Opens at six.\r\nNo mornings."})
    customer.refresh_from_db()
    assert (customer.name, customer.note) == ("Marieke van Dam", "Opens at six.\nNo mornings.")
    client.post(f"/customers/{customer.pk}/note/", {"note": ""})
    customer.refresh_from_db()
    assert customer.note == ""
    kinds = Event.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["person.named", "person.note_set", "person.note_set"]


@pytest.mark.parametrize(
    ("what", "sent", "sentence"),
    [
        ("addresses", {"address": "no address"}, "name@company.example"),
        ("addresses", {"address": "taken@kestrel.example"}, "Another person already has"),
        ("addresses", {"address": "a\x00@b.example"}, "cannot be stored"),
        ("phones", {"number": "020 555"}, "with its country code"),
        ("phones", {"number": ""}, "This field is required."),
        ("name", {"name": "\u200b"}, "Say what the person is called."),
        ("note", {"note": "x" * 2001}, "at most 2000 characters"),
        ("zone", {"zone": "+02:00"}, "Choose a time zone by its place"),
        ("locale", {"locale": "xx"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    agent: User, ticket: Ticket, customer: Person, what: str, sent: dict[str, str], sentence: str
) -> None:
    other = Person.objects.create(name="Somebody else")
    PersonAddress.objects.create(person=other, address="taken@kestrel.example", is_primary=True)
    answer = visit(agent).post(f"/customers/{customer.pk}/{what}/", sent)
    assert answer.status_code == 422
    assert sentence in text(answer)
    opened = page(answer).select("details.change[open]")
    assert len(opened) == 1
    value = next(iter(sent.values()))
    if what in ("addresses", "phones"):
        assert opened[0].select_one(f"input[name={next(iter(sent))}]").get("value", "") == value  # type: ignore[union-attr]


def test_a_manager_reads_and_changes_nothing(
    manager: User, ticket: Ticket, customer: Person
) -> None:
    client = visit(manager)
    answer = client.get(f"/customers/{customer.pk}/")
    assert page(answer).select("details.change") == []
    assert client.post(f"/customers/{customer.pk}/zone/", {"zone": "UTC"}).status_code == 403


def test_a_merged_person_leads_to_who_stands_for_both(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    twin = Person.objects.create(name="M. de Wolf", merged_into=customer)
    PersonPhone.objects.create(person=twin, number="+31205550177")
    make(twin, "from the old address")
    client = visit(agent)
    answer = client.get(f"/customers/{twin.pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/customers/{customer.pk}/")
    shown = text(client.get(f"/customers/{customer.pk}/"))
    assert "from the old address" in shown
    assert "+31 20 555 0177" in shown


def test_a_person_without_a_name_is_called_by_the_address(agent: User) -> None:
    stranger = Person.objects.create()
    PersonAddress.objects.create(person=stranger, address="x@y.example", is_primary=True)
    assert part(visit(agent).get(f"/customers/{stranger.pk}/"), "h1") == "x@y.example"


def test_the_page_costs_the_same_however_much_there_is(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    for number in range(20):
        make(customer, f"request {number}")
        promised(ticket, agent)
    client = visit(agent)
    client.get(f"/customers/{customer.pk}/")
    assert cost(client, f"/customers/{customer.pk}/") <= 13
