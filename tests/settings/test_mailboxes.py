"""A mailbox: its address, its server, a password nobody sees again, and a test mail."""

import pytest
from django.test import Client

import accounts.services
from accounts.events import Kind
from accounts.models import MailboxTeam, Team, User
from accounts.services import MailboxSettings
from core import crypto, desk
from core.errors import Forbidden, NotFound, Refused
from core.models import Event
from mailboxes.models import Mailbox
from outbox.models import OutboxMessage
from tests.accounts.post import letters
from tests.cast import NOW, actor

pytestmark = pytest.mark.django_db

SECRET = "s3cret of the server"
FORM = {
    "name": "Kestrel support",
    "address": "Support@Kestrel.example",
    "team": "none",
    "smtp_host": "smtp.kestrel.example",
    "smtp_port": "587",
    "smtp_security": "starttls",
    "smtp_user": "support",
    "smtp_password": SECRET,
}


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    return Mailbox.objects.get()


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def _set(mailbox: Mailbox, by: User, **fields: object) -> Mailbox:
    wanted: dict[str, object] = {"name": "Support", "address": "support@kestrel.example", **fields}
    return accounts.services.set_mailbox(
        mailbox.pk,
        wanted=MailboxSettings(**wanted),  # type: ignore[arg-type]  # tests bend every field
        actor=actor(by),
        at=NOW,
    )


def _page(mailbox: Mailbox) -> str:
    return f"/settings/mailboxes/{mailbox.pk}/"


def test_the_form_connects_the_mailbox(admin: Client, mailbox: Mailbox, team: Team) -> None:
    answer = admin.post(_page(mailbox), {**FORM, "team": str(team.pk)})
    assert (answer.status_code, answer["Location"]) == (303, _page(mailbox))
    mailbox.refresh_from_db()
    assert (mailbox.address, mailbox.name) == ("support@kestrel.example", "Kestrel support")
    assert (mailbox.smtp_host, mailbox.smtp_port) == ("smtp.kestrel.example", 587)
    assert crypto.decrypt(mailbox.smtp_password_encrypted) == SECRET
    assert MailboxTeam.objects.get().team == team
    assert desk.current().mail_set_at is not None
    (event,) = Event.objects.all()
    assert event.kind == Kind.MAILBOX_SET
    assert event.data["new_password"] is True


def test_the_password_is_never_shown_again(admin: Client, mailbox: Mailbox) -> None:
    admin.post(_page(mailbox), FORM)
    mailbox.refresh_from_db()
    page = admin.get(_page(mailbox)).content.decode()
    assert "A password is stored." in page
    assert SECRET not in page
    assert mailbox.smtp_password_encrypted not in page
    refused = admin.post(_page(mailbox), {**FORM, "address": "wrong"}).content.decode()
    assert SECRET not in refused
    assert SECRET not in repr(list(Event.objects.values()))
    assert SECRET not in repr(list(Mailbox.objects.values()))


def test_an_empty_password_keeps_the_stored_one(admin: Client, mailbox: Mailbox) -> None:
    admin.post(_page(mailbox), FORM)
    admin.post(_page(mailbox), {**FORM, "smtp_password": "", "smtp_port": "465"})
    mailbox.refresh_from_db()
    assert crypto.decrypt(mailbox.smtp_password_encrypted) == SECRET
    assert mailbox.smtp_port == 465


def test_the_password_goes_with_its_user_name_and_server(
    mailbox: Mailbox, administrator: User
) -> None:
    full = {"smtp_host": "smtp.kestrel.example", "smtp_user": "support", "smtp_password": SECRET}
    for missing in ("smtp_user", "smtp_host"):
        _set(mailbox, administrator, **full)
        assert _set(mailbox, administrator, **{**full, missing: ""}).smtp_password_encrypted == ""


def test_another_server_does_not_get_the_stored_password(
    mailbox: Mailbox, administrator: User
) -> None:
    full = {"smtp_host": "smtp.kestrel.example", "smtp_user": "support", "smtp_password": SECRET}
    _set(mailbox, administrator, **full)
    with pytest.raises(Refused) as caught:
        _set(mailbox, administrator, smtp_host="smtp.evil.example", smtp_user="support")
    assert (caught.value.code, caught.value.field) == ("password_again", "smtp_password")
    mailbox.refresh_from_db()
    assert mailbox.smtp_host == "smtp.kestrel.example"


