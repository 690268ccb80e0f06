"""`add_note` and `mark_read`."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Team, User
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from core.models import Event
from customers.models import Person
from tests.cast import NOW, actor
from tickets import services
from tickets.models import Message, ReadMark, Ticket
from tickets.services import StoredFile

LATER = NOW + timedelta(hours=1)


def test_a_note_is_for_the_team_and_moves_nothing(ticket: Ticket, agent: User) -> None:
    file = StoredFile("k/1", "log.txt", "text/plain", 3, "0" * 64)
    note = services.add_note(ticket.pk, text_md="*Hm*", actor=actor(agent), at=LATER, files=[file])
    assert (note.kind, note.direction, note.is_public) == ("note", "internal", False)
    assert (note.body_text, note.attachments.count()) == ("Hm", 1)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.last_agent_message_at) == ("open", None)
    event = Event.objects.get(ticket_id=ticket.pk)
    assert (event.kind, event.data["message_id"]) == ("ticket.noted", note.pk)


def test_a_manager_may_note_though_not_reply(ticket: Ticket, manager: User) -> None:
    assert services.add_note(ticket.pk, text_md="x", actor=actor(manager), at=LATER).pk


@pytest.mark.parametrize(
    ("text", "code"), [(" ", "empty_text"), ("> q", "only_quoted"), ("\x00", "bad_character")]
)
def test_a_note_says_something(ticket: Ticket, agent: User, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        services.add_note(ticket.pk, text_md=text, actor=actor(agent), at=LATER)
    assert refused.value.code == code


def test_a_closed_ticket_takes_no_note(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(status="closed", closed_at=NOW)
    with pytest.raises(Refused) as refused:
        services.add_note(ticket.pk, text_md="x", actor=actor(agent), at=LATER)
    assert refused.value.code == "closed"


def test_only_staff_who_see_the_ticket_note(
    ticket: Ticket, customer: Person, administrator: User, outsider: User, team: Team
) -> None:
    for by in (Actor.customer(customer.pk), Actor.system(), actor(administrator)):
        with pytest.raises(Forbidden):
            services.add_note(ticket.pk, text_md="x", actor=by, at=LATER)
    Team.objects.filter(pk=team.pk).update(private=True)
    with pytest.raises(NotFound):
        services.add_note(ticket.pk, text_md="x", actor=actor(outsider), at=LATER)


def test_a_note_needs_few_statements(
    ticket: Ticket, agent: User, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(9):
        services.add_note(ticket.pk, text_md="x", actor=actor(agent), at=LATER)


def test_a_reply_needs_few_statements(
    ticket: Ticket, agent: User, django_assert_max_num_queries: Any
) -> None:
    seen = Message.objects.get(ticket=ticket).pk
    with django_assert_max_num_queries(16):
        services.reply(
            ticket.pk,
            text_md="x",
            actor=actor(agent),
            at=LATER,
            cc=["pim@bakery.example"],
            files=[StoredFile("k/1", "log.txt", "text/plain", 3, "0" * 64)],
            last_seen_message_id=seen,
        )


# ---- reading


def test_a_read_mark_goes_forward_only(ticket: Ticket, manager: User) -> None:
    for message_id in (5, 9, 7):
        services.mark_read(ticket.pk, last_message_id=message_id, actor=actor(manager), at=LATER)
    mark = ReadMark.objects.get()
    assert (mark.user_id, mark.ticket_id, mark.last_message_id) == (manager.pk, ticket.pk, 9)
    assert not Event.objects.exists()
    ticket.refresh_from_db()
    assert ticket.version == 1


def test_reading_is_for_staff_who_see_the_ticket(
    ticket: Ticket, customer: Person, outsider: User, team: Team
) -> None:
    with pytest.raises(Forbidden):
        services.mark_read(
            ticket.pk, last_message_id=1, actor=Actor.customer(customer.pk), at=LATER
        )
    Team.objects.filter(pk=team.pk).update(private=True)
    with pytest.raises(NotFound):
        services.mark_read(ticket.pk, last_message_id=1, actor=actor(outsider), at=LATER)
