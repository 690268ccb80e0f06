"""The ticket's page: who sees what, how it is drawn, and what it costs."""

import gzip
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import tickets.services
from accounts.models import Team, User
from core.actor import Actor
from customers.models import Person
from tests.cast import NOW, actor
from tests.screens.browsing import as_, script, text
from tests.screens.mails import wrote
from tickets.models import Attachment, Message, ReadMark, Ticket
from tickets.queries import badges, counts
from tickets.services import Body, Incoming

pytestmark = pytest.mark.django_db


def page(user: User, ticket: Ticket, rest: str = "") -> str:
    response = as_(user).get(f"/t/{ticket.number}/{rest}")
    assert response.status_code == 200
    return response.content.decode()


# ---- who gets in


@pytest.mark.parametrize("role", ["agent", "supervisor", "manager", "administrator"])
def test_every_role_reads_a_ticket(
    role: str, request: pytest.FixtureRequest, ticket: Ticket
) -> None:
    shown = page(request.getfixturevalue(role), ticket)
    assert "Grinder jams, opening on Saturday" in shown
    assert "Since yesterday the grinder stops." in shown


def test_who_is_not_signed_in_is_led_to_sign_in(ticket: Ticket) -> None:
    response = Client().get(f"/t/{ticket.number}/")
    assert response.status_code == 302
    assert response["Location"] == f"/login/?next=/t/{ticket.number}/"


def test_who_has_no_role_is_refused(ticket: Ticket, db: None) -> None:
    customer_user = User.objects.create_user("marieke@home.example", "x", name="Marieke")
    assert as_(customer_user).get(f"/t/{ticket.number}/").status_code == 403


@pytest.mark.parametrize(
    "rest", ["", "customer/", "history/", "reply/", "note/", "hold/", "solve/"]
)
def test_a_private_teams_ticket_looks_like_one_that_does_not_exist(
    rest: str, ticket: Ticket, team: Team, outsider: User
) -> None:
    team.private = True
    team.save(update_fields=["private"])
    browser = as_(outsider)
    unseen = browser.get(f"/t/{ticket.number}/{rest}")
    missing = browser.get(f"/t/{ticket.number + 999}/{rest}")
    assert unseen.status_code == missing.status_code == 404
    assert len(unseen.content) == len(missing.content)
    assert browser.get(f"/v/all-open/{ticket.number}/").status_code == 404


@pytest.mark.parametrize("number", ["0", "9223372036854775808", "1180591620717411303424"])
def test_impossible_numbers_are_not_found(number: str, agent: User) -> None:
    browser = as_(agent)
    assert browser.get(f"/t/{number}/").status_code == 404
    assert browser.get(f"/v/my-open/{number}/").status_code == 404


@pytest.mark.parametrize("number", ["-1", "1e3", "٣", "x"])
def test_what_is_no_number_is_no_address(number: str, agent: User) -> None:
    assert as_(agent).get(f"/t/{number}/").status_code == 404


# ---- what each role may do


def test_an_agent_sees_the_controls_of_the_desk(agent: User, ticket: Ticket) -> None:
    shown = page(agent, ticket)
    for door in ("reply", "note", "assignee", "priority", "hold", "customers-turn", "solve"):
        assert f"/t/{ticket.number}/{door}/" in shown


def test_a_manager_writes_notes_only(manager: User, ticket: Ticket) -> None:
    shown = page(manager, ticket)
    assert 'data-kind="note"' in shown
    assert 'data-kind="reply"' not in shown
    assert f"/t/{ticket.number}/assignee/" not in shown


def test_an_administrator_reads(administrator: User, ticket: Ticket) -> None:
    response = as_(administrator).get(f"/t/{ticket.number}/")
    assert "Your role reads tickets; it does not write on them." in text(response)
    assert b"<composer-box" not in response.content


