"""Hours in versions, holidays and special hours, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from calendars import arithmetic, queries, services
from calendars.models import Calendar, CalendarVersion
from core.actor import Actor
from core.errors import NotFound, Refused
from core.models import Event

NOW = datetime(2026, 11, 19, 13, 0, tzinfo=UTC)
SYSTEM = Actor.system()
MORNINGS: list[dict[str, object]] = [{"day": "mon", "start": "08:00", "end": "12:00"}]

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar() -> Calendar:
    return queries.default()


def set_hours(calendar: Calendar, **changed: object) -> CalendarVersion:
    given = {"zone": "Europe/Amsterdam", "windows": MORNINGS, "actor": SYSTEM, "at": NOW}
    return services.set_hours(calendar.pk, **{**given, **changed})  # type: ignore[arg-type]


def test_a_new_desk_works_on_weekdays_from_nine_to_five(calendar: Calendar) -> None:
    assert services.is_open(calendar.pk, NOW)
    assert services.end_of_working_day(calendar.pk, date(2026, 11, 19)) == NOW + timedelta(hours=3)
    assert services.next_open(calendar.pk, NOW + timedelta(hours=4)) == datetime(
        2026, 11, 20, 8, 0, tzinfo=UTC
    )
    assert services.working_days_between(calendar.pk, date(2026, 11, 19), date(2026, 11, 23)) == 2


def test_new_hours_count_from_now_and_leave_the_past(calendar: Calendar) -> None:
    version = set_hours(calendar, zone="Europe/Lisbon")
    assert version.number == 2
    hours = queries.load(calendar.pk)
    assert arithmetic.is_open(hours, NOW - timedelta(hours=1))
    assert not arithmetic.is_open(hours, NOW)
    monday = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert arithmetic.next_open(hours, NOW) == monday
    event = Event.objects.get(kind="calendar.hours_set")
    assert (event.subject_id, event.data) == (calendar.pk, {"number": 2})


def test_the_same_hours_again_change_nothing(calendar: Calendar) -> None:
    assert set_hours(calendar).pk == set_hours(calendar).pk
    assert calendar.versions.count() == 2
    assert Event.objects.filter(kind="calendar.hours_set").count() == 1


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"windows": []}, "never_open", "windows"),
        ({"zone": "+02:00"}, "unknown_time_zone", "zone"),
        (
            {"windows": [{"day": "mon", "start": "09:00", "end": "09:00"}]},
            "empty_window",
            "windows",
        ),
        ({"windows": [{"day": "mo", "start": "09:00", "end": "10:00"}]}, "bad_week_day", "windows"),
        ({"windows": [{"day": "mon", "start": "9", "end": "10:00"}]}, "bad_time_of_day", "windows"),
        (
            {
                "windows": [
                    {"day": "mon", "start": "09:00", "end": "11:00"},
                    {"day": "mon", "start": "10:00", "end": "12:00"},
                ]
            },
            "overlapping_windows",
            "windows",
        ),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_field(
    calendar: Calendar, changed: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        set_hours(calendar, **changed)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.sentence
    assert calendar.versions.count() == 1


def test_a_calendar_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        services.set_hours(0, zone="UTC", windows=MORNINGS, actor=SYSTEM, at=NOW)


def test_a_holiday_closes_its_date_until_it_is_taken_away(calendar: Calendar) -> None:
    given = {"on": "2026-11-20", "actor": SYSTEM, "at": NOW}
    services.add_holiday(calendar.pk, name="Moving day", **given)  # type: ignore[arg-type]
    services.add_holiday(calendar.pk, name="Moving", **given)  # type: ignore[arg-type]
    assert services.end_of_working_day(calendar.pk, date(2026, 11, 20)) is None
    assert calendar.holidays.get().name == "Moving"
    services.remove_holiday(calendar.pk, **given)  # type: ignore[arg-type]
    services.remove_holiday(calendar.pk, **given)  # type: ignore[arg-type]
    assert services.end_of_working_day(calendar.pk, date(2026, 11, 20)) is not None
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["calendar.holiday_added", "calendar.holiday_removed"]


def test_special_hours_replace_the_week_on_their_date(calendar: Calendar) -> None:
    services.set_special_hours(
        calendar.pk,
        on="2026-12-24",
        windows=[{"start": "10:00", "end": "12:00"}],
        actor=SYSTEM,
        at=NOW,
    )
    eve = date(2026, 12, 24)
    assert services.end_of_working_day(calendar.pk, eve) == datetime(2026, 12, 24, 11, tzinfo=UTC)
    services.remove_special_hours(calendar.pk, on=eve, actor=SYSTEM, at=NOW)
    assert services.end_of_working_day(calendar.pk, eve) == datetime(2026, 12, 24, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on", "code"),
    [("2026-11-18", "past_date"), ("2026-02-30", "bad_date"), ("tomorrow", "bad_date")],
)
def test_a_date_must_be_real_and_not_have_passed(calendar: Calendar, on: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        services.add_holiday(calendar.pk, on=on, actor=SYSTEM, at=NOW)
    assert refused.value.code == code
    with pytest.raises(Refused):
        services.remove_holiday(calendar.pk, on=on, actor=SYSTEM, at=NOW)


def test_special_hours_across_midnight_are_refused(calendar: Calendar) -> None:
    with pytest.raises(Refused) as refused:
        services.set_special_hours(
            calendar.pk,
            on="2026-12-24",
            windows=[{"start": "22:00", "end": "02:00"}],
            actor=SYSTEM,
            at=NOW,
        )
    assert refused.value.code == "bad_special_hours"


def test_a_further_calendar_has_its_own_name_and_hours() -> None:
    made = services.create("Night team", zone="UTC", windows=MORNINGS, actor=SYSTEM, at=NOW)
    assert services.next_open(made.pk, NOW) == datetime(2026, 11, 23, 8, tzinfo=UTC)
    for name, code in (("Night team", "name_taken"), ("  ", "no_name"), ("a\x00", "bad_character")):
        with pytest.raises(Refused) as refused:
            services.create(name, zone="UTC", windows=MORNINGS, actor=SYSTEM, at=NOW)
        assert refused.value.code == code
