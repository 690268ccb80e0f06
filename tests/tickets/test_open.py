"""`open`: a ticket begins."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import MailboxTeam, Team, User
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from core.models import Announcement, Event
from customers.models import Person, PersonAddress
from mailboxes import services as mailboxes
from tests.cast import NOW, actor
from tickets import services
from tickets.models import Message, Ticket
from tickets.services import Body, Correspondent, Incoming, StoredFile

SYSTEM = Actor.system()


def _open(customer: Person, by: Actor = SYSTEM, **changed: Any) -> Ticket:
    values: dict[str, Any] = {
        "requester_id": customer.pk,
        "subject": "Grinder jams",
        "body": Body.plain("It stops."),
        "channel": "email",
        "actor": by,
        "at": NOW,
    }
    return services.open(**{**values, **changed})


def _mail(customer: Person, **changed: Any) -> Incoming:
    values: dict[str, Any] = {
        "body": Body.plain("It stops."),
        "author_id": customer.pk,
        "author_name": "Marieke",
        "author_address": "marieke@bakkerijdewolf.example",
        "subject": "Grinder jams",
        "rfc_message_id": "<a@b.example>",
        "inbound_mail_id": 7,
    }
    return Incoming(**{**values, **changed})


def test_a_mail_opens_a_new_ticket_with_its_first_message(customer: Person) -> None:
    mail = _mail(
        customer,
        recipients=[Correspondent("support@desk.example"), Correspondent("x@y.example", "", "cc")],
        files=[StoredFile("k/1", "photo.png", "image/png", 3, "0" * 64, inline=True)],
        language="nl",
    )
    ticket = _open(customer, body=mail.body, incoming=mail)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.channel, ticket.number >= 1001) == ("new", "email", True)
    assert (ticket.requester_name, ticket.organisation_name) == (
        "Marieke de Wolf",
        "Bakkerij de Wolf",
    )
    assert (ticket.opened_at, ticket.last_event_at) == (NOW, NOW)
    assert (ticket.last_customer_message_at, ticket.last_agent_message_at) == (NOW, None)
    assert ticket.language == "nl"
    message = Message.objects.get(ticket=ticket)
    assert (message.direction, message.author_kind) == ("in", "customer")
    assert message.body_html == "<p>It stops.</p>"
    assert message.inbound_mail_id == 7
    assert message.recipients.count() == 2
    assert message.attachments.get().inline


def test_opening_writes_one_event_with_its_announcement(customer: Person) -> None:
    ticket = _open(customer)
    event = Event.objects.get(ticket_id=ticket.pk)
    assert event.kind == "ticket.opened"
    assert event.data["v"] == ticket.version == 2
    assert event.data["message_id"] == Message.objects.get(ticket=ticket).pk
    assert (event.data["to"], event.data["may_answer"]) == ("new", False)
    assert Announcement.objects.filter(event_id=event.pk).exists()


def test_the_same_mail_again_gives_the_ticket_it_made(customer: Person) -> None:
    mail = _mail(customer)
    first = _open(customer, body=mail.body, incoming=mail)
    assert _open(customer, body=mail.body, incoming=mail).pk == first.pk
    assert Ticket.objects.count() == 1
    assert Event.objects.filter(ticket_id=first.pk).count() == 1


def test_the_mailbox_s_team_gets_its_tickets(customer: Person, team: Team) -> None:
    mailbox = mailboxes.active()
    MailboxTeam.objects.create(mailbox=mailbox, team=team)
    assert _open(customer, mailbox_id=mailbox.pk).team_id == team.pk
    assert _open(customer).team_id is None


def test_an_assigned_ticket_is_open_from_the_start(customer: Person, agent: User) -> None:
    ticket = _open(customer, actor(agent), channel="phone", assignee_id=agent.pk)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee_id, ticket.assigned_at) == ("open", agent.pk, NOW)


def test_what_an_agent_notes_of_a_call_is_the_customer_s_message(
    customer: Person, agent: User
) -> None:
    ticket = _open(customer, actor(agent), channel="phone")
    message = Message.objects.get(ticket=ticket)
    assert (message.direction, message.author_kind, message.author_id) == (
        "in",
        "customer",
        customer.pk,
    )
    assert ticket.status == "new"


def test_an_agent_s_own_opening_is_public_and_counts_as_reply(
    customer: Person, agent: User
) -> None:
    ticket = _open(customer, actor(agent), channel="agent", body=Body.typed("We found a fault."))
    ticket.refresh_from_db()
    message = Message.objects.get(ticket=ticket)
    assert message.is_agent_reply
    assert message.recipients.get().address == "marieke@bakkerijdewolf.example"
    assert (ticket.status, ticket.last_agent_message_at) == ("open", NOW)
    assert ticket.last_customer_message_at is None


def test_a_merged_requester_s_ticket_belongs_to_the_one_who_stands_for_him(
    customer: Person,
) -> None:
    survivor = Person.objects.create(name="M. de Wolf")
    customer.merged_into = survivor
    customer.save()
    ticket = _open(customer)
    assert (ticket.requester_id, ticket.requester_name) == (survivor.pk, "M. de Wolf")


def test_a_nameless_requester_is_shown_by_his_address(db: None) -> None:
    person = Person.objects.create()
    PersonAddress.objects.create(person=person, address="x@y.example", is_primary=True)
    assert _open(person).requester_name == "x@y.example"


def test_a_mail_without_subject_gets_one_and_a_long_one_is_cut(customer: Person) -> None:
    assert _open(customer, subject=" \r\n ").subject == "(no subject)"
    assert _open(customer, subject="a\r\nBcc: x " + "y" * 600).subject.startswith("a Bcc: x yyy")
    assert len(_open(customer, subject="y" * 600).subject) == 500


def test_what_cannot_be_stored_is_taken_out_of_a_mail(customer: Person) -> None:
    mail = _mail(
        customer,
        body=Body("a\x00b\ud800", html="<p>a\x00</p>"),
        author_name="N\x00ame\u202e" + "x" * 300,
        rfc_message_id="<" + "x" * 4000 + ">",
    )
    ticket = _open(customer, subject="s\x00", body=mail.body, incoming=mail)
    message = Message.objects.get(ticket=ticket)
    assert (message.body_text, message.body_html) == ("ab", "<p>a</p>")
    assert message.author_name.startswith("Namexxx")
    assert len(message.author_name) == 200


def test_an_empty_mail_is_a_ticket_too(customer: Person) -> None:
    assert Message.objects.get(ticket=_open(customer, body=Body(""))).body_html == ""


def test_an_auto_generated_first_mail_is_no_customer_message(customer: Person) -> None:
    mail = _mail(customer, auto_generated=True, may_answer=True)
    ticket = _open(customer, body=mail.body, incoming=mail)
    assert ticket.last_customer_message_at is None
    assert Event.objects.get(ticket_id=ticket.pk).data["may_answer"] is False


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"channel": "fax"}, "bad_channel", "channel"),
        ({"priority": "highest"}, "bad_priority", "priority"),
        ({"type": "rant"}, "bad_type", "type"),
        ({"subject": "  "}, "subject_missing", "subject"),
        ({"subject": "x" * 501}, "subject_too_long", "subject"),
        ({"subject": "a\x00"}, "bad_character", "subject"),
        ({"body": Body.typed(" ")}, "empty_text", "text_md"),
    ],
)
def test_a_bad_choice_is_refused(
    customer: Person, agent: User, changed: dict[str, Any], code: str, field: str
) -> None:
    typed = {"channel": "agent", "body": Body.typed("Hello")}
    with pytest.raises(Refused) as refused:
        _open(customer, actor(agent), **{**typed, **changed})
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Ticket.objects.exists()


def test_unknown_requester_team_and_archived_team(customer: Person, team: Team) -> None:
    with pytest.raises(NotFound):
        _open(customer, requester_id=0)
    with pytest.raises(NotFound):
        _open(customer, team_id=0)
    Team.objects.update(archived_at=NOW)
    with pytest.raises(Refused) as refused:
        _open(customer, team_id=team.pk)
    assert refused.value.code == "team_archived"


def test_nobody_gets_a_ticket_he_cannot_work_on(customer: Person, manager: User) -> None:
    with pytest.raises(Refused) as refused:
        _open(customer, assignee_id=manager.pk)
    assert refused.value.code == "not_assignable"
    assert not Ticket.objects.exists()


def test_customers_open_for_themselves_only(customer: Person, manager: User) -> None:
    assert _open(customer, Actor.customer(customer.pk), channel="portal").status == "new"
    other = Person.objects.create(name="Other")
    with pytest.raises(Forbidden):
        _open(other, Actor.customer(customer.pk), channel="portal")
    with pytest.raises(Forbidden):
        _open(customer, actor(manager), channel="phone")


def test_a_customer_does_not_write_in_our_name(customer: Person) -> None:
    with pytest.raises(Forbidden):
        _open(customer, Actor.customer(customer.pk), channel="agent", body=Body.typed("x"))


def test_opening_needs_few_statements(
    customer: Person, agent: User, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(15):
        _open(customer, at=NOW + timedelta(hours=1))
