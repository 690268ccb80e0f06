"""`reply`: the customer is answered."""

from datetime import timedelta

import pytest

from accounts.models import Team, User
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from core.models import Event
from customers.models import Person, PersonAddress
from mailboxes.models import Mailbox
from tests.cast import NOW, actor
from tickets import services
from tickets.models import Message, Ticket
from tickets.services import StoredFile
from tickets.services.replying import Then
from timers.models import Timer

LATER = NOW + timedelta(hours=1)


def _file(size: int = 10, name: str = "a.pdf") -> StoredFile:
    return StoredFile(f"k/{name}", name, "application/pdf", size, "0" * 64)


def test_a_reply_stands_on_the_ticket(ticket: Ticket, agent: User) -> None:
    message = services.reply(
        ticket.pk, text_md="Hello **Marieke**", actor=actor(agent), at=LATER, files=[_file()]
    )
    message.refresh_from_db()
    assert message.body_html == "<p>Hello <strong>Marieke</strong></p>"
    assert message.body_text == "Hello Marieke"
    assert message.source_md == "Hello **Marieke**"
    assert (message.kind, message.direction, message.author_name) == ("reply", "out", "Amara")
    assert [r.address for r in message.recipients.all()] == ["marieke@bakkerijdewolf.example"]
    assert [a.name for a in message.attachments.all()] == ["a.pdf"]
    ticket.refresh_from_db()
    assert ticket.last_agent_message_at == LATER


def test_a_reply_writes_one_event_and_raises_the_version(ticket: Ticket, agent: User) -> None:
    before = ticket.version
    message = services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER)
    event = Event.objects.get(ticket_id=ticket.pk)
    ticket.refresh_from_db()
    assert event.kind == "ticket.replied"
    assert (event.actor_kind, event.actor_id, event.at) == ("user", agent.pk, LATER)
    assert event.data == {"v": before + 1, "message_id": message.pk, "first_reply": True}
    assert (ticket.version, ticket.last_event_at) == (before + 1, LATER)


def test_the_first_reply_opens_a_new_ticket(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(status="new")
    services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert ticket.status == "open"
    assert Event.objects.get(ticket_id=ticket.pk).data["to"] == "open"


def test_a_reply_reopens_a_solved_ticket_and_calls_its_closing_off(
    ticket: Ticket, agent: User
) -> None:
    services.solve(ticket.pk, actor=actor(agent), at=NOW)
    services.reply(ticket.pk, text_md="One more thing", actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at) == ("open", None)
    assert not Timer.objects.filter(kind="ticket.close", state="pending").exists()


@pytest.mark.parametrize("status", ["open", "pending", "on_hold"])
def test_a_reply_alone_leaves_any_other_status(ticket: Ticket, agent: User, status: str) -> None:
    Ticket.objects.update(status=status)
    services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER)
    ticket.refresh_from_db()
    assert ticket.status == status


@pytest.mark.parametrize(
    ("then", "kinds"),
    [
        ("pending", ["ticket.replied", "ticket.waiting_for_customer"]),
        ("solved", ["ticket.replied", "ticket.solved"]),
        ("open", ["ticket.replied"]),
    ],
)
def test_a_reply_takes_its_outcome_along(
    ticket: Ticket, agent: User, then: Then, kinds: list[str]
) -> None:
    services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER, then=then)
    ticket.refresh_from_db()
    assert ticket.status == then
    events = Event.objects.filter(ticket_id=ticket.pk).order_by("id")
    assert [event.kind for event in events] == kinds


def test_reply_and_open_takes_up_what_waited(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(status="on_hold", hold_reason="Part ordered")
    services.reply(ticket.pk, text_md="It is here", actor=actor(agent), at=LATER, then="open")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.hold_reason) == ("open", "")


def test_replying_again_with_solve_plans_the_closing_anew(ticket: Ticket, agent: User) -> None:
    for at in (NOW, LATER):
        services.reply(ticket.pk, text_md="Done", actor=actor(agent), at=at, then="solved")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at) == ("solved", LATER)
    timer = Timer.objects.get(kind="ticket.close", state="pending")
    assert timer.due_at == LATER + timedelta(hours=96)


