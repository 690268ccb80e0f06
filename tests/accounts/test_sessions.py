"""Sessions end: with a new role or password, with the account, with time."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client, override_settings

import accounts.services
from accounts.models import User
from core import clock
from tests.cast import NOW, actor

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"


@pytest.fixture
def signed_in(agent: User) -> Client:
    return _signed_in(agent)


def _signed_in(user: User) -> Client:
    client = Client()
    client.post("/login/", {"login": user.email, "password": PASSWORD})
    assert _is_in(client)
    return client


def _is_in(client: Client) -> bool:
    return bool(client.get("/settings/").status_code == 200)


def _set_roles(user: User, by: User, *roles: str) -> None:
    accounts.services.set_roles(user.pk, roles=roles, actor=actor(by), at=clock.now())


def test_a_new_role_ends_the_session_at_the_next_request(
    signed_in: Client, agent: User, administrator: User
) -> None:
    _set_roles(agent, administrator, "supervisor")
    answer = signed_in.get("/settings/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/settings/")


def test_a_lost_right_is_lost_at_the_next_request(administrator: User) -> None:
    deputy = User.objects.create_user("petra@kestrel.example", PASSWORD, name="Petra")
    _set_roles(deputy, administrator, "administrator")
    client = _signed_in(deputy)
    _set_roles(deputy, administrator, "agent")
    answer = client.post("/settings/teams/", {"name": "Night watch"})
    assert answer.status_code == 302
    assert not _is_in(client)
    again = _signed_in(deputy)
    assert again.post("/settings/teams/", {"name": "Night watch"}).status_code == 403


def test_the_same_roles_again_end_nothing(
    signed_in: Client, agent: User, administrator: User
) -> None:
    _set_roles(agent, administrator, "agent")
    assert _is_in(signed_in)


def test_who_sets_his_own_roles_stays_signed_in_here(administrator: User) -> None:
    here, elsewhere = _signed_in(administrator), _signed_in(administrator)
    path = f"/settings/people/{administrator.pk}/roles/"
    assert here.post(path, {"roles": ["administrator", "agent"]}).status_code == 303
    assert _is_in(here)
    assert not _is_in(elsewhere)


def test_a_deactivated_account_is_out_at_the_next_request(signed_in: Client, agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert not _is_in(signed_in)


def test_a_changed_password_ends_every_other_session(agent: User) -> None:
    here, elsewhere = _signed_in(agent), _signed_in(agent)
    wanted = {"old": PASSWORD, "new": "battery staple horse"}
    assert here.post("/me/password/", wanted).status_code == 303
    assert _is_in(here)
    assert not _is_in(elsewhere)


def test_a_stolen_cookie_of_before_is_worth_nothing_after_signing_out(agent: User) -> None:
    client = _signed_in(agent)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert not _is_in(thief)


@pytest.mark.parametrize(("away", "still_in"), [(7.9, True), (8.1, False)])
def test_eight_idle_hours_end_a_session(agent: User, away: float, still_in: bool) -> None:
    with time_machine.travel(NOW, tick=False) as now:
        client = _signed_in(agent)
        now.shift(timedelta(hours=away))
        assert _is_in(client) is still_in


def test_twelve_hours_end_a_session_whatever_it_does(agent: User) -> None:
    with time_machine.travel(NOW, tick=False) as now:
        client = _signed_in(agent)
        for _hour in range(11):
            now.shift(timedelta(hours=1))
            assert _is_in(client)
        now.shift(timedelta(hours=1, seconds=1))
        assert not _is_in(client)


def test_an_open_page_that_refreshes_itself_keeps_nobody_in(agent: User) -> None:
    with time_machine.travel(NOW, tick=False) as now:
        client = _signed_in(agent)
        for _hour in range(8):
            now.shift(timedelta(hours=1))
            refreshed: Any = client.get("/settings/", headers={"HX-Request": "true"})
            assert refreshed.status_code == 200
        now.shift(timedelta(minutes=1))
        gone = client.get("/settings/", headers={"HX-Request": "true"})
        assert (gone.status_code, gone["HX-Refresh"]) == (401, "true")


def test_the_cookie_ends_with_the_browser_and_no_script_reads_it(signed_in: Client) -> None:
    cookie = signed_in.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["max-age"] == ""
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


def test_sessions_survive_a_new_secret_while_the_old_one_is_known(signed_in: Client) -> None:
    with override_settings(
        SECRET_KEY="another-" + "k" * 50, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]
    ):
        assert _is_in(signed_in)


@pytest.mark.parametrize(
    ("page", "next_page"),
    [
        ("http://testserver/settings/people/3/?after=2", "/settings/people/3/%3Fafter%3D2"),
        ("https://elsewhere.example/settings/", "/"),
        ("", "/"),
    ],
)
def test_a_form_sent_too_late_leads_back_to_its_page(page: str, next_page: str) -> None:
    answer = Client().post(
        "/settings/people/3/roles/", {"roles": "agent"}, headers={"Referer": page}
    )
    assert (answer.status_code, answer["Location"]) == (302, f"/login/?next={next_page}")
