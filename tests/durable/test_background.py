"""What was given up stands on a page, and those with the right can try it again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import User
from core import claim, events
from core.actor import Actor
from core.models import Announcement, Event, Heartbeat
from helpdesk import heartbeat
from helpdesk.announce import run_pending
from intake.models import InboundMail
from mailboxes.models import Mailbox
from outbox.models import OutboxMessage
from outbox.services import put_mail
from tests.durable.website import BACKEND
from tickets.models import Ticket
from timers.models import Job, Timer

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)
MARIEKE = "marieke@bakkerijdewolf.example"
PAGE = "/settings/background/"


@pytest.fixture
def browser(administrator: User) -> Client:
    return _browser(administrator)


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def _text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def _timer() -> Timer:
    return Timer.objects.create(
        kind="promise", subject_id=17, due_at=AT, state="dead", last_error="ValueError: odd"
    )


def _mail(ticket: Ticket | None = None) -> OutboxMessage:
    put_mail(
        key="message:1",
        raw=b"x",
        sender="support@desk.example",
        recipients=[MARIEKE],
        mailbox_id=None,
        ticket_id=ticket.pk if ticket else None,
    )
    OutboxMessage.objects.update(state="dead", last_error="550 no such person")
    return OutboxMessage.objects.get()


def _announcement() -> Event:
    event = events.record(
        "of.a.newer.release", subject_kind="desk", subject_id=1, actor=Actor.system(), at=AT
    )
    Announcement.objects.update(attempts=19)
    run_pending()
    return event


def _quarantined(raw: bytes = b"From: ?\n\nodd") -> InboundMail:
    return InboundMail.objects.create(
        mailbox=Mailbox.objects.get(),
        dedup_key="sha256:1",
        raw_sha256="1" * 64,
        content_sha256="1" * 64,
        raw_path=default_storage.save("mail/1", ContentFile(raw)),
        size=len(raw),
        from_address="stranger@elsewhere.example",
        state="quarantine",
        reason="quarantined: unknown character set",
    )


def test_an_empty_page_says_so(browser: Client) -> None:
    assert "Nothing has come to a stop" in _text(browser.get(PAGE))


def test_everything_given_up_is_listed(browser: Client, ticket: Ticket) -> None:
    _timer()
    _mail(ticket)
    _announcement()
    _quarantined()
    text = _text(browser.get(PAGE))
    for words in (
        "Reminder of a promise",
        "ValueError: odd",
        MARIEKE,
        "550 no such person",
        f"#{ticket.number}",
        "of.a.newer.release",
        "unknown character set",
        "stranger@elsewhere.example",
    ):
        assert words in text


def test_who_may_not_manage_sees_that_but_not_of_whom(agent: User) -> None:
    _mail()
    _quarantined()
    text = _text(_browser(agent).get(PAGE))
    assert "Mail that could not be sent" in text
    assert "unknown character set" in text
    for words in (MARIEKE, "550 no such person", "stranger@", "/attempt/", "/raw/"):
        assert words not in text


def test_signs_of_life_and_down_times_are_shown(browser: Client) -> None:
    heartbeat.beat_clock()
    Heartbeat.objects.update(beat_at=claim.instant() - timedelta(minutes=30))
    heartbeat.beat_clock()
    heartbeat.beat("worker")
    Heartbeat.objects.filter(name__startswith="worker").update(
        beat_at=claim.instant() - timedelta(minutes=5)
    )
    text = _text(browser.get(PAGE))
    assert "Alive" in text
    assert "Silent since" in text
    assert "Down-time" in text


def test_what_the_reconciler_found_is_an_alarm(browser: Client) -> None:
    Job.objects.create(name="promises.reconcile", every_s=60, last_run_at=AT, found=3)
    assert "3 open promises have no reminder planned." in _text(browser.get(PAGE))


# ---- trying again


def test_a_dead_timer_is_tried_again(browser: Client, administrator: User) -> None:
    timer = _timer()
    response = browser.post(f"{PAGE}timers/{timer.pk}/attempt/", follow=True)
    assert "It is being tried again." in response.content.decode()
    timer.refresh_from_db()
    assert timer.state == "pending"
    assert Event.objects.get(kind="timer.retried").actor_id == administrator.pk


def test_a_dead_mail_is_tried_again(browser: Client) -> None:
    mail = _mail()
    browser.post(f"{PAGE}mails/{mail.pk}/attempt/")
    mail.refresh_from_db()
    assert mail.state == "pending"


def test_what_was_set_aside_is_announced_again(browser: Client) -> None:
    event = _announcement()
    browser.post(f"{PAGE}announcements/{event.pk}/attempt/")
    assert Announcement.objects.get(event_id=event.pk).next_at <= claim.instant()
    assert Event.objects.filter(kind="desk.announcement_retried", subject_id=event.pk).exists()


def test_a_mail_in_quarantine_is_read_again(browser: Client) -> None:
    mail = _quarantined()
    browser.post(f"{PAGE}quarantine/{mail.pk}/attempt/")
    mail.refresh_from_db()
    assert mail.state == "pending"


def test_a_refusal_is_told(browser: Client) -> None:
    timer = _timer()
    Timer.objects.create(kind="promise", subject_id=17, generation=2, due_at=AT)
    response = browser.post(f"{PAGE}timers/{timer.pk}/attempt/", follow=True)
    assert "planned anew" in response.content.decode()


@pytest.mark.parametrize("what", ["timers", "mails", "announcements", "quarantine"])
@pytest.mark.parametrize("key", [0, 4711, 2**63, 2**70])
def test_what_is_not_there_cannot_be_tried_again(browser: Client, what: str, key: int) -> None:
    assert browser.post(f"{PAGE}{what}/{key}/attempt/").status_code == 404


@pytest.mark.parametrize("what", ["timers", "mails", "announcements", "quarantine"])
def test_without_the_right_nothing_is_tried_again(supervisor: User, what: str) -> None:
    _timer()
    assert _browser(supervisor).post(f"{PAGE}{what}/1/attempt/").status_code == 403


def test_a_get_tries_nothing_again(browser: Client) -> None:
    assert browser.get(f"{PAGE}timers/{_timer().pk}/attempt/").status_code == 405


# ---- as it came


def test_a_mail_in_quarantine_can_be_downloaded_as_it_came(browser: Client) -> None:
    mail = _quarantined(b"From: ?\n\n<script>odd</script>")
    response: Any = browser.get(f"{PAGE}quarantine/{mail.pk}/raw/")
    assert b"".join(response.streaming_content) == b"From: ?\n\n<script>odd</script>"
    assert response["Content-Disposition"] == f'attachment; filename="mail-{mail.pk}.eml"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/octet-stream"


def test_only_those_with_the_right_may_download_it(supervisor: User, browser: Client) -> None:
    mail = _quarantined()
    assert _browser(supervisor).get(f"{PAGE}quarantine/{mail.pk}/raw/").status_code == 403
    InboundMail.objects.update(state="done")
    assert browser.get(f"{PAGE}quarantine/{mail.pk}/raw/").status_code == 404


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