def test_a_refused_outcome_takes_the_reply_back(ticket: Ticket, agent: User) -> None:
    with pytest.raises(Refused) as refused:
        services.reply(ticket.pk, text_md="x", actor=actor(agent), at=LATER, then="closed")  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.field) == ("bad_status", "then")
    assert Message.objects.count() == 1
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_text"),
        (" \n\t\u00a0 ", "empty_text"),
        ("[a]: http://x.example\n", "empty_text"),
        ("> only\n>> quoted\n\n>text", "only_quoted"),
        ("x" * 100_001, "text_too_long"),
        ("a\x00b", "bad_character"),
        ("a\ud800b", "bad_character"),
    ],
)
def test_a_text_that_says_nothing_or_cannot_be_kept_is_refused(
    ticket: Ticket, agent: User, text: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        services.reply(ticket.pk, text_md=text, actor=actor(agent), at=LATER)
    assert (refused.value.code, refused.value.field) == (code, "text_md")


def test_a_long_text_of_many_lines_is_taken(ticket: Ticket, agent: User) -> None:
    text = "line\n" * 10_000
    message = services.reply(ticket.pk, text_md=text, actor=actor(agent), at=LATER)
    assert message.body_text.count("\n") == 9_999


def test_a_closed_ticket_takes_no_reply(ticket: Ticket, agent: User) -> None:
    Ticket.objects.update(status="closed", closed_at=NOW)
    with pytest.raises(Refused) as refused:
        services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER)
    assert refused.value.code == "closed"


# ---- who


def test_only_those_who_may_write_to_customers_reply(
    ticket: Ticket, manager: User, administrator: User
) -> None:
    for user in (manager, administrator):
        with pytest.raises(Forbidden):
            services.reply(ticket.pk, text_md="Hello", actor=actor(user), at=LATER)


@pytest.mark.parametrize("who", ["customer", "system"])
def test_neither_customer_nor_desk_writes_as_staff(
    ticket: Ticket, customer: Person, who: str
) -> None:
    writer = Actor.customer(customer.pk) if who == "customer" else Actor.system()
    with pytest.raises(Forbidden):
        services.reply(ticket.pk, text_md="Hello", actor=writer, at=LATER)


def test_a_private_team_s_ticket_is_not_there_for_others(
    ticket: Ticket, outsider: User, team: Team
) -> None:
    Team.objects.filter(pk=team.pk).update(private=True)
    with pytest.raises(NotFound):
        services.reply(ticket.pk, text_md="Hello", actor=actor(outsider), at=LATER)


# ---- to whom


def test_a_reply_goes_to_the_address_the_customer_last_wrote_from(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    PersonAddress.objects.create(person=customer, address="Marieke@home.example")
    Message.objects.filter(ticket=ticket).update(author_address="marieke@home.example")
    message = services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER)
    assert [r.address for r in message.recipients.all()] == ["Marieke@home.example"]


def test_an_address_that_bounced_is_the_last_choice(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    PersonAddress.objects.update(undeliverable_at=NOW)
    PersonAddress.objects.create(person=customer, address="new@home.example")
    message = services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER)
    assert [r.address for r in message.recipients.all()] == ["new@home.example"]


def test_a_requester_merged_away_is_written_to_at_his_address(
    ticket: Ticket, agent: User, customer: Person
) -> None:
    survivor = Person.objects.create(name="Marieke")
    customer.merged_into = survivor
    customer.save()
    Ticket.objects.update(requester=survivor)
    message = services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER)
    assert [r.address for r in message.recipients.all()] == ["marieke@bakkerijdewolf.example"]


def test_copies_are_kept_once_and_not_the_requester_again(ticket: Ticket, agent: User) -> None:
    cc = [
        "pim@bakery.example",
        "PIM@bakery.example",
        "Marieke@bakkerijdewolf.EXAMPLE",
    ]
    message = services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER, cc=cc)
    rows = message.recipients.values_list("role", "address")
    assert sorted(rows) == [
        ("cc", "pim@bakery.example"),
        ("to", "marieke@bakkerijdewolf.example"),
    ]


