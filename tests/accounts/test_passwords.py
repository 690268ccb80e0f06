"""A forgotten password is set anew by a link; a known one is changed by who knows it."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client

import accounts.services
from accounts.events import Kind
from accounts.models import User
from core import clock
from core.errors import Refused
from core.models import Event
from outbox.models import OutboxMessage
from tests.accounts.post import letters, link_in, text_of
from tests.cast import NOW, actor

pytestmark = pytest.mark.django_db

OLD, NEW = "correct horse", "battery staple horse"


@pytest.fixture(autouse=True)
def _no_limits_reached() -> None:
    cache.clear()


def _ask(client: Client, email: str) -> tuple[int, str]:
    answer = client.post("/password/reset/", {"email": email})
    return answer.status_code, answer.headers.get("Location", "")


def _open(client: Client, link: str) -> str:
    """The form behind the link: the token has moved from the address into the session."""
    answer = client.get(link)
    assert answer.status_code == 302
    assert "token" not in answer["Location"]
    assert client.get(answer["Location"]).status_code == 200
    return str(answer["Location"])


def test_a_link_by_mail_sets_a_new_password(client: Client, agent: User) -> None:
    assert _ask(client, agent.email) == (302, "/password/reset/done/")
    (letter,) = letters()
    assert letter["To"] == f"Amara <{agent.email}>"
    assert letter["Auto-Submitted"] == "auto-generated"
    form = _open(client, link_in(letter))
    answer = client.post(form, {"password": NEW})
    assert (answer.status_code, answer["Location"]) == (303, "/login/")
    agent.refresh_from_db()
    assert agent.check_password(NEW)
    assert list(Event.objects.values_list("kind", flat=True)) == [
        Kind.PASSWORD_RESET_ASKED,
        Kind.PASSWORD_SET,
    ]


def test_the_link_is_blanked_once_sent(client: Client, agent: User) -> None:
    _ask(client, agent.email)
    assert OutboxMessage.objects.get().payload["blank_after_sending"] is True


def test_the_owner_is_told_that_his_password_is_new(client: Client, agent: User) -> None:
    _ask(client, agent.email)
    client.post(_open(client, link_in(letters()[0])), {"password": NEW})
    notice = letters()[1]
    assert "was changed" in notice["Subject"]
    assert "http" not in text_of(notice)


@pytest.mark.parametrize("email", ["nobody@kestrel.example", "amara@kestrel.example.evil.example"])
def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client, email: str) -> None:
    assert _ask(client, email) == (302, "/password/reset/done/")
    assert letters() == []


def test_a_deactivated_or_merely_invited_account_gets_no_link(
    client: Client, agent: User, colleague: User
) -> None:
    User.objects.filter(pk=agent.pk).update(is_active=False)
    colleague.set_unusable_password()
    colleague.save()
    for user in (agent, colleague):
        assert _ask(client, user.email) == (302, "/password/reset/done/")
    assert letters() == []


def test_the_time_of_the_answer_tells_nothing(agent: User) -> None:
    def median(email: str) -> float:
        took = []
        for _ in range(25):
            began = time.perf_counter()
            accounts.services.ask_for_password_reset(email, at=clock.now())
            took.append(time.perf_counter() - began)
        return sorted(took)[12]

    median(agent.email)
    assert abs(median(agent.email) - median("nobody@kestrel.example")) < 0.02


def test_the_link_works_once(client: Client, agent: User) -> None:
    _ask(client, agent.email)
    link = link_in(letters()[0])
    form = _open(client, link)
    assert client.post(form, {"password": NEW}).status_code == 303
    for answer in (
        client.post(form, {"password": "another good horse"}),
        Client().get(link),
    ):
        assert answer.status_code == 410
        assert "already been used or has expired" in answer.content.decode()
        assert 'href="/password/reset/"' in answer.content.decode()
    agent.refresh_from_db()
    assert agent.check_password(NEW)


def test_of_two_forms_opened_by_one_link_the_second_is_refused(agent: User) -> None:
    asking = Client()
    _ask(asking, agent.email)
    link = link_in(letters()[0])
    one, other = Client(), Client()
    form = _open(one, link)
    _open(other, link)
    assert one.post(form, {"password": NEW}).status_code == 303
    assert other.post(form, {"password": "another good horse"}).status_code == 410


def test_a_link_used_between_check_and_save_is_refused(client: Client, agent: User) -> None:
    _ask(client, agent.email)
    token = link_in(letters()[0]).strip("/").split("/")[-1]
    accounts.services.reset_password(agent.pk, token=token, password=NEW, at=clock.now())
    with pytest.raises(Refused) as caught:
        accounts.services.reset_password(
            agent.pk, token=token, password="another good horse", at=clock.now()
        )
    assert caught.value.code == "link_invalid"


def test_reading_the_link_twenty_times_uses_nothing_up(client: Client, agent: User) -> None:
    _ask(client, agent.email)
    link = link_in(letters()[0])
    for _ in range(20):
        Client().get(link, follow=True)
    assert client.post(_open(client, link), {"password": NEW}).status_code == 303


def test_the_link_ends_after_an_hour(client: Client, agent: User) -> None:
    with time_machine.travel(NOW, tick=False) as now:
        _ask(client, agent.email)
        now.shift(timedelta(minutes=61))
        assert client.get(link_in(letters()[0])).status_code == 410


def test_the_link_dies_with_a_deactivated_account(client: Client, agent: User) -> None:
    _ask(client, agent.email)
    form = _open(client, link_in(letters()[0]))
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert client.post(form, {"password": NEW}).status_code == 410


@pytest.mark.parametrize(
    "path",
    [
        "/password/reset/1/set-password/",
        "/password/reset/zzzzzzzzzzzzzzzzzzzz/abc-def/",
        "/password/reset/-/abc/",
        "/password/reset/1/%00/",
        "/password/reset/1/" + "a" * 2000 + "/",
    ],
)
def test_invented_links_all_get_the_same_page(client: Client, agent: User, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 410
    assert "already been used or has expired" in answer.content.decode()


def test_a_cut_off_link_is_refused(client: Client, agent: User) -> None:
    _ask(client, agent.email)
    assert client.get(link_in(letters()[0])[:-6] + "/").status_code == 410


def test_the_link_of_one_never_opens_another(client: Client, agent: User, colleague: User) -> None:
    _ask(client, agent.email)
    link = link_in(letters()[0])
    foreign = re.sub(r"/reset/[^/]+/", f"/reset/{colleague.pk}/", link)
    assert client.get(foreign).status_code == 410


def test_the_link_leads_to_our_own_address_whatever_the_host_header_says(agent: User) -> None:
    Client(headers={"host": "localhost"}).post("/password/reset/", {"email": agent.email})
    assert "http://127.0.0.1:8000/password/reset/" in text_of(letters()[0])


def test_a_new_password_opens_a_locked_account(client: Client, agent: User) -> None:
    for _ in range(10):
        client.post("/login/", {"login": agent.email, "password": "wrong horse"})
    assert client.post("/login/", {"login": agent.email, "password": OLD}).status_code == 429
    _ask(client, agent.email)
    client.post(_open(client, link_in(letters()[0])), {"password": NEW})
    assert not AccessAttempt.objects.exists()
    assert client.post("/login/", {"login": agent.email, "password": NEW}).status_code == 302


def test_asking_again_and_again_is_limited(client: Client, agent: User) -> None:
    statuses = [_ask(client, agent.email)[0] for _ in range(6)]
    assert statuses == [302] * 5 + [429]
    unknown = [_ask(client, "nobody@kestrel.example")[0] for _ in range(6)]
    assert unknown == [302] * 5 + [429]


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 12 characters"),
        ("password1234", "too common"),
        ("amara@kestrel.example", "too similar"),
        ("", "This field is required"),
        ("x" * 1025, "at most 1024"),
        ("battery staple\0horse", "cannot be stored (U+0000)"),
    ],
)
def test_a_weak_password_is_refused_at_its_field(
    client: Client, agent: User, password: str, said: str
) -> None:
    _ask(client, agent.email)
    answer = client.post(_open(client, link_in(letters()[0])), {"password": password})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    agent.refresh_from_db()
    assert agent.check_password(OLD)


def test_a_refused_password_leaves_the_link_usable(client: Client, agent: User) -> None:
    _ask(client, agent.email)
    form = _open(client, link_in(letters()[0]))
    client.post(form, {"password": "short"})
    assert client.post(form, {"password": NEW}).status_code == 303


def test_changing_the_password_needs_the_present_one(client: Client, agent: User) -> None:
    client.force_login(agent)
    answer = client.post("/me/password/", {"old": "wrong horse", "new": NEW})
    assert answer.status_code == 422
    assert "That is not your present password." in answer.content.decode()
    agent.refresh_from_db()
    assert agent.check_password(OLD)


def test_guessing_the_present_password_is_limited(client: Client, agent: User) -> None:
    client.force_login(agent)
    statuses = [
        client.post("/me/password/", {"old": "wrong horse", "new": NEW}).status_code
        for _ in range(6)
    ]
    assert statuses == [422] * 5 + [429]


def test_the_verb_refuses_a_wrong_password_itself(agent: User) -> None:
    with pytest.raises(Refused) as caught:
        accounts.services.change_password(
            agent.pk, old="wrong horse", new=NEW, actor=actor(agent), at=NOW
        )
    assert (caught.value.code, caught.value.field) == ("wrong_password", "old")


def test_no_password_stands_in_events_or_letters(client: Client, agent: User) -> None:
    client.force_login(agent)
    client.post("/me/password/", {"old": OLD, "new": NEW})
    assert NEW not in repr(list(Event.objects.values()))
    assert all(NEW not in text_of(letter) for letter in letters())
