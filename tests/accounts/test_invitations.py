"""Colleagues come in by an invitation: a link by mail that works once, within a week."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

import accounts.services
from accounts.events import Kind
from accounts.models import OneTimeLink, Team, User
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from core.models import Event
from outbox.models import OutboxMessage
from tests.accounts.post import letters, link_in, text_of
from tests.cast import NOW, actor

pytestmark = pytest.mark.django_db

PASSWORD = "battery staple horse"
JOIN = {"name": "Petra Vos", "password": PASSWORD}


def _invite(by: User, email: str = "petra@kestrel.example", **fields: object) -> User:
    wanted: dict[str, object] = {"name": "Petra", "roles": ["agent"], **fields}
    return accounts.services.invite(
        email=email,
        actor=actor(by),
        at=NOW,
        **wanted,  # type: ignore[arg-type]  # tests bend every argument
    )


@pytest.fixture
def at_noon() -> object:
    with time_machine.travel(NOW, tick=False) as now:
        yield now


def test_an_invitation_makes_an_account_without_a_password(administrator: User, team: Team) -> None:
    petra = _invite(administrator, roles=["agent", "supervisor"], team_ids=[team.pk])
    assert not petra.has_usable_password()
    assert sorted(role.slug for role in petra.roles.all()) == ["agent", "supervisor"]
    assert list(petra.teams.all()) == [team]
    (event,) = Event.objects.all()
    assert (event.kind, event.subject_id) == (Kind.INVITED, petra.pk)
    assert event.data == {"roles": ["agent", "supervisor"]}


def test_the_mail_names_who_invites_and_is_blanked_once_sent(administrator: User) -> None:
    _invite(administrator)
    (letter,) = letters()
    assert "Tomas invites you" in text_of(letter)
    assert letter["To"] == "Petra <petra@kestrel.example>"
    assert OutboxMessage.objects.get().payload["blank_after_sending"] is True


def test_the_link_lets_its_owner_choose_a_password_and_come_in(
    client: Client, administrator: User, at_noon: object
) -> None:
    petra = _invite(administrator)
    link = link_in(letters()[0])
    page = client.get(link)
    assert "petra@kestrel.example" in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin"
    answer = client.post(link, JOIN)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    petra.refresh_from_db()
    assert petra.name == "Petra Vos"
    assert petra.check_password(PASSWORD)
    assert client.session["_auth_user_id"] == str(petra.pk)
    assert client.get("/settings/").status_code == 200


def test_the_link_works_once(client: Client, administrator: User, at_noon: object) -> None:
    _invite(administrator)
    link = link_in(letters()[0])
    client.post(link, JOIN)
    for answer in (Client().get(link), Client().post(link, {**JOIN, "password": "a" * 30})):
        assert answer.status_code == 410
        assert "already been used or has expired" in answer.content.decode()
    assert User.objects.get(email="petra@kestrel.example").check_password(PASSWORD)


def test_reading_the_link_uses_nothing_up(
    client: Client, administrator: User, at_noon: object
) -> None:
    _invite(administrator)
    link = link_in(letters()[0])
    for _ in range(20):
        Client().get(link)
    assert client.post(link, JOIN).status_code == 303


def test_the_link_ends_after_a_week(client: Client, administrator: User) -> None:
    with time_machine.travel(NOW, tick=False) as now:
        _invite(administrator)
        now.shift(timedelta(days=6, hours=23))
        assert client.get(link_in(letters()[0])).status_code == 200
        now.shift(timedelta(hours=2))
        assert client.get(link_in(letters()[0])).status_code == 410


@pytest.mark.parametrize("token", ["", "a", "%20", "a" * 43, "a" * 5000, "%00" * 50])
def test_invented_tokens_open_nothing(
    client: Client, administrator: User, token: str, at_noon: object
) -> None:
    _invite(administrator)
    answer = client.post(f"/invitation/{token}/", JOIN)
    assert answer.status_code == (410 if token else 404)
    with pytest.raises(Refused) as caught:
        accounts.services.accept_invitation(token, **JOIN, at=NOW)
    assert caught.value.code == "link_invalid"


def test_a_setup_link_is_no_invitation(client: Client, at_noon: object) -> None:
    link = accounts.services.make_setup_link(at=NOW)
    token = link.strip("/").split("/")[-1]
    assert client.get(f"/invitation/{token}/").status_code == 410


def test_a_deactivated_account_cannot_be_joined(
    client: Client, administrator: User, at_noon: object
) -> None:
    petra = _invite(administrator)
    User.objects.filter(pk=petra.pk).update(is_active=False)
    assert client.post(link_in(letters()[0]), JOIN).status_code == 422
    assert not User.objects.get(pk=petra.pk).has_usable_password()


def test_a_weak_password_leaves_the_link_usable(
    client: Client, administrator: User, at_noon: object
) -> None:
    _invite(administrator)
    link = link_in(letters()[0])
    answer = client.post(link, {**JOIN, "password": "petra@kestrel"})
    assert answer.status_code == 422
    assert "too similar" in answer.content.decode()
    assert client.post(link, JOIN).status_code == 303


def test_an_invited_colleague_cannot_sign_in_before_he_joins(
    client: Client, administrator: User
) -> None:
    _invite(administrator)
    answer = client.post("/login/", {"login": "petra@kestrel.example", "password": ""})
    assert answer.status_code == 422


def test_sending_again_makes_a_new_link_and_ends_the_former(
    client: Client, administrator: User, at_noon: object
) -> None:
    petra = _invite(administrator)
    accounts.services.send_invitation_again(petra.pk, actor=actor(administrator), at=NOW)
    former, new = map(link_in, letters())
    assert client.get(former).status_code == 410
    assert client.get(new).status_code == 200


def test_withdrawing_takes_link_and_account_away(
    client: Client, administrator: User, at_noon: object
) -> None:
    petra = _invite(administrator)
    accounts.services.withdraw_invitation(petra.pk, actor=actor(administrator), at=NOW)
    assert client.get(link_in(letters()[0])).status_code == 410
    assert not User.objects.filter(pk=petra.pk).exists()
    assert not OneTimeLink.objects.exists()
    assert Event.objects.latest("pk").kind == Kind.INVITATION_WITHDRAWN
    assert _invite(administrator).pk != petra.pk


def test_an_invitation_with_work_waiting_is_not_withdrawn(administrator: User, team: Team) -> None:
    petra = _invite(administrator)
    team.lead = petra
    team.save()
    with pytest.raises(Refused) as caught:
        accounts.services.withdraw_invitation(petra.pk, actor=actor(administrator), at=NOW)
    assert caught.value.code == "in_use"
    assert User.objects.filter(pk=petra.pk).exists()


@pytest.mark.parametrize("verb", ["send_invitation_again", "withdraw_invitation"])
def test_who_has_joined_has_no_open_invitation(administrator: User, agent: User, verb: str) -> None:
    with pytest.raises(Refused) as caught:
        getattr(accounts.services, verb)(agent.pk, actor=actor(administrator), at=NOW)
    assert caught.value.code == "has_joined"
    with pytest.raises(NotFound):
        getattr(accounts.services, verb)(0, actor=actor(administrator), at=NOW)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"email": "petra"}, "bad_address"),
        ({"email": "petra@ kestrel.example"}, "bad_address"),
        ({"email": "petra@kestrel.example\r\nBcc: x@y.example"}, "bad_address"),
        ({"email": "petra\0@kestrel.example"}, "bad_character"),
        ({"email": "TOMAS@kestrel.example"}, "address_taken"),
        ({"name": ""}, "bad_name"),
        ({"name": "\ud800"}, "bad_character"),
        ({"roles": []}, "no_role"),
        ({"roles": ["agent", "emperor"]}, "unknown_role"),
        ({"team_ids": [10**12]}, "unknown_team"),
    ],
)
def test_bad_input_invites_nobody(
    administrator: User, fields: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as caught:
        _invite(administrator, **fields)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert User.objects.count() == 1
    assert letters() == []


def test_only_who_manages_people_invites(agent: User, supervisor: User, manager: User) -> None:
    for user in (agent, supervisor, manager):
        with pytest.raises(Forbidden):
            _invite(user)
    with pytest.raises(Forbidden):
        accounts.services.invite(
            email="x@y.example", name="X", roles=["agent"], actor=Actor.customer(1), at=NOW
        )


def test_an_international_domain_is_kept_as_mail_carries_it(administrator: User) -> None:
    assert (
        _invite(administrator, email="petra@bücher.example").email == "petra@xn--bcher-kva.example"
    )