def test_a_closed_ticket_has_no_composer(agent: User, ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(
        status=Ticket.Status.CLOSED, solved_at=NOW, closed_at=NOW
    )
    response = as_(agent).get(f"/t/{ticket.number}/")
    assert "Closed. The customer’s next mail opens a linked follow-up." in text(response)
    assert b"<composer-box" not in response.content
    assert f"/t/{ticket.number}/priority/" not in response.content.decode()


def test_a_solved_ticket_says_that_replying_reopens_it(agent: User, ticket: Ticket) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(status=Ticket.Status.SOLVED, solved_at=NOW)
    response = as_(agent).get(f"/t/{ticket.number}/")
    assert "Replying reopens this ticket." in text(response)
    assert f"/t/{ticket.number}/reopening/" in response.content.decode()


# ---- the conversation


def test_notes_say_that_only_the_team_sees_them(agent: User, ticket: Ticket) -> None:
    tickets.services.add_note(
        ticket.pk, text_md="Two others came in with E14.", actor=actor(agent), at=NOW
    )
    response = as_(agent).get(f"/t/{ticket.number}/")
    assert '<article class="msg note"' in response.content.decode()
    assert "Only your team sees this" in text(response)


def test_changes_between_messages_become_one_line(
    agent: User, colleague: User, ticket: Ticket
) -> None:
    minute = timedelta(minutes=1)
    who = actor(agent)
    tickets.services.assign(ticket.pk, assignee_id=colleague.pk, actor=who, at=NOW + minute)
    tickets.services.set_priority(ticket.pk, priority="high", actor=who, at=NOW + 2 * minute)
    tickets.services.hold(ticket.pk, reason="spare part", actor=who, at=NOW + 3 * minute)
    response = as_(agent).get(f"/t/{ticket.number}/")
    assert "Assigned to Jonas · Priority raised to High · 3 changes" in text(response)
    assert f'href="/t/{ticket.number}/history/"' in response.content.decode()
    assert "On hold: spare part" in text(response)


def test_the_history_says_who_changed_what(agent: User, team: Team, ticket: Ticket) -> None:
    other = Team.objects.create(name="Billing", slug="billing")
    who = actor(agent)
    tickets.services.set_priority(ticket.pk, priority="low", actor=who, at=NOW)
    tickets.services.transfer(ticket.pk, team_id=other.pk, actor=who, at=NOW)
    response = as_(agent).get(f"/t/{ticket.number}/history/")
    assert "Amara Transferred to Billing" in text(response)
    assert "Amara Priority lowered to Low" in text(response)


def test_a_held_back_message_can_be_accepted(agent: User, ticket: Ticket) -> None:
    tickets.services.receive_reply(
        ticket.pk,
        incoming=Incoming(
            body=Body.plain("Send the grinder to my garage."),
            author_kind="third_party",
            author_address="mallory@elsewhere.example",
            flagged=True,
        ),
        actor=Actor.system(),
        at=NOW,
    )
    browser = as_(agent)
    before = browser.get(f"/t/{ticket.number}/")
    assert "mallory@elsewhere.example takes no part in this request." in text(before)
    held = Message.objects.get(flagged_at__isnull=False)
    done = browser.post(f"/t/{ticket.number}/messages/{held.pk}/acceptance/")
    assert done.status_code == 303
    assert "takes no part in this request" not in text(browser.get(done["Location"]))
    again = browser.post(f"/t/{ticket.number}/messages/{held.pk}/acceptance/")
    assert again.status_code == 409


def test_hostile_words_stay_words(agent: User, ticket: Ticket, customer: Person) -> None:
    nasty = "<img src=x onerror=alert(1)>"
    Ticket.objects.filter(pk=ticket.pk).update(subject=nasty, hold_reason=nasty)
    wrote(ticket, "", author_name=nasty, body_text=nasty, new_part_text=nasty, new_part_html="")
    shown = page(agent, ticket)
    assert "<img src=x" not in shown
    assert "&lt;img src=x" in shown


def test_a_mail_with_pictures_is_shown_in_a_sandboxed_frame(agent: User, ticket: Ticket) -> None:
    layout = '<table><tr><td><img src="https://tracker.example/x.png"></td></tr></table>'
    mail = wrote(ticket, "Newsletter", new_part_html=layout)
    shown = page(agent, ticket)
    assert f'src="/mail/{mail.pk}/body/"' in shown
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in shown
    assert "tracker.example" not in shown
    assert f'href="/mail/{mail.pk}/body/?images=1" target="mail-{mail.pk}"' in shown


def test_quoted_text_is_folded_away(agent: User, ticket: Ticket) -> None:
    wrote(ticket, "New.", body_text="New.\n\nOn Monday you wrote:\n> old", new_part_text="New.")
    response = as_(agent).get(f"/t/{ticket.number}/")
    assert "Show quoted text On Monday you wrote: &gt; old" in text(response)


# ---- parts, places, tabs


def test_a_script_gets_the_conversation_with_the_context_beside_it(
    agent: User, ticket: Ticket
) -> None:
    part = as_(agent).get(f"/v/my-open/{ticket.number}/", headers=script("convo")).content.decode()
    assert "<html" not in part
    assert '<section id="convo"' in part
    assert 'hx-swap-oob="morph"' in part
    assert 'id="queue"' not in part


def test_the_browsers_history_gets_the_whole_page(agent: User, ticket: Ticket) -> None:
    headers = {**script("convo"), "HX-History-Restore-Request": "true"}
    assert b"<html" in as_(agent).get(f"/v/my-open/{ticket.number}/", headers=headers).content


def test_the_workspace_marks_the_open_ticket_in_the_list(agent: User, ticket: Ticket) -> None:
    shown = as_(agent).get(f"/v/my-open/{ticket.number}/").content.decode()
    row = shown.partition(f'id="r{ticket.number}"')[2].partition(">")[0]
    assert 'aria-current="true"' in row


def test_narrow_screens_have_the_customer_and_the_history_as_pages(
    agent: User, ticket: Ticket
) -> None:
    assert 'data-pane="ctx"' in page(agent, ticket, "customer/")
    assert 'data-pane="convo"' in page(agent, ticket)


def test_the_context_shows_the_person_and_his_other_tickets(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    Ticket.objects.create(
        subject="Invoice twice",
        status=Ticket.Status.OPEN,
        channel="email",
        requester=customer,
        opened_at=NOW,
        last_event_at=NOW,
    )
    shown = text(as_(agent).get(f"/t/{ticket.number}/customer/"))
    for words in (
        "Bakkerij de Wolf",
        "Marieke de Wolf",
        "marieke@bakkerijdewolf.example",
        "+31 20 555 0142",
        "Invoice twice",
    ):
        assert words in shown


# ---- reading


def test_looking_marks_nothing_read(agent: User, ticket: Ticket) -> None:
    as_(agent).get(f"/t/{ticket.number}/")
    assert not ReadMark.objects.exists()


def test_a_post_marks_it_read(agent: User, ticket: Ticket) -> None:
    last = ticket.messages.latest("pk").pk
    response = as_(agent).post(f"/t/{ticket.number}/read/", {"last": last}, headers=script())
    assert response.status_code == 204
    assert ReadMark.objects.get(ticket=ticket, user=agent).last_message_id == last


@pytest.mark.parametrize("last", ["", "x", "-1", "9223372036854775808"])
def test_a_nonsensical_mark_is_ignored(last: str, agent: User, ticket: Ticket) -> None:
    response = as_(agent).post(f"/t/{ticket.number}/read/", {"last": last})
    assert response.status_code == 303
    assert not ReadMark.objects.exists()


# ---- what it costs: the process runs, but has told this person nothing in the last ten seconds


def _statements(user: User, address: str) -> int:
    browser = as_(user)
    browser.get(address)
    counts.forget(actor(user))
    badges.forget(user.pk)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_a_page_costs_the_same_whatever_the_ticket_holds(
    agent: User, colleague: User, ticket: Ticket
) -> None:
    address = f"/t/{ticket.number}/"
    bare = _statements(agent, address)
    for number in range(25):
        message = wrote(ticket, f"message {number}")
        Attachment.objects.create(message=message, name="a.txt", size=1, content_type="text/plain")
    tickets.services.assign(ticket.pk, assignee_id=colleague.pk, actor=actor(agent), at=NOW)
    assert bare == _statements(agent, address) <= 12


def test_the_queue_costs_the_same_whatever_it_holds(agent: User, ticket: Ticket) -> None:
    bare = _statements(agent, "/v/all-open/")
    for number in range(30):
        Ticket.objects.create(
            subject=f"{number}",
            channel="email",
            requester_id=ticket.requester_id,
            team_id=ticket.team_id,
            assignee_id=agent.pk,
            opened_at=NOW,
            last_event_at=NOW,
        )
    assert bare == _statements(agent, "/v/all-open/") <= 12


def test_fifty_rows_and_thirty_messages_are_little_to_send(
    agent: User, customer: Person, ticket: Ticket
) -> None:
    for number in range(50):
        Ticket.objects.create(
            subject=f"Descale alarm after firmware 4.{number}",
            channel="email",
            requester=customer,
            assignee=agent,
            opened_at=NOW,
            last_event_at=NOW,
        )
    for number in range(30):
        wrote(ticket, f"{number} Since yesterday the grinder stops after two or three shots.")
    shown = as_(agent).get(f"/v/my-open/{ticket.number}/")
    assert len(gzip.compress(shown.content)) < 60_000


def test_queue_and_ticket_together_cost_at_most_fifteen(agent: User, ticket: Ticket) -> None:
    assert _statements(agent, f"/v/my-open/{ticket.number}/") <= 15


def test_a_sender_without_name_or_address_is_not_taken_for_the_desk(
    agent: User, ticket: Ticket
) -> None:
    ticket.messages.update(author_name="", author_address="")
    shown = text(as_(agent).get(f"/t/{ticket.number}/"))
    assert "Unknown sender by email" in shown
