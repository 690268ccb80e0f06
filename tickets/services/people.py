"""What the desk keeps of persons on its tickets."""

from core.models import Event
from customers.models import Person
from tickets.models import Ticket


def copy_name(event: Event) -> None:
    """The queue shows the person's new name on his unsolved tickets. A consumer of `person.named`.

    It writes no more than a copy, so it takes no lock and is no change of the ticket; verbs save
    other columns.
    """
    person = Person.objects.filter(pk=event.subject_id).first()
    if person is not None and person.name:
        tickets = Ticket.objects.unsolved().filter(requester=person)
        tickets.exclude(requester_name=person.name).update(requester_name=person.name)
