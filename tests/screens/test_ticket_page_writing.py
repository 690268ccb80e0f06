"""Writing on a ticket's page: reply and note, without a script first, then by htmx."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import tickets.services
from accounts.models import User
from core import clock
from core.actor import Actor
from promises.models import Promise
from tests.cast import NOW
from tests.screens.browsing import Answer, as_, script, text
from tickets.models import Attachment, Message, Ticket
from tickets.services import Body, Incoming

pytestmark = pytest.mark.django_db


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def reply(browser: Client, ticket: Ticket, words: str, **fields: object) -> Answer:
    given: dict[str, object] = {"text_md": words, "then": "open", **fields}
    return browser.post(f"/t/{ticket.number}/reply/", given)


def customer_writes(ticket: Ticket, words: str = "One more thing.") -> Message:
    return tickets.services.receive_reply(
        ticket.pk,
        incoming=Incoming(
            body=Body.plain(words),
            author_id=ticket.requester_id,
            author_name="Marieke de Wolf",
            author_address="marieke@bakkerijdewolf.example",
        ),
        actor=Actor.customer(ticket.requester_id),
        at=NOW,
    )


def promise(ticket: Ticket, owner: User) -> Promise:
    return Promise.objects.create(
        ticket=ticket,
        person_id=ticket.requester_id,
        topic="Call about Saturday",
        shape=Promise.Shape.BY,
        zone="Europe/Amsterdam",
        until_wall="2190-11-19T15:00",
        from_at=NOW,
        until_at=NOW.replace(year=2190),
        owner=owner,
        made_by=owner,
        made_at=NOW,
        version_at=NOW,
        consent=True,
    )


# ---- without a script


def test_a_reply_is_sent_and_the_page_shown_again(agent: User, ticket: Ticket) -> None:
    browser = as_(agent)
    response = reply(browser, ticket, "We bring **another** one.", place="my-open?priority=normal")
    assert response.status_code == 303  # type: ignore[attr-defined]
    address = response["Location"]  # type: ignore[index]
    newest = ticket.messages.latest("pk").pk
    assert address == f"/v/my-open/{ticket.number}/?priority=normal#m{newest}"
    shown = browser.get(address).content.decode()
    assert "We bring <strong>another</strong> one." in shown
    assert 'data-sent="reply"' in shown
    assert 'data-sent="reply"' not in browser.get(address).content.decode()


@pytest.mark.parametrize(
    ("then", "status"), [("open", "open"), ("pending", "pending"), ("solved", "solved")]
)
def test_a_reply_leaves_the_ticket_as_chosen_and_the_choice_is_remembered(
    then: str, status: str, agent: User, ticket: Ticket
) -> None:
    browser = as_(agent)
    reply(browser, ticket, "Done.", then=then)
    assert fresh(ticket).status == status
    other = Ticket.objects.exclude(pk=ticket.pk).first() or ticket
    shown = browser.get(f"/t/{other.number}/").content.decode()
    button = shown.partition("data-send>")[0].rpartition("<button")[2]
    assert f'value="{then}"' in button


def test_a_note_is_added(agent: User, ticket: Ticket) -> None:
    browser = as_(agent)
    response = browser.post(f"/t/{ticket.number}/note/", {"text_md": "Seen before."})
    assert response.status_code == 303
    written = ticket.messages.latest("pk")
    assert response["Location"] == f"/t/{ticket.number}/#m{written.pk}"
    assert written.kind == Message.Kind.NOTE


def test_the_note_has_a_page_of_its_own(agent: User, ticket: Ticket) -> None:
    shown = as_(agent).get(f"/t/{ticket.number}/note/").content.decode()
    note = shown.partition('data-kind="note"')[2].partition(">")[0]
    reply_form = shown.partition('data-kind="reply"')[2].partition(">")[0]
    assert "hidden" not in note
    assert "hidden" in reply_form


# ---- what is typed wrong


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text_md": "   \n "}, "Write a text first."),
        ({"text_md": "> only\n> quoted"}, "There is only quoted text."),
        ({"text_md": "x" * 100_001}, "The text is too long"),
        ({"text_md": "a\x00b"}, "cannot be stored (U+0000)"),
        ({"text_md": "fine", "cc": "not an address"}, "is not an email address"),
        ({"text_md": "fine", "then": "deleted"}, "Select a valid choice."),
        ({"text_md": "fine", "last_seen": "-1"}, "greater than or equal to 0"),
        ({"text_md": "fine", "last_seen": "99999999999999999999"}, "less than or equal to"),
    ],
)
def test_a_reply_with_something_wrong_is_not_sent_and_not_lost(
    fields: Mapping[str, str], words: str, agent: User, ticket: Ticket
) -> None:
    response = reply(as_(agent), ticket, **{"words": "", **fields})
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert words in text(response)
    kept = str(fields["text_md"]).replace(">", "&gt;")
    assert kept.replace("\x00", "\x00") in response.content.decode()
    assert ticket.messages.count() == 1


def test_by_script_only_the_reason_comes_back(agent: User, ticket: Ticket) -> None:
    response = as_(agent).post(
        f"/t/{ticket.number}/reply/", {"text_md": " ", "then": "open"}, headers=script()
    )
    assert response.status_code == 422
    assert response["HX-Retarget"] == f"#reply-say-{ticket.number}"
    assert response["HX-Reswap"] == "innerHTML"
    assert "Write a text first." in text(response)
    assert b"<textarea" not in response.content


def test_what_was_written_for_a_ticket_that_closed_meanwhile_can_be_copied(
    agent: User, ticket: Ticket
) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status="closed", solved_at=NOW, closed_at=NOW)
    response = reply(as_(agent), ticket, "A long & careful answer.")
    assert response.status_code == 409  # type: ignore[attr-defined]
    assert "Your text was not sent. Copy it from here." in text(response)
    assert ">A long &amp; careful answer.</textarea>" in response.content.decode()


def test_without_an_address_nothing_can_be_sent(agent: User, ticket: Ticket) -> None:
    ticket.requester.addresses.all().delete()
    shown = as_(agent).get(f"/t/{ticket.number}/").content.decode()
    send = shown.partition('name="then"')[2].partition(">")[0]
    assert "disabled" in send
    assert "There is no address to write to." in send


# ---- the conversation has moved


def _begun(agent: User, ticket: Ticket) -> tuple[Client, dict[str, object]]:
    """Somebody began to write, then the customer wrote."""
    last = ticket.messages.latest("pk").pk
    customer_writes(ticket)
    fields = {"text_md": "My answer.", "then": "solved", "last_seen": last}
    return as_(agent), fields


def test_a_reply_to_what_has_moved_on_is_held_and_kept(agent: User, ticket: Ticket) -> None:
    browser, fields = _begun(agent, ticket)
    response = browser.post(f"/t/{ticket.number}/reply/", fields)
    assert response.status_code == 409
    shown = text(response)
    assert "Marieke de Wolf wrote in the meantime. Your text has not been sent." in shown
    assert "Read it first Send mine anyway Keep mine as a note" in shown
    assert "One more thing." in shown
    assert ">My answer.</textarea>" in response.content.decode()
    assert not ticket.messages.filter(direction="out").exists()


def test_by_script_the_new_message_comes_with_the_choice(agent: User, ticket: Ticket) -> None:
    browser, fields = _begun(agent, ticket)
    newest = ticket.messages.latest("pk").pk
    response = browser.post(f"/t/{ticket.number}/reply/", fields, headers=script())
    shown = response.content.decode()
    assert response.status_code == 409
    assert response["HX-Retarget"] == f"#reply-say-{ticket.number}"
    assert f'href="#m{newest}" data-read-first' in shown
    # After "Read it first" the same reply is no longer held: it names what its author has seen.
    assert f'id="thread" data-last="{newest}" hx-swap-oob="morph"' in shown
    assert "One more thing." in shown


def test_it_can_be_sent_anyway_with_what_was_chosen(agent: User, ticket: Ticket) -> None:
    browser, fields = _begun(agent, ticket)
    response = browser.post(f"/t/{ticket.number}/reply/", {**fields, "anyway": "1"})
    assert response.status_code == 303
    assert ticket.messages.latest("pk").new_part_text == "My answer."
    assert fresh(ticket).status == "solved"


def test_it_can_be_kept_as_a_note(agent: User, ticket: Ticket) -> None:
    browser, fields = _begun(agent, ticket)
    response = browser.post(f"/t/{ticket.number}/reply/", {**fields, "as_note": "1"})
    assert response.status_code == 303
    kept = ticket.messages.latest("pk")
    assert (kept.kind, kept.direction) == ("note", "internal")
    assert fresh(ticket).status == "open"


def test_having_read_it_the_reply_goes_out(agent: User, ticket: Ticket) -> None:
    browser, fields = _begun(agent, ticket)
    newest = ticket.messages.latest("pk").pk
    response = browser.post(f"/t/{ticket.number}/reply/", {**fields, "last_seen": newest})
    assert response.status_code == 303


def test_sending_and_solving_with_an_open_promise_sends_nothing(
    agent: User, ticket: Ticket
) -> None:
    promise(ticket, agent)
    response = reply(as_(agent), ticket, "All done.", then="solved")
    assert response.status_code == 409  # type: ignore[attr-defined]
    assert "A promise is still open." in text(response)
    assert "Decide now" in text(response)
    assert ticket.messages.count() == 1


# ---- files


def test_files_go_with_a_reply(agent: User, ticket: Ticket) -> None:
    files = [SimpleUploadedFile("a.txt", b"one"), SimpleUploadedFile("b.txt", b"two")]
    response = reply(as_(agent), ticket, "See both.", uploads=files)
    assert response.status_code == 303  # type: ignore[attr-defined]
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["a.txt", "b.txt"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("empty.txt", b"", "“empty.txt” is empty."), ("", b"x", "")],
)
def test_a_file_that_cannot_be_kept_is_named(
    name: str, content: bytes, words: str, agent: User, ticket: Ticket
) -> None:
    if not name:
        files = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(11)]
        words = "Attach at most 10 files."
    else:
        files = [SimpleUploadedFile(name, content)]
    response = reply(as_(agent), ticket, "See this.", uploads=files)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert words in text(response)
    assert ">See this.</textarea>" in response.content.decode()
    assert not Attachment.objects.exists()


# ---- a promise with the reply


def _promised(on: str) -> dict[str, object]:
    return {
        "promise-wanted": "on",
        "promise-topic": "Call about Saturday",
        "promise-channel": "call",
        "promise-shape": "by",
        "promise-on": on,
        "promise-time": "15:00",
        "promise-consent": "on",
    }


def _next_working_day() -> str:
    day = clock.now().date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day.isoformat()


def test_a_reply_carries_a_promise(agent: User, ticket: Ticket) -> None:
    fields = _promised(_next_working_day())
    response = reply(as_(agent), ticket, "I will call you.", **fields)
    assert response.status_code == 303  # type: ignore[attr-defined]
    made = Promise.objects.get()
    assert (made.topic, made.made_with_message) == (
        "Call about Saturday",
        ticket.messages.latest("pk"),
    )


def test_a_promise_that_cannot_be_made_holds_its_reply_back(agent: User, ticket: Ticket) -> None:
    response = reply(as_(agent), ticket, "I will call you.", **_promised("2026-02-30"))
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "The reply was not sent: its promise needs something." in text(response)
    assert ">I will call you.</textarea>" in response.content.decode()
    assert ticket.messages.count() == 1


def test_what_is_filled_in_counts_only_if_a_promise_is_wanted(agent: User, ticket: Ticket) -> None:
    fields = {**_promised("2026-02-30"), "promise-wanted": ""}
    response = reply(as_(agent), ticket, "No promise.", **fields)
    assert response.status_code == 303  # type: ignore[attr-defined]
    assert not Promise.objects.exists()
