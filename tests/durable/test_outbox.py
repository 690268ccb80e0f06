"""What must leave, leaves: the same bytes under the same key until the server has taken them."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, send_mail

from core import claim, crypto
from core.actor import Actor
from core.errors import NotFound, Refused
from core.models import Event
from outbox import services, transports
from outbox.models import OutboxMessage
from outbox.services import cancel, deliver, put_mail, retry
from tests.durable.post import Post, by, dawdling_office, deaf_office, free_port, office

pytestmark = pytest.mark.django_db

State = OutboxMessage.State
RAW = b"From: support@desk.example\nSubject: Grinder\n\nIt jams.\n.\nDots too.\n"
MARIEKE = "marieke@bakkerijdewolf.example"


@pytest.fixture
def post() -> Iterator[Post]:
    with office() as running:
        yield running


@pytest.fixture(autouse=True)
def _mail_folder(tmp_path: Path, settings: Any) -> None:
    settings.MAIL_DIR = tmp_path


def _put(key: str = "message:1", **fields: Any) -> OutboxMessage:
    given: dict[str, Any] = {
        "raw": RAW,
        "sender": "support@desk.example",
        "recipients": [MARIEKE],
        "mailbox_id": None,
        "ticket_id": 7,
    }
    put_mail(key=key, **{**given, **fields})
    return OutboxMessage.objects.get(idem_key=key)


def _now_ready() -> None:
    OutboxMessage.objects.update(next_at=claim.instant() - timedelta(seconds=1))


def _again(message: OutboxMessage) -> OutboxMessage:
    message.refresh_from_db()
    return message


# ---- putting


def test_a_key_is_put_once() -> None:
    _put()
    assert not put_mail(
        key="message:1",
        raw=b"other",
        sender="a@b.example",
        recipients=["c@d.example"],
        mailbox_id=None,
    )
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize("recipients", [[], ["a@b.example\r\nRCPT TO:<c@d.example>"]])
def test_an_envelope_needs_recipients_without_line_breaks(recipients: list[str]) -> None:
    with pytest.raises(ValueError, match="recipients"):
        _put(recipients=recipients)


def test_a_waiting_mail_can_be_called_off() -> None:
    message = _put()
    assert (cancel("message:1"), cancel("message:1"), cancel("unknown")) == (True, False, False)
    assert (deliver(), _again(message).state) == (0, State.CANCELLED)


def test_a_mail_that_is_leaving_now_cannot_be_called_off() -> None:
    _put()
    services._claim()
    assert not cancel("message:1")


def test_a_mail_for_later_waits() -> None:
    _put(next_at=claim.instant() + timedelta(hours=1))
    assert deliver() == 0


# ---- by SMTP


def test_it_leaves_by_the_mailboxs_server(post: Post) -> None:
    mailbox = by(post.port)
    message = _put(mailbox_id=mailbox.pk)
    assert deliver() == 1
    sent = _again(message)
    assert (sent.state, sent.transport, sent.attempts) == (State.SENT, "smtp", 1)
    assert post.got == [("support@desk.example", [MARIEKE], RAW.replace(b"\n", b"\r\n"))]


def test_a_repeat_has_the_same_bytes(post: Post) -> None:
    by(post.port)
    message = _put()
    deliver()
    OutboxMessage.objects.update(state=State.PENDING, sent_at=None)
    deliver()
    first, second = post.got
    assert first == second
    assert _again(message).attempts == 2


def test_refused_for_now_it_is_tried_again_later(post: Post) -> None:
    by(post.port)
    post.answer = "451 come back later"
    message = _put()
    deliver()
    waiting = _again(message)
    assert (waiting.state, waiting.last_status) == (State.PENDING, 451)
    assert "come back later" in waiting.last_error
    assert timedelta(seconds=3) < waiting.next_at - claim.instant() < timedelta(seconds=6)
    assert deliver() == 0
    post.answer = "250 OK"
    _now_ready()
    deliver()
    assert _again(message).state == State.SENT


def test_refused_for_good_it_is_dead_and_the_ticket_hears_of_it(post: Post) -> None:
    by(post.port)
    post.answer_to[MARIEKE] = "550 no such person"
    message = _put()
    deliver()
    dead = _again(message)
    assert (dead.state, dead.last_status) == (State.DEAD, 550)
    assert "no such person" in dead.last_error
    event = Event.objects.get(kind="outbox.dead")
    assert (event.ticket_id, event.subject_id) == (7, message.pk)
    assert event.data == {"attempts": 1, "code": 550}


def test_after_ten_attempts_it_is_dead(post: Post) -> None:
    by(post.port)
    post.answer = "451 come back later"
    message = _put()
    OutboxMessage.objects.update(attempts=9)
    deliver()
    assert _again(message).state == State.DEAD
    assert Event.objects.filter(kind="outbox.dead").count() == 1


def test_only_those_refused_for_now_are_written_to_again(post: Post) -> None:
    by(post.port)
    post.answer_to.update({"b@b.example": "450 busy", "c@c.example": "550 unknown"})
    message = _put(recipients=["a@a.example", "b@b.example", "c@c.example"])
    deliver()
    assert _again(message).state == State.PENDING
    post.answer_to.clear()
    _now_ready()
    deliver()
    assert [to for _from, to, _raw in post.got] == [["a@a.example"], ["b@b.example"]]
    assert _again(message).state == State.SENT
    assert Event.objects.filter(kind="outbox.refused", ticket_id=7).count() == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_wrong_password_is_our_fault_and_kills_no_mail() -> None:
    with office(needs_sign_in=True) as post:
        by(
            post.port,
            smtp_user="support",
            smtp_password_encrypted=crypto.encrypt("wrong"),
        )
        message = _put()
        deliver()
    waiting = _again(message)
    assert (waiting.state, waiting.last_status) == (State.PENDING, 535)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_a_server_that_wants_a_sign_in_kills_no_mail() -> None:
    with office(needs_sign_in=True) as post:
        by(post.port)
        message = _put()
        deliver()
    waiting = _again(message)
    assert (waiting.state, waiting.last_status) == (State.PENDING, 530)


def test_a_server_that_is_gone_is_named() -> None:
    port = free_port()
    by(port)
    message = _put()
    deliver()
    waiting = _again(message)
    assert waiting.state == State.PENDING
    assert waiting.last_error.startswith(f"127.0.0.1:{port} could not be used: ")


def test_a_server_without_encryption_gets_no_mail_when_it_is_wanted(post: Post) -> None:
    by(post.port, smtp_security="starttls")
    message = _put()
    deliver()
    assert post.got == []
    assert "STARTTLS" in _again(message).last_error


def test_a_server_that_says_nothing_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transports, "READ_S", 0.2)
    with deaf_office() as port:
        by(port)
        message = _put()
        deliver()
    assert "timed out" in _again(message).last_error


def test_a_greeting_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transports, "SEND_S", 0.5)
    with dawdling_office() as port:
        by(port)
        message = _put()
        began = time.monotonic()
        deliver()
    assert time.monotonic() - began < 5
    assert (_again(message).state, _again(message).attempts) == (State.PENDING, 1)


def test_a_password_of_another_key_is_named(post: Post) -> None:
    by(post.port, smtp_user="support", smtp_password_encrypted="gAAAAA-of-another-key")
    message = _put()
    deliver()
    assert "another key" in _again(message).last_error


# ---- into files


def test_without_a_mail_server_it_becomes_a_file(tmp_path: Path) -> None:
    message = _put()
    deliver()
    sent = _again(message)
    (file,) = (tmp_path / "sent").iterdir()
    assert (sent.state, sent.transport, file.suffix) == (State.SENT, "file", ".eml")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (RAW, 0o600)


def test_a_repeat_into_a_file_gives_no_second_one(tmp_path: Path) -> None:
    _put()
    deliver()
    OutboxMessage.objects.update(state=State.PENDING, sent_at=None)
    deliver()
    assert len(list((tmp_path / "sent").iterdir())) == 1


def test_a_demo_mailbox_never_uses_the_network(post: Post, tmp_path: Path) -> None:
    by(post.port, is_demo=True)
    _put()
    deliver()
    assert post.got == []
    assert len(list((tmp_path / "sent").iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "sent").write_text("in the way")
    message = _put()
    deliver()
    assert (_again(message).state, "sent" in _again(message).last_error) == (State.PENDING, True)


# ---- leases and times


def test_what_is_too_late_is_not_sent_and_becomes_an_event(post: Post) -> None:
    by(post.port)
    message = _put(not_after=claim.instant() - timedelta(seconds=1))
    deliver()
    assert (post.got, _again(message).state) == ([], State.CANCELLED)
    assert Event.objects.get(kind="outbox.expired").ticket_id == 7


def test_a_leased_mail_is_not_taken_again_until_the_lease_is_over() -> None:
    message = _put()
    services._claim()
    assert deliver() == 0
    OutboxMessage.objects.update(lease_until=claim.instant() - timedelta(seconds=1))
    assert deliver() == 1
    assert _again(message).attempts == 2


def test_a_lane_has_at_most_two_leases() -> None:
    mailbox = by(1)
    for number in range(5):
        _put(f"lane:{number}", mailbox_id=mailbox.pk)
    _put("other")
    _token, first = services._claim()
    _token, second = services._claim()
    assert [message.idem_key for message in first] == ["lane:0", "lane:1", "other"]
    assert second == []


def test_who_lost_his_lease_changes_nothing_and_says_so() -> None:
    message = _put()
    token, (claimed,) = services._claim()
    OutboxMessage.objects.update(lease_token="00000000-0000-0000-0000-000000000000")
    services._settle_sent(claimed, token, transports.Receipt(transport="smtp"))
    assert _again(message).state == State.PENDING
    assert Event.objects.filter(kind="outbox.lease_lost").count() == 1


def test_what_is_given_back_has_not_been_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    message = _put()
    token, (claimed,) = services._claim()
    services._give_back(claimed, token)
    assert (_again(message).attempts, _again(message).lease_token) == (0, None)


@pytest.mark.parametrize(
    ("attempts", "nominal"),
    [(1, timedelta(seconds=5)), (2, timedelta(minutes=5)), (9, timedelta(hours=24))],
)
def test_pauses_grow_by_the_table_with_jitter(attempts: int, nominal: timedelta) -> None:
    pauses = {services._pause(attempts) for _each in range(20)}
    assert all(nominal * 0.9 <= pause <= nominal * 1.1 for pause in pauses)
    assert len(pauses) > 1


# ---- again


def test_a_dead_mail_can_be_tried_again(post: Post) -> None:
    by(post.port)
    message = _put()
    OutboxMessage.objects.update(state=State.DEAD, attempts=10)
    retry(message.pk, actor=Actor.user(1), at=claim.instant())
    deliver()
    assert (_again(message).state, message.attempts) == (State.SENT, 1)
    assert Event.objects.get(kind="outbox.retried").actor_id == 1


def test_a_dead_mail_past_its_time_is_not_tried_again() -> None:
    message = _put(not_after=claim.instant() - timedelta(days=1))
    OutboxMessage.objects.update(state=State.DEAD)
    with pytest.raises(Refused, match="time"):
        retry(message.pk, actor=Actor.user(1), at=claim.instant())


def test_only_a_dead_mail_is_tried_again() -> None:
    message = _put()
    with pytest.raises(NotFound):
        retry(message.pk, actor=Actor.user(1), at=claim.instant())


# ---- Django's own mails


def test_a_sign_in_mail_leaves_by_the_outbox_and_is_blanked(post: Post, settings: Any) -> None:
    settings.EMAIL_BACKEND = "outbox.backend.OutboxBackend"
    mailbox = by(post.port)
    send_mail("Your link", "https://desk.example/reset/SECRET", None, [MARIEKE])
    deliver()
    ((sender, recipients, raw),) = post.got
    assert (sender, recipients) == (mailbox.address, [MARIEKE])
    assert b"SECRET" in raw
    assert b"From: Support <support@desk.example>" in raw
    kept = OutboxMessage.objects.get()
    assert (kept.lane, kept.payload["raw"]) == ("system", "")


def test_a_called_off_link_is_blanked_too() -> None:
    message = _put(blank_after_sending=True)
    cancel("message:1")
    assert _again(message).payload["raw"] == ""


def test_a_mail_to_nobody_is_not_put(settings: Any) -> None:
    settings.EMAIL_BACKEND = "outbox.backend.OutboxBackend"
    assert EmailMessage("Subject", "Text", None, []).send() == 0
    assert not OutboxMessage.objects.exists()
