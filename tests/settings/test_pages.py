"""The settings pages as people use them: forms that work, refusals where they belong."""

import re

import pytest
from django.test import Client

from accounts.models import Team, User
from core.models import Desk, Event
from outbox.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def _text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_list_of_people_tells_role_team_line_and_state(
    admin: Client, agent: User, administrator: User
) -> None:
    admin.post(
        "/settings/people/",
        {"name": "Petra", "email": "petra@kestrel.example", "roles": ["supervisor"]},
    )
    User.objects.filter(pk=agent.pk).update(is_active=False)
    text = _text(admin, "/settings/people/")
    for word in ("Amara", "Technical", "Sofie", "Invited", "Deactivated", "Active", "Supervisor"):
        assert word in text


def test_inviting_by_the_form(admin: Client, team: Team) -> None:
    answer = admin.post(
        "/settings/people/",
        {
            "name": "Petra",
            "email": "petra@kestrel.example",
            "roles": ["agent"],
            "teams": [str(team.pk)],
        },
    )
    assert (answer.status_code, answer["Location"]) == (303, "/settings/people/")
    assert "is on its way to petra@kestrel.example" in _text(admin, "/settings/people/")
    assert list(User.objects.get(name="Petra").teams.all()) == [team]
    assert OutboxMessage.objects.count() == 1


