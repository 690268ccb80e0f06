"""Two at once on one ticket: one wins, the other is told, nothing is lost or done twice."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from core.actor import Actor
from core.errors import Refused
from core.models import Event
from tests.cast import NOW, actor
from tickets import access, services
from tickets.models import Message, Ticket
from tickets.services import Body, Incoming, letters
from timers.models import Timer
from timers.services import BUSY

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=1)


def _at_once(*verbs: Callable[[], object]) -> list[object]:
    """What each came to: what it returned, or the refusal it raised."""
    start = threading.Barrier(len(verbs))
    outcomes: list[object] = [None] * len(verbs)

    def run(place: int, verb: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            outcomes[place] = verb()
        except Refused as refused:
            outcomes[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    return outcomes


def _refusals(outcomes: list[object]) -> list[str]:
    return [outcome.code for outcome in outcomes if isinstance(outcome, Refused)]


def test_two_agents_solve_at_once(ticket: Ticket, agent: User, colleague: User) -> None:
    outcomes = _at_once(
        *(
            lambda user=user: services.solve(ticket.pk, actor=actor(user), at=LATER)
            for user in (agent, colleague)
        )
    )
    assert _refusals(outcomes) == ["no_such_move"]
    assert Event.objects.filter(kind="ticket.solved").count() == 1
    assert Timer.objects.filter(state="pending").count() == 1


def test_two_agents_reply_at_once_and_the_second_is_held_back(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    seen = Message.objects.get(ticket=ticket).pk
    outcomes = _at_once(
        *(
            lambda user=user: services.reply(
                ticket.pk,
                text_md=f"From {user.name}",
                actor=actor(user),
                at=LATER,
                last_seen_message_id=seen,
            )
            for user in (agent, colleague)
        )
    )
    assert _refusals(outcomes) == ["conversation_moved"]
    written = Message.objects.get(kind="reply", direction="out")
    refused = next(outcome for outcome in outcomes if isinstance(outcome, Refused))
    assert refused.facts == {"message_ids": [written.pk]}


def test_solving_and_the_customer_s_mail_at_once_leave_no_solved_ticket_unread(
    ticket: Ticket, agent: User
) -> None:
    mail = Incoming(body=Body.plain("It still stops"))
    for _round in range(3):
        Ticket.objects.update(status="open", solved_at=None)
        _at_once(
            lambda: services.solve(ticket.pk, actor=actor(agent), at=LATER),
            lambda: services.receive_reply(
                ticket.pk, incoming=mail, actor=Actor.system(), at=LATER
            ),
        )
        events = Event.objects.filter(ticket_id=ticket.pk).order_by("-id")[:2]
        ticket.refresh_from_db()
        reopened = events[0].kind == "ticket.customer_replied"
        assert ticket.status == ("open" if reopened else "solved")
        assert Timer.objects.filter(state="pending").count() == (0 if reopened else 1)


def test_two_mails_to_a_closed_ticket_open_one_follow_up(ticket: Ticket) -> None:
    Ticket.objects.update(status="closed", closed_at=NOW)
    mail = Incoming(body=Body.plain("Again"))
    outcomes = _at_once(
        *[lambda: services.receive_reply(ticket.pk, incoming=mail, actor=Actor.system(), at=LATER)]
        * 3
    )
    assert len({outcome.ticket_id for outcome in outcomes if isinstance(outcome, Message)}) == 1
    assert Ticket.objects.filter(follow_up_of=ticket).count() == 1


def test_events_of_a_ticket_are_in_the_order_of_their_commits(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    _at_once(
        *(
            lambda user=user, n=n: services.add_note(
                ticket.pk, text_md=f"{n}", actor=actor(user), at=LATER
            )
            for n, user in enumerate((agent, colleague, agent, colleague))
        )
    )
    versions = [event.data["v"] for event in Event.objects.order_by("id")]
    ticket.refresh_from_db()
    assert versions == [2, 3, 4, 5] == list(range(2, ticket.version + 1))


def test_the_closing_timer_never_waits_for_an_editor(ticket: Ticket, agent: User) -> None:
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    held, done = threading.Event(), threading.Event()

    def edit() -> None:
        with transaction.atomic():
            access.lock(ticket.pk, actor=Actor.system(), right="ticket.solve")
            held.set()
            done.wait(timeout=10)
        connection.close()

    editor = threading.Thread(target=edit)
    editor.start()
    assert held.wait(timeout=10)
    try:
        with transaction.atomic():
            assert services.fire_close(ticket.pk, NOW + timedelta(hours=97)) is BUSY
    finally:
        done.set()
        editor.join(timeout=10)
    with transaction.atomic():
        services.fire_close(ticket.pk, NOW + timedelta(hours=97))
    ticket.refresh_from_db()
    assert ticket.status == "closed"


def test_one_event_told_twice_at_once_makes_one_letter(ticket: Ticket) -> None:
    Ticket.objects.update(last_agent_message_at=NOW)
    mail = Incoming(
        body=Body.plain("New"),
        author_id=ticket.requester_id,
        author_address="marieke@bakkerijdewolf.example",
        may_answer=True,
        authenticated=True,
    )
    services.open(
        requester_id=ticket.requester_id,
        subject="New",
        body=mail.body,
        channel="email",
        actor=Actor.system(),
        at=NOW,
        incoming=mail,
    )
    event = Event.objects.get(kind="ticket.opened")
    _at_once(*[lambda: letters.acknowledge(event)] * 3)
    assert Message.objects.filter(kind="letter").count() == 1
