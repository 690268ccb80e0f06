"""Who hears of a ticket, and what is no longer of interest."""

import pytest

import tickets.services
from accounts.models import User
from core.actor import Actor
from core.models import Event
from customers.models import Person
from notifications.models import Notification
from notifications.rendering import words
from notifications.services import name_of
from tests.cast import NOW, actor
from tests.promises.stories import MINUTE
from tickets.events import Kind, record
from tickets.models import Ticket
from tickets.services import Body, Incoming
from tickets.services.notices import ticket_notices

pytestmark = pytest.mark.django_db


def tell() -> None:
    for event in Event.objects.order_by("id"):
        ticket_notices(event)


def heard(user: User) -> list[str]:
    live = Notification.objects.filter(user=user, settled_at__isnull=True).select_related("ticket")
    return [words(notice, name_of=name_of).title for notice in live.order_by("id")]


def writes(ticket: Ticket, customer: Person, minutes: int = 1, flagged: bool = False) -> None:
    incoming = Incoming(
        Body.plain("Any news?"),
        author_id=customer.pk,
        author_address="marieke@bakkerijdewolf.example",
        flagged=flagged,
    )
    at = NOW + minutes * MINUTE
    tickets.services.receive_reply(ticket.pk, incoming=incoming, actor=Actor.system(), at=at)


def assign(ticket: Ticket, to: User, by: User, minutes: int = 1) -> None:
    at = NOW + minutes * MINUTE
    tickets.services.assign(ticket.pk, assignee_id=to.pk, actor=actor(by), at=at)


def test_who_is_given_a_ticket_hears_of_it(ticket: Ticket, agent: User, colleague: User) -> None:
    assign(ticket, colleague, agent)
    tell()
    assert heard(colleague) == ["Amara assigned to you: Grinder jams, opening on Saturday"]
    assert heard(agent) == []


def test_who_takes_it_does_not(ticket: Ticket, colleague: User) -> None:
    assign(ticket, colleague, colleague)
    tell()
    assert heard(colleague) == []


def test_given_on_it_is_the_next_ones(
    ticket: Ticket, agent: User, colleague: User, supervisor: User
) -> None:
    assign(ticket, colleague, agent)
    assign(ticket, supervisor, colleague, minutes=2)
    tell()
    assert heard(colleague) == []
    assert len(heard(supervisor)) == 1


def test_a_customers_message_is_told_to_the_assignee_once(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    writes(ticket, customer)
    tell()
    Notification.objects.update(read_at=NOW)
    writes(ticket, customer, minutes=2)
    tell()
    assert heard(agent) == ["Marieke de Wolf replied: Grinder jams, opening on Saturday"]
    assert Notification.objects.get().read_at is None


def test_answered_it_is_settled(ticket: Ticket, agent: User, customer: Person) -> None:
    writes(ticket, customer)
    at = NOW + 2 * MINUTE
    tickets.services.reply(ticket.pk, text_md="Today.", actor=actor(agent), at=at)
    tell()
    assert heard(agent) == []


def test_what_is_announced_late_does_not_come_back(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    writes(ticket, customer)
    tell()
    at = NOW + 2 * MINUTE
    tickets.services.reply(ticket.pk, text_md="Today.", actor=actor(agent), at=at)
    tell()
    tell()
    assert heard(agent) == []


def test_an_answer_announced_late_does_not_hide_a_newer_message(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    at = NOW + MINUTE
    tickets.services.reply(ticket.pk, text_md="Today.", actor=actor(agent), at=at)
    answered = Event.objects.get(kind=Kind.REPLIED)
    writes(ticket, customer, minutes=2)
    ticket_notices(Event.objects.get(kind=Kind.CUSTOMER_REPLIED))
    ticket_notices(answered)
    assert len(heard(agent)) == 1


def test_a_message_announced_after_its_answer_tells_nobody(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    writes(ticket, customer)
    at = NOW + 2 * MINUTE
    tickets.services.reply(ticket.pk, text_md="Today.", actor=actor(agent), at=at)
    ticket_notices(Event.objects.get(kind=Kind.REPLIED))
    ticket_notices(Event.objects.get(kind=Kind.CUSTOMER_REPLIED))
    assert heard(agent) == []


def test_a_flagged_message_waits_for_the_assignee(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    writes(ticket, customer, flagged=True)
    tell()
    assert heard(agent) == [
        "Somebody who takes no part wrote on: Grinder jams, opening on Saturday"
    ]


def test_a_mail_that_failed_goes_to_the_assignee_or_the_lead(
    ticket: Ticket, agent: User, supervisor: User
) -> None:
    def fail(minutes: int) -> None:
        at = NOW + minutes * MINUTE
        record(ticket, Kind.DELIVERY_FAILED, actor=Actor.system(), at=at)
        tell()

    fail(1)
    sentence = "A mail to Marieke de Wolf did not arrive: Grinder jams, opening on Saturday"
    assert heard(agent) == [sentence]
    assert Notification.objects.get().is_urgent
    Ticket.objects.update(assignee=None)
    fail(2)
    assert heard(supervisor) == [sentence]


def test_a_mail_that_failed_goes_to_the_lead_when_the_assignee_has_left(
    ticket: Ticket, agent: User, supervisor: User
) -> None:
    User.objects.filter(pk=agent.pk).update(is_active=False)
    record(ticket, Kind.DELIVERY_FAILED, actor=Actor.system(), at=NOW)
    tell()
    assert (heard(agent), len(heard(supervisor))) == ([], 1)


def test_a_ticket_without_assignee_tells_nobody(ticket: Ticket, customer: Person) -> None:
    Ticket.objects.update(assignee=None)
    writes(ticket, customer)
    tell()
    assert not Notification.objects.exists()


def test_spam_tells_nobody(ticket: Ticket, customer: Person) -> None:
    writes(ticket, customer)
    Ticket.objects.update(spam_at=NOW)
    tell()
    assert not Notification.objects.exists()
