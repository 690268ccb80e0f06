"""Signing in and out: one sentence for every failure, a lock that says when it opens."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client, override_settings

from accounts.models import User
from core import clock

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"
COOL_OFF = timedelta(minutes=15)
MISMATCH = "That address and password do not match."


@pytest.fixture(autouse=True)
def _no_limits_reached() -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str, **fields: str) -> Any:
    return client.post("/login/", {"login": email, "password": password, **fields})


def test_the_right_password_opens_the_desk(client: Client, agent: User) -> None:
    answer = sign_in(client, agent.email, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/home/")
    assert client.session["_auth_user_id"] == str(agent.pk)


def test_the_address_may_be_typed_in_capitals(client: Client, agent: User) -> None:
    assert sign_in(client, f"  {agent.email.upper()} ", PASSWORD).status_code == 302


def test_signing_in_changes_the_session_key(client: Client, agent: User) -> None:
    session = client.session
    session["planted"] = 1
    session.save()
    before = session.session_key
    sign_in(client, agent.email, PASSWORD)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("amara@kestrel.example", "wrong horse"),
        ("nobody@kestrel.example", PASSWORD),
        ("amara@kestrel.example", ""),
        ("", PASSWORD),
        ("not an address", PASSWORD),
        ("amara@kestrel.example", PASSWORD + "\0"),
        ("amara@kestrel.example\0", PASSWORD),
        ("amara@kestrel.example", "x" * 1_000_000),
        ("a" * 500 + "@kestrel.example", PASSWORD),
    ],
)
def test_whatever_is_wrong_the_answer_is_one_sentence(
    client: Client, agent: User, email: str, password: str
) -> None:
    answer = sign_in(client, email, password)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count(MISMATCH) == 1
    assert text.count('class="errors"') == 0
    assert "_auth_user_id" not in client.session


def test_a_deactivated_colleague_is_answered_like_a_stranger(client: Client, agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(is_active=False)
    right = sign_in(client, agent.email, PASSWORD)
    wrong = sign_in(client, agent.email, "wrong horse")
    assert right.status_code == wrong.status_code == 422
    assert MISMATCH in right.content.decode()


def test_what_was_typed_as_address_stays_and_the_password_does_not(
    client: Client, agent: User
) -> None:
    text = sign_in(client, agent.email, "wrong horse").content.decode()
    assert agent.email in text
    assert "wrong horse" not in text


def test_ten_wrong_passwords_lock_with_the_time_to_wait(client: Client, agent: User) -> None:
    answers = [sign_in(client, agent.email, "wrong horse") for _ in range(10)]
    assert [answer.status_code for answer in answers] == [422] * 9 + [429]
    assert int(answers[-1]["Retry-After"]) in range(880, 901)
    assert "Try again in 15 min." in answers[-1].content.decode()


def test_a_lock_holds_for_the_right_password_too(client: Client, agent: User) -> None:
    _lock(client, agent)
    assert sign_in(client, agent.email, PASSWORD).status_code == 429
    assert "_auth_user_id" not in client.session


def test_trying_during_a_lock_does_not_lengthen_it(client: Client, agent: User) -> None:
    _lock(client, agent)
    earlier = clock.now() - COOL_OFF / 2
    AccessAttempt.objects.update(attempt_time=earlier)
    answer = sign_in(client, agent.email, "wrong horse")
    assert "Try again in 8 min." in answer.content.decode()
    assert AccessAttempt.objects.get().attempt_time == earlier


def test_a_lock_opens_after_its_time(client: Client, agent: User) -> None:
    _lock(client, agent)
    AccessAttempt.objects.update(attempt_time=clock.now() - COOL_OFF * 1.1)
    assert sign_in(client, agent.email, PASSWORD).status_code == 302


def test_a_lock_is_for_one_address_at_one_place(
    client: Client, agent: User, colleague: User
) -> None:
    _lock(client, agent)
    assert sign_in(client, colleague.email, PASSWORD).status_code == 302
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, agent.email, PASSWORD).status_code == 302


def test_capitals_do_not_get_around_the_lock(client: Client, agent: User) -> None:
    _lock(client, agent)
    assert sign_in(client, agent.email.upper(), PASSWORD).status_code == 429


@pytest.mark.parametrize(
    ("proxies", "lie", "locked"),
    [
        (0, "192.0.2.{n}", True),
        (1, "192.0.2.{n}, 198.51.100.7", True),
        (1, "192.0.2.{n}", False),
        (2, "192.0.2.{n}, 198.51.100.7", False),
        (2, "192.0.2.{n}", True),
        (1, "nonsense {n}", True),
    ],
)
def test_only_our_own_proxies_say_where_a_guess_comes_from(
    agent: User, proxies: int, lie: str, locked: bool
) -> None:
    statuses = []
    with override_settings(PROXY_COUNT=proxies):
        for n in range(10):
            liar = Client(headers={"x-forwarded-for": lie.format(n=n)})
            statuses.append(sign_in(liar, agent.email, "wrong horse").status_code)
    assert (statuses[-1] == 429) is locked


def test_guessing_one_account_from_many_places_is_limited(agent: User) -> None:
    statuses = [
        sign_in(Client(REMOTE_ADDR=f"192.0.2.{n}"), agent.email, "wrong").status_code
        for n in range(61)
    ]
    assert statuses[:60] == [422] * 60
    assert statuses[60] == 429


def test_guessing_many_accounts_from_one_place_is_limited(client: Client, agent: User) -> None:
    answers = [sign_in(client, f"user{n}@kestrel.example", "wrong") for n in range(31)]
    assert [answer.status_code for answer in answers[:30]] == [422] * 30
    assert answers[30].status_code == 429
    assert answers[30]["Retry-After"] == "60"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "http://testserver@evil.example/",
        "\x01//evil.example",
    ],
)
def test_next_never_leads_away(client: Client, agent: User, to: str) -> None:
    answer = sign_in(client, agent.email, PASSWORD, next=to)
    assert answer["Location"] == "/home/"
    assert client.get("/login/", {"next": to})["Location"] == "/home/"


def test_next_leads_on_within_the_desk(client: Client, agent: User) -> None:
    page = client.get("/settings/desk/")
    assert page["Location"] == "/login/?next=/settings/desk/"
    assert 'name="next" value="/settings/desk/"' in client.get(page["Location"]).content.decode()
    answer = sign_in(client, agent.email, PASSWORD, next="/settings/desk/")
    assert answer["Location"] == "/settings/desk/"


def test_signing_in_needs_the_form_of_this_site(agent: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    assert sign_in(careful, agent.email, PASSWORD).status_code == 403


def test_signing_out_ends_the_session_and_only_by_post(client: Client, agent: User) -> None:
    sign_in(client, agent.email, PASSWORD)
    assert client.get("/logout/").status_code == 405
    answer = client.post("/logout/")
    assert (answer.status_code, answer["Location"]) == (303, "/login/")
    assert client.get("/settings/").status_code == 302


def test_nobody_can_sign_himself_up(client: Client) -> None:
    assert client.get("/signup/").status_code == 404
    assert client.get("/accounts/signup/").status_code == 404


def test_looking_at_the_page_leaves_no_session(client: Client) -> None:
    client.get("/login/")
    assert not Session.objects.exists()


def test_the_page_holds_no_data_of_the_company(client: Client, agent: User) -> None:
    assert "Kestrel" not in client.get("/login/").content.decode()


def _lock(client: Client, user: User) -> None:
    for _ in range(10):
        sign_in(client, user.email, "wrong horse")
