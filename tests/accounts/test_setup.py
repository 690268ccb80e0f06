"""The first administrator comes in by a link that works once and is gone afterwards."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

import accounts.services
import calendars.queries
from accounts.events import Kind
from accounts.models import OneTimeLink, Role, User
from core import clock, desk
from core.errors import Refused
from core.models import Event
from tests.cast import NOW

pytestmark = pytest.mark.django_db

FORM = {
    "desk_name": "Kestrel Espresso",
    "zone": "Europe/Berlin",
    "name": "Tomas Berg",
    "email": "Tomas@Kestrel.example",
    "password": "battery staple horse",
    "password_again": "battery staple horse",
}


def _link() -> str:
    url = accounts.services.make_setup_link(at=clock.now())
    assert url.startswith("http://127.0.0.1:8000/setup/")
    return url.removeprefix("http://127.0.0.1:8000")


def test_the_link_makes_the_first_administrator_and_signs_him_in(client: Client) -> None:
    link = _link()
    page = client.get(link)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "strict-origin"
    answer = client.post(link, FORM)
    assert (answer.status_code, answer["Location"]) == (303, "/welcome/")
    user = User.objects.get()
    assert (user.email, user.name, user.zone) == (
        "tomas@kestrel.example",
        "Tomas Berg",
        "Europe/Berlin",
    )
    assert [role.slug for role in user.roles.all()] == [Role.ADMINISTRATOR]
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/welcome/").status_code == 200


def test_the_desk_has_its_name_and_zone_and_its_hours_hold_there(client: Client) -> None:
    client.post(_link(), FORM)
    assert (desk.current().name, desk.current().zone) == ("Kestrel Espresso", "Europe/Berlin")
    default = calendars.queries.default()
    assert default.zone == default.versions.latest("number").zone == "Europe/Berlin"
    assert desk.current().hours_set_at is None
    assert Event.objects.filter(kind=Kind.DESK_SET_UP).count() == 1


def test_with_the_first_administrator_every_setup_page_is_gone(client: Client) -> None:
    link = _link()
    client.post(link, FORM)
    stranger = Client()
    answers = [
        stranger.get(link),
        stranger.post(link, {**FORM, "email": "eve@evil.example"}),
        stranger.get("/setup/" + "x" * 43 + "/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert User.objects.count() == 1
    assert not OneTimeLink.objects.filter(purpose="setup").exists()


@pytest.mark.parametrize("token", ["x", "x" * 43, "a" * 4000, "%20", "%00" * 43])
def test_invented_tokens_all_get_the_same_page(client: Client, token: str) -> None:
    _link()
    answer = client.get(f"/setup/{token}/")
    assert answer.status_code == 410
    assert "already been used or has expired" in answer.content.decode()
    assert client.post(f"/setup/{token}/", FORM).status_code == 410
    assert not User.objects.exists()


def test_a_token_in_other_case_or_with_a_blank_is_another_token(client: Client) -> None:
    link = _link()
    token = link.strip("/").split("/")[-1]
    for other in (token.swapcase(), token + "%20", "%20" + token, token[:-1]):
        assert client.get(f"/setup/{other}/").status_code == 410


def test_only_the_hash_of_the_token_is_stored() -> None:
    token = _link().strip("/").split("/")[-1]
    assert token not in repr(list(OneTimeLink.objects.values()))


def test_the_link_ends_after_a_day(client: Client) -> None:
    with time_machine.travel(NOW, tick=False) as now:
        link = _link()
        now.shift(timedelta(hours=23, minutes=59))
        assert client.get(link).status_code == 200
        now.shift(timedelta(minutes=2))
        assert client.get(link).status_code == 410


def test_a_new_link_ends_the_former_one(client: Client) -> None:
    former = _link()
    assert client.get(_link()).status_code == 200
    assert client.get(former).status_code == 410


def test_no_link_is_made_for_a_desk_with_an_administrator(administrator: User) -> None:
    with pytest.raises(Refused) as caught:
        accounts.services.make_setup_link(at=NOW)
    assert caught.value.code == "desk_is_set_up"


def test_a_deactivated_administrator_is_none(administrator: User) -> None:
    User.objects.update(is_active=False)
    assert accounts.services.make_setup_link(at=NOW)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("desk_name", "", "This field is required"),
        ("desk_name", "...", "at least one letter or digit"),
        ("desk_name", "Kestrel\r\nBcc: all@x.example", "stands on one line"),
        ("zone", "Mars/Base", "Choose a time zone by its place"),
        ("zone", "+02:00", "Choose a time zone by its place"),
        ("name", "\u0301\u0302", "at least one letter or digit"),
        ("name", "Tomas\0", "cannot be stored (U+0000)"),
        ("name", "T" * 121, "at most 120"),
        ("email", "tomas", "Give a complete address"),
        ("email", "tomas@kestrel", "Give a complete address"),
        ("email", "a\r\nb@kestrel.example", "Give a complete address"),
        ("password", "short", "The two passwords differ"),
        ("password_again", "another horse here", "The two passwords differ"),
    ],
)
def test_bad_input_is_named_and_uses_nothing_up(
    client: Client, field: str, value: str, said: str
) -> None:
    link = _link()
    answer = client.post(link, {**FORM, field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not User.objects.exists()
    assert client.post(link, FORM).status_code == 303


def test_a_weak_password_uses_nothing_up(client: Client) -> None:
    link = _link()
    weak = {**FORM, "password": "tomasberg123", "password_again": "tomasberg123"}
    assert "too similar" in client.post(link, weak).content.decode()
    assert client.post(link, FORM).status_code == 303


def test_what_was_typed_stays_but_no_password(client: Client) -> None:
    text = client.post(_link(), {**FORM, "email": "tomas"}).content.decode()
    assert "Kestrel Espresso" in text
    assert FORM["password"] not in text


def test_the_first_wrong_field_has_the_focus(client: Client) -> None:
    page = client.post(_link(), {**FORM, "name": "", "email": "nobody"})
    fields = [line for line in page.content.decode().splitlines() if " autofocus" in line]
    assert page.status_code == 422
    assert len(fields) == 1
    assert 'name="name"' in fields[0]
