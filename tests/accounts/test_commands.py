"""The command line: the first administrator, and what bin/start says about signing in."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

import accounts.services
from accounts.models import OneTimeLink, User
from core.models import Desk
from tests.cast import NOW, member

pytestmark = pytest.mark.django_db

PASSWORD = "battery staple horse"


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def _create(monkeypatch: pytest.MonkeyPatch, *arguments: str, password: str = PASSWORD) -> str:
    monkeypatch.setattr("sys.stdin", StringIO(f"{password}\n"))
    return _run("create_admin", *arguments)


def test_an_administrator_is_made_from_options_and_standard_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = _create(monkeypatch, "--email", "Tomas@kestrel.example", "--name", "Tomas Berg")
    assert said == "tomas@kestrel.example is an administrator now.\n"
    user = User.objects.get()
    assert user.check_password(PASSWORD)
    assert [role.slug for role in user.roles.all()] == ["administrator"]


def test_it_makes_one_more_where_the_only_one_is_locked_out(
    monkeypatch: pytest.MonkeyPatch, administrator: User
) -> None:
    _create(monkeypatch, "--email", "petra@kestrel.example", "--name", "Petra")
    assert User.objects.filter(roles__slug="administrator").count() == 2


def test_it_ends_the_open_set_up_link(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.services.make_setup_link(at=NOW)
    _create(monkeypatch, "--email", "petra@kestrel.example", "--name", "Petra")
    assert not OneTimeLink.objects.exists()


@pytest.mark.parametrize(
    ("email", "name", "password", "said"),
    [
        ("tomas", "Tomas", PASSWORD, "complete address"),
        ("tomas@kestrel.example", "", PASSWORD, "--email and --name"),
        ("tomas@kestrel.example", "Tomas", "short", "12 characters"),
        ("tomas@kestrel.example", "Tomas", "", "12 characters"),
        ("taken@kestrel.example", "Tomas", PASSWORD, "already an account"),
    ],
)
def test_misuse_ends_with_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, email: str, name: str, password: str, said: str
) -> None:
    member("Taken", "agent")
    with pytest.raises(CommandError) as caught:
        _create(monkeypatch, "--email", email, "--name", name, password=password)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert User.objects.count() == 1


def test_a_link_is_printed_while_there_is_no_administrator() -> None:
    assert _run("create_admin", "--link").startswith("http://127.0.0.1:8000/setup/")


def test_no_link_is_printed_once_there_is_one(administrator: User) -> None:
    with pytest.raises(CommandError, match="already has an administrator"):
        _run("create_admin", "--link")


def test_the_report_of_an_empty_desk_is_its_set_up_link() -> None:
    (line,) = _run("start_report").splitlines()
    assert "http://127.0.0.1:8000/setup/" in line


def test_the_report_of_a_desk_in_use_is_empty(administrator: User) -> None:
    assert _run("start_report") == ""


def test_the_report_of_a_demo_names_its_accounts() -> None:
    Desk.objects.update(is_demo=True)
    for address, role in (("agent", "agent"), ("admin", "administrator")):
        user = member(address.title(), role)
        user.email = f"{address}@demo.example"
        user.set_password("demo-demo-demo")
        user.save()
    changed = member("Supervisor", "supervisor")
    changed.email = "supervisor@demo.example"
    changed.save()
    assert _run("start_report").splitlines() == [
        "agent@demo.example  demo-demo-demo  Agent, agent",
        "admin@demo.example  demo-demo-demo  Admin, administrator",
    ]