def test_an_invitation_that_is_refused_keeps_what_was_typed(
    admin: Client, administrator: User
) -> None:
    answer = admin.post(
        "/settings/people/",
        {"name": "Tomas again", "email": administrator.email, "roles": ["agent"]},
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "already an account with this address" in text
    assert 'value="Tomas again"' in text
    assert re.search(r'aria-invalid="true"[^>]*name="email"|name="email"[^>]*aria-invalid', text)


def test_an_invitation_is_sent_again_and_withdrawn_from_its_page(admin: Client) -> None:
    admin.post(
        "/settings/people/",
        {"name": "Petra", "email": "petra@kestrel.example", "roles": ["agent"]},
    )
    page = f"/settings/people/{User.objects.get(name='Petra').pk}/"
    assert "works until" in _text(admin, page)
    assert admin.post(f"{page}invitation/").status_code == 303
    assert OutboxMessage.objects.count() == 2
    assert admin.post(f"{page}invitation/withdrawal/")["Location"] == "/settings/people/"
    assert admin.get(page).status_code == 404


def test_a_withdrawal_too_late_says_so(admin: Client, agent: User) -> None:
    answer = admin.post(f"/settings/people/{agent.pk}/invitation/withdrawal/")
    assert answer.status_code == 409
    assert "Amara has no open invitation." in answer.content.decode()


def test_roles_line_and_profile_are_set_on_the_page_of_a_person(
    admin: Client, agent: User, manager: User
) -> None:
    page = f"/settings/people/{agent.pk}/"
    assert admin.post(f"{page}roles/", {"roles": ["supervisor"]})["Location"] == page
    assert admin.post(f"{page}reports-to/", {"reports_to": str(manager.pk)})["Location"] == page
    profile = {"name": "Amara Osei", "locale": "nl", "zone": "Europe/Brussels", "calendar": "none"}
    assert admin.post(f"{page}profile/", profile)["Location"] == page
    agent.refresh_from_db()
    assert (agent.name, agent.reports_to, agent.zone) == ("Amara Osei", manager, "Europe/Brussels")
    assert [role.slug for role in agent.roles.all()] == ["supervisor"]
    assert admin.post(f"{page}reports-to/", {"reports_to": "none"}).status_code == 303
    agent.refresh_from_db()
    assert agent.reports_to is None


def test_refusals_stand_in_the_form_they_are_about(
    admin: Client, administrator: User, agent: User, supervisor: User
) -> None:
    own = f"/settings/people/{administrator.pk}/"
    answer = admin.post(f"{own}roles/", {"roles": ["agent"]})
    assert answer.status_code == 422
    assert "Tomas is the last administrator" in answer.content.decode()
    circle = admin.post(
        f"/settings/people/{supervisor.pk}/reports-to/", {"reports_to": str(agent.pk)}
    )
    assert circle.status_code == 422
    assert "Sofie → Amara → Sofie" in circle.content.decode()
    nobody = admin.post(f"{own}roles/", {})
    assert "Choose at least one role." in nobody.content.decode()


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_names_are_shown_as_text(admin: Client, agent: User, team: Team, payload: str) -> None:
    User.objects.filter(pk=agent.pk).update(name=payload)
    Team.objects.update(name=payload)
    Desk.objects.update(name=payload)
    for path in (
        "/settings/people/",
        f"/settings/people/{agent.pk}/",
        "/settings/teams/",
        f"/settings/teams/{team.pk}/",
        "/settings/desk/",
    ):
        assert payload not in _text(admin, path)


def test_teams_are_made_and_changed(admin: Client, agent: User, supervisor: User) -> None:
    answer = admin.post("/settings/teams/", {"name": "Night watch"})
    made = Team.objects.get(name="Night watch")
    assert answer["Location"] == f"/settings/teams/{made.pk}/"
    wanted = {
        "name": "Night watch",
        "members": [str(agent.pk), str(supervisor.pk)],
        "lead": str(supervisor.pk),
        "calendar": "none",
        "private": "on",
    }
    assert admin.post(f"/settings/teams/{made.pk}/", wanted).status_code == 303
    made.refresh_from_db()
    assert (made.lead, made.private, made.members.count()) == (supervisor, True, 2)
    text = _text(admin, "/settings/teams/")
    assert "Amara, Sofie" in text
    alone = admin.post(f"/settings/teams/{made.pk}/", {**wanted, "members": []})
    assert "Nobody could see the tickets" in alone.content.decode()


def test_an_archived_team_is_gone(admin: Client, team: Team) -> None:
    Team.objects.update(archived_at="2026-01-01T00:00Z")
    assert admin.get(f"/settings/teams/{team.pk}/").status_code == 404


def test_preferences_are_saved_and_hold_at_once(client: Client, agent: User) -> None:
    client.force_login(agent)
    wanted = {
        "name": "Amara Osei",
        "locale": "de",
        "zone": "Europe/Berlin",
        "calendar": "none",
        "theme": "dark",
        "density": "roomy",
    }
    assert client.post("/me/", wanted)["Location"] == "/me/"
    text = _text(client, "/me/")
    assert '<html lang="de"' in text
    assert 'data-theme="dark"' in text
    assert 'data-density="roomy"' in text
    assert 'data-single="off"' in text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("zone", "Mars/Base", "Choose a time zone by its place"),
        ("locale", "xx", "Select a valid choice"),
        ("theme", "plaid", "Select a valid choice"),
        ("name", "\u0301\u0302", "at least one letter or digit"),
        ("name", "n" * 200, "at most 120"),
        ("calendar", "1e3", "Select a valid choice"),
        ("calendar", "99999999999999999999999", "Select a valid choice"),
    ],
)
def test_bad_preferences_are_named_and_change_nothing(
    client: Client, agent: User, field: str, value: str, said: str
) -> None:
    client.force_login(agent)
    wanted = {
        "name": "Amara Osei",
        "locale": "en-gb",
        "zone": "Europe/Berlin",
        "calendar": "none",
        "theme": "dark",
        "density": "roomy",
    }
    answer = client.post("/me/", {**wanted, field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    agent.refresh_from_db()
    assert agent.name == "Amara"


def test_nobody_sets_more_than_his_preferences_there(client: Client, agent: User) -> None:
    client.force_login(agent)
    client.post(
        "/me/",
        {
            "name": "Amara",
            "locale": "en-gb",
            "zone": "Europe/Berlin",
            "theme": "system",
            "density": "compact",
            "calendar": "none",
            "email": "eve@evil.example",
            "roles": ["administrator"],
            "is_active": "",
            "reports_to": "",
        },
    )
    before = (agent.email, agent.reports_to_id)
    agent.refresh_from_db()
    assert (agent.email, agent.reports_to_id) == before
    assert [role.slug for role in agent.roles.all()] == ["agent"]


def test_reading_the_pages_changes_nothing(admin: Client, agent: User, team: Team) -> None:
    for path in ("/settings/", "/settings/people/", f"/settings/people/{agent.pk}/", "/me/"):
        assert admin.get(path).status_code == 200
    assert not Event.objects.exists()
