"""Roles, lines and profiles of members of staff."""

import pytest

import accounts.services
from accounts.events import Kind
from accounts.models import Role, User
from core.actor import Actor
from core.errors import Forbidden, NotFound, Refused
from core.models import Event
from tests.cast import NOW, actor, member

pytestmark = pytest.mark.django_db

PROFILE: dict[str, object] = {
    "name": "Amara Osei",
    "locale": "de",
    "zone": "Europe/Berlin",
    "calendar_id": None,
    "theme": "dark",
    "density": "roomy",
    "single_keys": False,
}


def _held(user: User) -> list[str]:
    return sorted(user.roles.values_list("slug", flat=True))


def _set_profile(user: User, by: User, **fields: object) -> User:
    wanted: dict[str, object] = {**PROFILE, **fields}
    return accounts.services.set_profile(
        user.pk,
        actor=actor(by),
        at=NOW,
        **wanted,  # type: ignore[arg-type]  # tests bend every argument
    )


def _report(user: User, to: User | None, by: User) -> User:
    return accounts.services.set_reports_to(
        user.pk, reports_to_id=to.pk if to else None, actor=actor(by), at=NOW
    )


# ---- roles


def test_roles_are_set_with_one_event(agent: User, administrator: User) -> None:
    accounts.services.set_roles(
        agent.pk, roles=["supervisor", "agent"], actor=actor(administrator), at=NOW
    )
    assert _held(agent) == ["agent", "supervisor"]
    (event,) = Event.objects.all()
    assert (event.kind, event.actor_id) == (Kind.ROLES_SET, administrator.pk)
    assert event.data == {"from": ["agent"], "to": ["agent", "supervisor"]}


def test_setting_the_same_roles_again_is_harmless(agent: User, administrator: User) -> None:
    accounts.services.set_roles(agent.pk, roles=["agent"], actor=actor(administrator), at=NOW)
    assert not Event.objects.exists()


def test_the_last_administrator_keeps_the_role(administrator: User) -> None:
    with pytest.raises(Refused) as caught:
        accounts.services.set_roles(
            administrator.pk, roles=["agent"], actor=actor(administrator), at=NOW
        )
    assert caught.value.code == "last_administrator"
    assert "Tomas" in caught.value.sentence
    assert _held(administrator) == ["administrator"]


def test_a_second_administrator_frees_the_first(administrator: User) -> None:
    member("Petra", "administrator")
    accounts.services.set_roles(
        administrator.pk, roles=["agent"], actor=actor(administrator), at=NOW
    )
    assert _held(administrator) == ["agent"]


def test_neither_an_invited_nor_a_deactivated_administrator_counts(administrator: User) -> None:
    invited = member("Petra", "administrator")
    invited.set_unusable_password()
    invited.save()
    member("Ruben", "administrator", is_active=False)
    with pytest.raises(Refused):
        accounts.services.set_roles(
            administrator.pk, roles=["agent"], actor=actor(administrator), at=NOW
        )


def test_another_role_with_the_right_is_enough(administrator: User) -> None:
    Role.objects.filter(slug="manager").update(rights=["user.manage"])
    accounts.services.set_roles(
        administrator.pk, roles=["manager"], actor=actor(administrator), at=NOW
    )
    assert _held(administrator) == ["manager"]


def test_roles_are_refused_by_name(agent: User, administrator: User) -> None:
    for roles, code in (([], "no_role"), (["emperor"], "unknown_role")):
        with pytest.raises(Refused) as caught:
            accounts.services.set_roles(agent.pk, roles=roles, actor=actor(administrator), at=NOW)
        assert caught.value.code == code
    with pytest.raises(NotFound):
        accounts.services.set_roles(0, roles=["agent"], actor=actor(administrator), at=NOW)


