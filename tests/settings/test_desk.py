"""The desk's own settings, and the first steps of a new one."""

import pytest
from django.test import Client

import accounts.services
import calendars.queries
from accounts.events import Kind
from accounts.models import User
from core import clock, desk
from core.errors import Forbidden, Refused
from core.models import Desk, Event
from mailboxes.models import Mailbox
from tests.cast import NOW, actor, member
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

FORM = {"name": "Kestrel", "zone": "Europe/Berlin", "locale": "de", "currency": "chf"}


def _set(by: User, **fields: str) -> Desk:
    return accounts.services.set_desk(**{**FORM, **fields}, actor=actor(by), at=NOW)


def test_the_form_names_the_desk(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    answer = client.post("/settings/desk/", FORM)
    assert (answer.status_code, answer["Location"]) == (303, "/settings/desk/")
    row = desk.current()
    assert (row.name, row.zone, row.locale, row.currency) == (
        "Kestrel",
        "Europe/Berlin",
        "de",
        "CHF",
    )
    (event,) = Event.objects.all()
    assert (event.kind, event.data) == (
        Kind.DESK_CHANGED,
        {"fields": ["name", "zone", "locale", "currency"]},
    )


def test_the_same_again_is_harmless(administrator: User) -> None:
    _set(administrator)
    _set(administrator)
    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", " ", "bad_name"),
        ("zone", "Mars/Base", "unknown_time_zone"),
        ("locale", "tlh", "unknown_language"),
        ("currency", "XXQ", "bad_currency"),
        ("currency", "€", "bad_currency"),
        ("currency", "", "bad_currency"),
    ],
)
def test_bad_settings_are_refused_by_field(
    administrator: User, field: str, value: str, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        _set(administrator, **{field: value})
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Event.objects.exists()


def test_only_who_may_edit_settings_does(agent: User, supervisor: User, manager: User) -> None:
    for user in (agent, supervisor, manager):
        with pytest.raises(Forbidden):
            _set(user)


def test_who_may_only_read_sees_why_and_no_working_control(client: Client, agent: User) -> None:
    client.force_login(agent)
    page = client.get("/settings/desk/").content.decode()
    assert "You can read this page. Administrators change it." in page
    assert "disabled" in page[page.index('name="currency"') :]
    assert client.post("/settings/desk/", FORM).status_code == 403


def test_the_first_steps_are_done_one_by_one(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert "3 steps" in client.get("/welcome/").content.decode()
    default = calendars.queries.default()
    accounts.services.set_business_hours(
        default.pk,
        zone="Europe/Berlin",
        windows=[{"day": "mon", "start": "08:00", "end": "18:00"}],
        actor=actor(administrator),
        at=clock.now(),
    )
    page = client.get("/welcome/").content.decode()
    assert "2 steps" in page
    assert "Monday 08:00-18:00, Europe/Berlin" in page
    accounts.services.set_mailbox(
        Mailbox.objects.get().pk,
        wanted=accounts.services.MailboxSettings(
            name="Support", address="support@kestrel.example", smtp_host="smtp.kestrel.example"
        ),
        actor=actor(administrator),
        at=clock.now(),
    )
    page = client.get("/welcome/").content.decode()
    assert "One step is left." in page
    assert "support@kestrel.example" in page
    member("Petra", "agent")
    assert "Everything is ready." in client.get("/welcome/").content.decode()


def test_the_first_steps_are_for_who_can_do_them(client: Client, agent: User) -> None:
    client.force_login(agent)
    assert client.get("/welcome/").status_code == 403


def test_a_sample_company_fills_an_empty_desk_once(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert "Load a sample company" in client.get("/welcome/").content.decode()
    answer = client.post("/welcome/sample/")
    assert (answer.status_code, answer["Location"]) == (303, "/home/")
    assert Ticket.objects.exists()
    assert desk.current().is_demo
    assert "Load a sample company" not in client.get("/welcome/").content.decode()
    assert client.post("/welcome/sample/").status_code == 303


def test_no_sample_company_is_loaded_into_a_desk_in_use(
    client: Client, administrator: User, ticket: Ticket
) -> None:
    client.force_login(administrator)
    answer = client.post("/welcome/sample/")
    assert answer.status_code == 409
    assert "This desk is in use." in answer.content.decode()
