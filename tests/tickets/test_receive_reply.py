"""`receive_reply` and `accept_message`: what comes in from outside."""

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
from tickets.models import Message, Ticket
from tickets.services import Body, Incoming
from timers.models import Timer

SYSTEM = Actor.system()
LATER = NOW + timedelta(hours=1)


def _mail(**changed: Any) -> Incoming:
    values: dict[str, Any] = {
        "body": Body.plain("It still stops."),
        "author_name": "Marieke de Wolf",
        "author_address": "marieke@bakkerijdewolf.example",
    }
    return Incoming(**{**values, **changed})


def _receive(ticket: Ticket, by: Actor = SYSTEM, **changed: Any) -> Message:
    return services.receive_reply(ticket.pk, incoming=_mail(**changed), actor=by, at=LATER)


def _close(ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status="closed", solved_at=NOW, closed_at=NOW)


def test_a_customer_s_mail_stands_on_the_ticket(ticket: Ticket) -> None:
    message = _receive(ticket)
    ticket.refresh_from_db()
    assert (message.direction, message.body_text) == ("in", "It still stops.")
    assert (ticket.last_customer_message_at, ticket.status) == (LATER, "open")
    event = Event.objects.get(ticket_id=ticket.pk)
    assert (event.kind, event.data) == (
        "ticket.customer_replied",
        {"v": ticket.version, "message_id": message.pk},
    )


@pytest.mark.parametrize("status", ["pending", "solved"])
def test_it_wakes_a_ticket_that_waited_for_the_customer_or_was_solved(
    ticket: Ticket, agent: User, status: str
) -> None:
    if status == "solved":
        services.solve(ticket.pk, actor=actor(agent), at=NOW)
    else:
        Ticket.objects.update(status="pending", snoozed_until=LATER)
    _receive(ticket)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at, ticket.snoozed_until) == ("open", None, None)
    data = Event.objects.filter(ticket_id=ticket.pk).order_by("-id")[0].data
    assert (data["from"], data["to"]) == (status, "open")
    assert not Timer.objects.filter(state="pending").exists()


@pytest.mark.parametrize("status", ["new", "open"])
def test_it_leaves_new_and_open_tickets_as_they_are(ticket: Ticket, status: str) -> None:
    Ticket.objects.update(status=status)
    _receive(ticket)
    ticket.refresh_from_db()
    assert ticket.status == status


def test_a_ticket_on_hold_stays_so_and_is_flagged(ticket: Ticket) -> None:
    Ticket.objects.update(status="on_hold", hold_reason="Part")
    _receive(ticket)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.customer_wrote_on_hold) == ("on_hold", True)
    assert ticket.hold_reason == "Part"


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"auto_generated": True}, "ticket.auto_message"),
        ({"auto_generated": True, "bounced": True}, "ticket.delivery_failed"),
        ({"author_kind": "third_party"}, "ticket.third_party_replied"),
        ({"flagged": True}, "ticket.message_flagged"),
    ],
)
@pytest.mark.parametrize("status", ["new", "open", "pending", "on_hold", "solved"])
def test_machines_third_parties_and_strangers_change_no_status(
    ticket: Ticket, changed: dict[str, Any], kind: str, status: str
) -> None:
    Ticket.objects.update(status=status, solved_at=NOW if status == "solved" else None)
    _receive(ticket, **changed)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.customer_wrote_on_hold) == (status, False)
    assert ticket.last_customer_message_at == NOW
    assert Event.objects.get(ticket_id=ticket.pk).kind == kind


def test_the_same_mail_again_gives_the_message_it_made(ticket: Ticket) -> None:
    first = _receive(ticket, inbound_mail_id=9)
    assert _receive(ticket, inbound_mail_id=9).pk == first.pk
    assert Event.objects.filter(ticket_id=ticket.pk).count() == 1


# ---- closed is final


def test_on_a_closed_ticket_it_opens_a_linked_follow_up(ticket: Ticket, team: Team) -> None:
    Ticket.objects.update(type="complaint")
    _close(ticket)
    message = _receive(ticket)
    follow_up = message.ticket
    assert follow_up.follow_up_of_id == ticket.pk
    assert (follow_up.requester_id, follow_up.team_id) == (ticket.requester_id, team.pk)
    assert (follow_up.status, follow_up.subject) == ("new", ticket.subject)
    assert (follow_up.type, follow_up.assignee_id) == ("complaint", None)
    ticket.refresh_from_db()
    assert ticket.status == "closed"
    assert not Event.objects.filter(ticket_id=ticket.pk).exists()
    assert Event.objects.get(ticket_id=follow_up.pk).data["follow_up_of_id"] == ticket.pk