def test_only_who_manages_people_sets_roles(agent: User, supervisor: User, manager: User) -> None:
    for user in (agent, supervisor, manager):
        with pytest.raises(Forbidden):
            accounts.services.set_roles(user.pk, roles=["administrator"], actor=actor(user), at=NOW)


# ---- lines


def test_a_line_is_set_and_ended(agent: User, manager: User, administrator: User) -> None:
    before = agent.reports_to_id
    assert _report(agent, manager, administrator).reports_to == manager
    assert Event.objects.get().data == {"from": before, "to": manager.pk}
    assert _report(agent, None, administrator).reports_to is None
    _report(agent, None, administrator)
    assert Event.objects.count() == 2


def test_a_circle_is_refused_and_named(
    agent: User, supervisor: User, manager: User, administrator: User
) -> None:
    _report(supervisor, manager, administrator)
    with pytest.raises(Refused) as caught:
        _report(manager, agent, administrator)
    assert caught.value.code == "circle"
    assert caught.value.sentence == ("That would make a circle: Elif → Amara → Sofie → Elif.")
    assert caught.value.facts["user_ids"] == [manager.pk, agent.pk, supervisor.pk, manager.pk]
    manager.refresh_from_db()
    assert manager.reports_to is None


def test_nobody_reports_to_himself(agent: User, administrator: User) -> None:
    with pytest.raises(Refused) as caught:
        _report(agent, agent, administrator)
    assert caught.value.sentence == "That would make a circle: Amara → Amara."


def test_one_reports_to_active_staff_only(
    agent: User, colleague: User, administrator: User
) -> None:
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(Refused) as caught:
        _report(agent, colleague, administrator)
    assert (caught.value.code, caught.value.field) == ("not_staff", "reports_to")


# ---- profiles


def test_everybody_sets_his_own_profile(agent: User) -> None:
    user = _set_profile(agent, agent)
    assert (user.name, user.locale, user.zone) == ("Amara Osei", "de", "Europe/Berlin")
    assert (user.theme, user.density, user.single_keys) == ("dark", "roomy", False)
    (event,) = Event.objects.all()
    assert event.data == {"fields": ["name", "locale", "zone", "theme", "density", "single_keys"]}
    _set_profile(agent, agent)
    assert Event.objects.count() == 1


def test_an_administrator_sets_anybodys_profile_others_only_their_own(
    agent: User, colleague: User, administrator: User
) -> None:
    assert _set_profile(agent, administrator).name == "Amara Osei"
    with pytest.raises(Forbidden):
        _set_profile(agent, colleague)
    with pytest.raises(Forbidden):
        accounts.services.set_profile(
            agent.pk,
            actor=Actor.customer(agent.pk + 1),
            at=NOW,
            **PROFILE,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("zone", "Mars/Base", "unknown_time_zone"),
        ("zone", "+02:00", "unknown_time_zone"),
        ("zone", "Etc/GMT-2", "unknown_time_zone"),
        ("zone", "../../etc/passwd", "unknown_time_zone"),
        ("locale", "xx", "unknown_language"),
        ("name", "\u0301\u0302\u0303", "bad_name"),
        ("name", "n" * 200, "bad_name"),
        ("name", "Amara\nOsei", "bad_name"),
        ("name", "Amara\u2028Osei", "bad_name"),
        ("name", "A\0", "bad_character"),
        ("calendar_id", 10**12, "unknown_calendar"),
    ],
)
def test_bad_profiles_are_refused_by_field(
    agent: User, field: str, value: object, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        _set_profile(agent, agent, **{field: value})
    assert caught.value.code == code
    assert caught.value.field == field.removesuffix("_id")
    agent.refresh_from_db()
    assert agent.name == "Amara"


def test_a_customer_cannot_pose_as_the_user_with_his_number(agent: User) -> None:
    with pytest.raises(Forbidden):
        accounts.services.set_profile(
            agent.pk,
            actor=Actor.customer(agent.pk),
            at=NOW,
            **PROFILE,  # type: ignore[arg-type]
        )