@pytest.mark.parametrize(
    ("cc", "code"),
    [
        (["not an address"], "bad_address"),
        (["a@b.example\r\nBcc: x@y.example"], "bad_address"),
        (["müller@b.example"], "bad_address"),
        (["a\x00@b.example"], "bad_character"),
        (["support@desk.example"], "own_address"),
        (["Support+48.abc@DESK.example"], "own_address"),
        ([f"p{n}@b.example" for n in range(200)], "too_many_recipients"),
    ],
)
def test_recipients_that_cannot_be_written_to_are_refused(
    ticket: Ticket, agent: User, cc: list[str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER, cc=cc)
    assert (refused.value.code, refused.value.field) == (code, "cc")


def test_a_requester_at_an_address_of_ours_is_not_written_to(ticket: Ticket, agent: User) -> None:
    Mailbox.objects.update(address="marieke@bakkerijdewolf.example")
    with pytest.raises(Refused) as refused:
        services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER)
    assert refused.value.code == "own_address"


def test_a_requester_without_an_address_can_be_answered_on_the_ticket(
    ticket: Ticket, agent: User
) -> None:
    PersonAddress.objects.all().delete()
    message = services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER)
    assert not message.recipients.exists()


# ---- files


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([_file(name=f"{n}.pdf") for n in range(11)], "too_many_files"),
        ([_file(11_000_000, "a.pdf"), _file(11_000_000, "b.pdf")], "file_too_large"),
    ],
)
def test_files_that_no_mail_can_carry_are_refused(
    ticket: Ticket, agent: User, files: list[StoredFile], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=LATER, files=files)
    assert (refused.value.code, refused.value.field) == (code, "files")


# ---- the conversation moved on


def test_a_reply_is_held_back_when_somebody_else_has_written(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    seen = Message.objects.get(ticket=ticket).pk
    newer = services.add_note(ticket.pk, text_md="Wait", actor=actor(colleague), at=NOW)
    with pytest.raises(Refused) as refused:
        services.reply(
            ticket.pk, text_md="Hi", actor=actor(agent), at=LATER, last_seen_message_id=seen
        )
    assert refused.value.code == "conversation_moved"
    assert refused.value.facts == {"message_ids": [newer.pk]}
    services.reply(
        ticket.pk, text_md="Hi", actor=actor(agent), at=LATER, last_seen_message_id=newer.pk
    )


def test_a_form_sent_twice_makes_one_reply(ticket: Ticket, agent: User) -> None:
    seen = Message.objects.get(ticket=ticket).pk
    first, second = (
        services.reply(
            ticket.pk,
            text_md="Done",
            actor=actor(agent),
            at=LATER,
            then="solved",
            last_seen_message_id=seen,
        )
        for _twice in range(2)
    )
    assert first.pk == second.pk
    assert Event.objects.filter(ticket_id=ticket.pk).count() == 2
    other = services.reply(
        ticket.pk, text_md="Done!", actor=actor(agent), at=LATER, last_seen_message_id=seen
    )
    assert other.pk != first.pk


@pytest.mark.parametrize("kind", ["call", "letter", "mine"])
def test_calls_letters_and_my_own_words_hold_nothing_back(
    ticket: Ticket, agent: User, kind: str
) -> None:
    seen = Message.objects.get(ticket=ticket).pk
    if kind == "mine":
        services.add_note(ticket.pk, text_md="Mine", actor=actor(agent), at=NOW)
    else:
        Message.objects.create(
            ticket=ticket,
            kind=kind,
            direction="out",
            channel="email",
            author_kind="system",
            at=NOW,
            call_outcome="connected" if kind == "call" else "",
        )
    services.reply(ticket.pk, text_md="Hi", actor=actor(agent), at=LATER, last_seen_message_id=seen)


def test_a_clock_that_runs_behind_never_turns_the_record_back(ticket: Ticket, agent: User) -> None:
    message = services.reply(
        ticket.pk, text_md="Hi", actor=actor(agent), at=NOW - timedelta(hours=3)
    )
    assert message.at == NOW
