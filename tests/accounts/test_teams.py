"""Teams: members, lead, hours, and who may see their tickets."""

import pytest

import accounts.services
from accounts.events import Kind
from accounts.models import Team, User
from calendars.models import Calendar
from core.errors import Forbidden, NotFound, Refused
from core.models import Event
from tests.cast import NOW, actor

pytestmark = pytest.mark.django_db


def _make(by: User, name: str = "Night watch") -> Team:
    return accounts.services.make_team(name=name, actor=actor(by), at=NOW)


def _change(team: Team, by: User, **fields: object) -> Team:
    wanted: dict[str, object] = {
        "name": team.name,
        "member_ids": list(team.members.values_list("pk", flat=True)),
        "lead_id": team.lead_id,
        "calendar_id": team.calendar_id,
        "private": team.private,
        **fields,
    }
    return accounts.services.change_team(
        team.pk,
        actor=actor(by),
        at=NOW,
        **wanted,  # type: ignore[arg-type]  # tests bend every argument
    )


def test_a_team_begins_empty_and_open(administrator: User) -> None:
    team = _make(administrator)
    assert (team.slug, team.private, team.lead) == ("night-watch", False, None)
    assert Event.objects.get().kind == Kind.TEAM_MADE


def test_names_without_latin_letters_and_equal_slugs_work(administrator: User) -> None:
    slugs = [
        _make(administrator, name).slug for name in ("夜班", "早班", "Night-Watch", "Night  watch")
    ]
    assert slugs == ["team", "team-2", "night-watch", "night-watch-2"]


def test_a_name_is_given_once_whatever_its_case(administrator: User, team: Team) -> None:
    with pytest.raises(Refused) as caught:
        _make(administrator, "TECHNICAL")
    assert (caught.value.code, caught.value.field) == ("name_taken", "name")


def test_a_team_is_changed_whole_with_one_event(
    administrator: User, team: Team, agent: User, colleague: User, supervisor: User
) -> None:
    hours = Calendar.objects.get()
    _change(
        team,
        administrator,
        name="Technical, Benelux",
        member_ids=[agent.pk, colleague.pk],
        lead_id=colleague.pk,
        calendar_id=hours.pk,
        private=True,
    )
    team.refresh_from_db()
    assert (team.name, team.lead, team.calendar, team.private) == (
        "Technical, Benelux",
        colleague,
        hours,
        True,
    )
    assert set(team.members.all()) == {agent, colleague}
    (event,) = Event.objects.all()
    assert event.data["fields"] == ["members", "lead", "calendar", "private", "named"]
    assert event.data["to"]["lead"] == colleague.pk
    assert "Benelux" not in repr(event.data)


def test_saving_a_team_unchanged_is_harmless(administrator: User, team: Team) -> None:
    _change(team, administrator)
    assert not Event.objects.exists()


def test_a_private_team_needs_members(administrator: User, team: Team) -> None:
    with pytest.raises(Refused) as caught:
        _change(team, administrator, private=True)
    assert (caught.value.code, caught.value.field) == ("nobody_sees_it", "private")


def test_the_lead_of_a_private_team_sees_its_tickets(
    administrator: User, team: Team, agent: User, supervisor: User, manager: User
) -> None:
    with pytest.raises(Refused) as caught:
        _change(team, administrator, private=True, member_ids=[agent.pk], lead_id=supervisor.pk)
    assert (caught.value.code, caught.value.field) == ("blind_lead", "lead")
    _change(team, administrator, private=True, member_ids=[agent.pk], lead_id=manager.pk)
    team.refresh_from_db()
    assert team.lead == manager


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "--", "bad_name"),
        ("lead_id", 10**12, "not_staff"),
        ("member_ids", [10**12], "not_staff"),
        ("calendar_id", 10**12, "unknown_calendar"),
    ],
)
def test_bad_changes_are_refused_and_change_nothing(
    administrator: User, team: Team, field: str, value: object, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        _change(team, administrator, **{field: value})
    assert caught.value.code == code
    assert not Event.objects.exists()


def test_only_active_staff_lead_or_join(administrator: User, team: Team, agent: User) -> None:
    stranger = User.objects.create_user("ines@studiopaloma.example", None, name="Inés")
    User.objects.filter(pk=agent.pk).update(is_active=False)
    for user in (stranger, agent):
        for wanted in ({"lead_id": user.pk}, {"member_ids": [user.pk]}):
            with pytest.raises(Refused):
                _change(team, administrator, **wanted)


def test_only_who_manages_people_changes_teams(
    team: Team, agent: User, supervisor: User, manager: User
) -> None:
    for user in (agent, supervisor, manager):
        with pytest.raises(Forbidden):
            _make(user)
        with pytest.raises(Forbidden):
            _change(team, user, private=False)


def test_a_team_that_is_none_is_not_found(administrator: User, team: Team) -> None:
    team.pk = 0
    with pytest.raises(NotFound):
        accounts.services.change_team(
            0,
            name="X",
            member_ids=[],
            lead_id=None,
            calendar_id=None,
            private=False,
            actor=actor(administrator),
            at=NOW,
        )