def test_without_a_server_mail_is_not_connected(mailbox: Mailbox, administrator: User) -> None:
    _set(mailbox, administrator, smtp_host="smtp.kestrel.example")
    assert desk.current().mail_set_at == NOW
    _set(mailbox, administrator)
    assert desk.current().mail_set_at is None


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("address", "support", "bad_address"),
        ("address", "support@kestrel", "bad_address"),
        ("address", "a@[127.0.0.1", "bad_address"),
        ("address", "support@kestrel.example\r\nBcc: x@y.example", "bad_address"),
        ("address", "support\0@kestrel.example", "bad_character"),
        ("name", "Support\r\nBcc: x@y.example", "bad_name"),
        ("name", "", "bad_name"),
        ("smtp_host", "smtp kestrel", "bad_host"),
        ("smtp_host", "http://smtp.kestrel.example", "bad_host"),
        ("smtp_host", "-smtp.kestrel.example", "bad_host"),
        ("smtp_host", "smtp..example", "bad_host"),
        ("smtp_host", "a" * 254, "bad_host"),
        ("smtp_host", "smtp\r\nQUIT", "bad_host"),
        ("smtp_port", 0, "bad_port"),
        ("smtp_port", 65536, "bad_port"),
        ("smtp_user", "me\r\nRSET", "bad_user"),
        ("team_id", 10**12, "unknown_team"),
    ],
)
def test_bad_settings_are_refused_by_field_and_change_nothing(
    mailbox: Mailbox, administrator: User, field: str, value: object, code: str
) -> None:
    before = Mailbox.objects.values().get()
    with pytest.raises(Refused) as caught:
        _set(mailbox, administrator, **{field: value})
    assert caught.value.code == code
    assert caught.value.field == field.removesuffix("_id")
    assert Mailbox.objects.values().get() == before


@pytest.mark.parametrize(
    "host",
    ["smtp.kestrel.example", "mail", "localhost", "192.0.2.25", "2001:db8::25", "mx.example."],
)
def test_names_and_addresses_of_servers_are_taken(
    mailbox: Mailbox, administrator: User, host: str
) -> None:
    assert _set(mailbox, administrator, smtp_host=host).smtp_host == host


def test_a_password_never_travels_in_the_open(mailbox: Mailbox, administrator: User) -> None:
    open_way = {"smtp_security": "none", "smtp_user": "support", "smtp_password": SECRET}
    with pytest.raises(Refused) as caught:
        _set(mailbox, administrator, smtp_host="smtp.kestrel.example", **open_way)
    assert caught.value.code == "unencrypted_password"
    for host in ("localhost", "127.0.0.1", "::1"):
        _set(mailbox, administrator, smtp_host=host, **open_way)


def test_two_mailboxes_never_share_an_address(mailbox: Mailbox, administrator: User) -> None:
    Mailbox.objects.create(name="Sales", address="sales@kestrel.example")
    with pytest.raises(Refused) as caught:
        _set(mailbox, administrator, address="SALES@kestrel.example")
    assert caught.value.code == "address_taken"


def test_a_test_mail_goes_to_oneself_by_this_mailbox(
    admin: Client, administrator: User, mailbox: Mailbox
) -> None:
    assert admin.post(f"{_page(mailbox)}test/").status_code == 303
    row = OutboxMessage.objects.get()
    assert row.lane == f"mailbox:{mailbox.pk}"
    assert row.payload["recipients"] == [administrator.email]
    assert letters()[0]["From"] == f"{mailbox.name} <{mailbox.address}>"
    assert Event.objects.get().kind == Kind.MAILBOX_TESTED


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Waiting to be sent"),
        ({"state": "sent", "sent_at": NOW, "transport": "smtp"}, "Accepted by the server"),
        ({"state": "sent", "sent_at": NOW, "transport": "file"}, "Written into a file"),
        ({"state": "dead", "last_error": "535 no <b>"}, "535 no &lt;b&gt;"),
    ],
)
def test_the_page_tells_how_the_test_fared(
    admin: Client, mailbox: Mailbox, fields: dict[str, object], said: str
) -> None:
    admin.post(f"{_page(mailbox)}test/")
    OutboxMessage.objects.update(**fields)
    assert said in admin.get(_page(mailbox)).content.decode()


def test_the_page_shows_the_line_for_the_mail_server(admin: Client, mailbox: Mailbox) -> None:
    page = admin.get(_page(mailbox)).content.decode()
    assert "support: &quot;|" in page
    assert "receive_email --json" in page


def test_only_who_manages_mailboxes_sets_and_tests(
    mailbox: Mailbox, agent: User, supervisor: User, manager: User
) -> None:
    for user in (agent, supervisor, manager):
        with pytest.raises(Forbidden):
            _set(mailbox, user)
        with pytest.raises(Forbidden):
            accounts.services.send_test_mail(
                mailbox.pk, to_user_id=user.pk, actor=actor(user), at=NOW
            )


def test_a_mailbox_that_is_none_is_not_found(mailbox: Mailbox, administrator: User) -> None:
    mailbox.pk = 0
    with pytest.raises(NotFound):
        _set(mailbox, administrator)
