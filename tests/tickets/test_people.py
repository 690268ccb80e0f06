"""The names on tickets follow the persons."""

from core.actor import Actor
from core.models import Event
from customers import services as customers
from customers.models import Person
from tests.cast import NOW
from tickets.models import Ticket
from tickets.services import people


def test_a_name_learnt_later_is_shown_on_unsolved_tickets(ticket: Ticket, customer: Person) -> None:
    Person.objects.update(name="")
    Ticket.objects.update(requester_name="marieke@bakkerijdewolf.example")
    customers.find_or_create_person(
        address="marieke@bakkerijdewolf.example", name="Marieke", actor=Actor.system(), at=NOW
    )
    for _twice in range(2):
        people.copy_name(Event.objects.get(kind="person.named"))
    ticket.refresh_from_db()
    assert (ticket.requester_name, ticket.version) == ("Marieke", 1)


def test_what_is_closed_keeps_the_name_it_had(ticket: Ticket, customer: Person) -> None:
    Ticket.objects.update(status="closed", closed_at=NOW, requester_name="M.")
    event = Event.objects.create(
        kind="person.named",
        subject_kind="person",
        subject_id=customer.pk,
        actor_kind="system",
        at=NOW,
    )
    people.copy_name(event)
    ticket.refresh_from_db()
    assert ticket.requester_name == "M."