def test_a_second_mail_joins_the_follow_up_that_goes_on(ticket: Ticket) -> None:
    _close(ticket)
    first = _receive(ticket)
    assert _receive(ticket).ticket_id == first.ticket_id
    _close(first.ticket)
    third = _receive(ticket)
    assert third.ticket.follow_up_of_id == first.ticket_id


def test_a_merged_ticket_s_mail_goes_to_where_it_was_merged(
    ticket: Ticket, customer: Person
) -> None:
    target = services.open(
        requester_id=customer.pk,
        subject="Other",
        body=Body.plain("x"),
        channel="email",
        actor=SYSTEM,
        at=NOW,
    )
    _close(ticket)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=target)
    assert _receive(ticket).ticket_id == target.pk


def test_a_circle_of_merges_ends_in_a_follow_up(ticket: Ticket, customer: Person) -> None:
    other = _receive_on_closed(ticket)
    _close(other)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=other)
    Ticket.objects.filter(pk=other.pk).update(merged_into=ticket)
    assert _receive(ticket).ticket.status == "new"


def _receive_on_closed(ticket: Ticket) -> Ticket:
    _close(ticket)
    return _receive(ticket).ticket


def test_machines_mail_stays_on_the_closed_ticket(ticket: Ticket) -> None:
    _close(ticket)
    assert _receive(ticket, auto_generated=True).ticket_id == ticket.pk
    ticket.refresh_from_db()
    assert ticket.status == "closed"


def test_a_stranger_s_mail_to_a_closed_ticket_stays_flagged_on_the_follow_up(
    ticket: Ticket,
) -> None:
    _close(ticket)
    message = _receive(ticket, flagged=True)
    assert message.ticket.follow_up_of_id == ticket.pk
    assert message.flagged_at is not None
    assert message.ticket.last_customer_message_at is None


# ---- who


def test_a_customer_writes_on_his_own_tickets_only(ticket: Ticket, customer: Person) -> None:
    _receive(ticket, Actor.customer(customer.pk))
    other = Person.objects.create(name="Other")
    with pytest.raises(NotFound):
        _receive(ticket, Actor.customer(other.pk))


def test_staff_do_not_write_as_customers(ticket: Ticket, agent: User) -> None:
    with pytest.raises(Forbidden):
        _receive(ticket, actor(agent))


def test_an_unknown_ticket_is_not_found(db: None) -> None:
    with pytest.raises(NotFound):
        services.receive_reply(2**70, incoming=_mail(), actor=SYSTEM, at=NOW)


# ---- accepting


def _accept(message: Message, by: User) -> Message:
    return services.accept_message(
        message.ticket_id, message_id=message.pk, actor=actor(by), at=LATER
    )


def test_an_accepted_message_is_public_and_counts(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(status="pending")
    message = _accept(_receive(ticket, flagged=True), agent)
    ticket.refresh_from_db()
    assert message.is_public
    assert (ticket.status, ticket.last_customer_message_at) == ("open", LATER)
    kinds = Event.objects.filter(ticket_id=ticket.pk).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["ticket.message_flagged", "ticket.message_accepted"]


def test_an_accepted_third_party_still_moves_nothing(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(status="pending")
    _accept(_receive(ticket, flagged=True, author_kind="third_party"), agent)
    ticket.refresh_from_db()
    assert ticket.status == "pending"


def test_a_message_is_accepted_once(ticket: Ticket, agent: User) -> None:
    message = _accept(_receive(ticket, flagged=True), agent)
    with pytest.raises(Refused) as refused:
        _accept(message, agent)
    assert refused.value.code == "not_flagged"


def test_accepting_has_its_limits(ticket: Ticket, agent: User, manager: User) -> None:
    message = _receive(ticket, flagged=True)
    with pytest.raises(Forbidden):
        _accept(message, manager)
    with pytest.raises(NotFound):
        services.accept_message(ticket.pk, message_id=0, actor=actor(agent), at=LATER)
    _close(ticket)
    with pytest.raises(Refused) as refused:
        _accept(message, agent)
    assert refused.value.code == "closed"
