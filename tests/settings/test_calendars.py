"""Business hours, holidays and other hours, as they are typed."""

import pytest
from django.test import Client

import calendars.queries
import calendars.services
from accounts import queries
from accounts.models import User
from accounts.views.hours import week_lines
from calendars.models import Calendar, Holiday, SpecialHours
from core import clock, desk
from core.models import Event

pytestmark = pytest.mark.django_db

WEEK = {
    "zone": "Europe/Berlin",
    "mon": "09:00-12:30, 13:30-17:00",
    "tue": "09:00-12:30; 13:30 - 17:00",
    "wed": "09:00–12:30,13:30–17:00",
    "thu": "",
    "fri": "22:00-06:00",
    "sat": "",
    "sun": "00:00-24:00",
}


@pytest.fixture
def page(db: None) -> str:
    return f"/settings/calendars/{calendars.queries.default().pk}/"


@pytest.fixture
def admin(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def _windows() -> list[dict[str, str]]:
    return list(calendars.queries.default().versions.latest("number").windows)


def test_a_week_is_typed_one_line_a_day(admin: Client, page: str) -> None:
    # The night into Saturday and the whole Sunday do not touch.
    answer = admin.post(page, WEEK)
    assert (answer.status_code, answer["Location"]) == (303, page)
    two = [("09:00", "12:30"), ("13:30", "17:00")]
    expected = [(day, *window) for day in ("mon", "tue", "wed") for window in two]
    expected += [("fri", "22:00", "06:00"), ("sun", "00:00", "24:00")]
    assert [(w["day"], w["start"], w["end"]) for w in _windows()] == expected
    assert calendars.queries.default().zone == "Europe/Berlin"


def test_setting_the_desks_own_hours_is_the_first_step_done(admin: Client, page: str) -> None:
    other = Calendar.objects.get()
    admin.post("/settings/calendars/", {"name": "Night watch"})
    night = Calendar.objects.exclude(pk=other.pk).get()
    admin.post(f"/settings/calendars/{night.pk}/", WEEK)
    assert desk.current().hours_set_at is None
    admin.post(page, WEEK)
    assert desk.current().hours_set_at is not None


def test_the_page_shows_the_hours_as_they_are_typed(admin: Client, page: str) -> None:
    admin.post(page, WEEK)
    text = admin.get(page).content.decode()
    assert 'value="09:00-12:30, 13:30-17:00"' in text
    assert 'value="22:00-06:00"' in text


def test_days_with_the_same_hours_are_told_together(admin: Client, page: str) -> None:
    (shown,) = queries.calendars_in_use()
    assert week_lines(shown) == ["Monday to Friday 09:00-17:00"]
    admin.post(page, WEEK)
    (shown,) = queries.calendars_in_use()
    assert week_lines(shown) == [
        "Monday to Wednesday 09:00-12:30, 13:30-17:00",
        "Friday 22:00-06:00",
        "Sunday 00:00-24:00",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mon": "09:00-09:00"}, "For the whole day use 00:00 to 24:00"),
        ({"mon": "24:00-08:00"}, "For the whole day use 00:00 to 24:00"),
        ({"mon": "09:00-12:00, 11:00-13:00"}, "Two windows overlap"),
        ({"sun": "00:00-24:00", "mon": "22:00-06:00", "tue": "05:00-09:00"}, "overlap"),
        ({"mon": "24:30-25:00"}, "Write times as HH:MM"),
        ({"mon": "9:00-17:00"}, "Write times as HH:MM"),
        ({"mon": "9.5-17"}, "Write times as HH:MM"),
        ({"mon": "9am to 5pm"}, "Write times as HH:MM"),
        ({"mon": "09:00-"}, "Write times as HH:MM"),
        ({"mon": "\u0660\u0669:00-17:00"}, "Write times as HH:MM"),
        ({"mon": "09:00\0-17:00"}, "cannot be stored (U+0000)"),
        ({"mon": "", "tue": "", "wed": "", "fri": "", "sun": ""}, "never open"),
        ({"zone": "Mars/Base"}, "Choose a time zone by its place"),
        ({"zone": "+02:00"}, "Choose a time zone by its place"),
        ({"mon": "09:00-17:00," * 100}, "at most 200"),
    ],
)
def test_impossible_hours_are_named_and_what_was_typed_stays(
    admin: Client, page: str, fields: dict[str, str], said: str
) -> None:
    before = _windows()
    answer = admin.post(page, {**WEEK, **fields})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="22:00-06:00"' in answer.content.decode() or "fri" in fields
    assert _windows() == before
    assert not Event.objects.exists()


def test_a_new_calendar_begins_with_the_desks_hours(admin: Client) -> None:
    answer = admin.post("/settings/calendars/", {"name": "Night watch"})
    made = Calendar.objects.get(name="Night watch")
    assert answer["Location"] == f"/settings/calendars/{made.pk}/"
    assert made.versions.get().windows == _windows()
    again = admin.post("/settings/calendars/", {"name": "Night watch"})
    assert again.status_code == 422
    assert "already a calendar with this name" in again.content.decode()


def test_a_holiday_is_added_and_removed(admin: Client, page: str) -> None:
    day = f"{clock.now().year + 1}-12-25"
    answer = admin.post(f"{page}days/", {"on": day, "name": "Christmas"})
    assert answer.status_code == 303
    assert Holiday.objects.get().name == "Christmas"
    assert "Christmas" in admin.get(page).content.decode()
    assert admin.post(f"{page}days/{day}/removal/").status_code == 303
    assert not Holiday.objects.exists()
    assert admin.post(f"{page}days/{day}/removal/").status_code == 303


def test_other_hours_on_one_date_win_over_its_holiday(admin: Client, page: str) -> None:
    day = f"{clock.now().year + 1}-12-24"
    admin.post(f"{page}days/", {"on": day, "name": "Christmas Eve"})
    admin.post(f"{page}days/", {"on": day, "hours": "10:00-14:00"})
    assert SpecialHours.objects.get().windows == [{"start": "10:00", "end": "14:00"}]
    text = admin.get(page).content.decode()
    assert text.count(f"{day}</span>") == 1
    assert "10:00-14:00" in text
    admin.post(f"{page}days/{day}/removal/")
    assert not Holiday.objects.exists()
    assert not SpecialHours.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"on": ""}, "This field is required"),
        ({"on": "2026-02-30"}, "real date"),
        ({"on": "25.12.2027"}, "real date"),
        ({"on": "9999-12-31"}, "real date"),
        ({"on": "2001-01-01"}, "has passed"),
        ({"on": "2190-12-24", "hours": "22:00-06:00"}, "cross midnight"),
        ({"on": "2190-12-24", "hours": "9-5"}, "Write times as HH:MM"),
        ({"on": "2190-12-24", "name": "x\0"}, "cannot be stored (U+0000)"),
    ],
)
def test_impossible_dates_are_named(
    admin: Client, page: str, fields: dict[str, str], said: str
) -> None:
    answer = admin.post(f"{page}days/", fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Event.objects.exists()


def test_a_date_that_is_none_is_not_removed(admin: Client, page: str) -> None:
    for day in ("yesterday", "2026-02-30", "2001-01-01"):
        answer = admin.post(f"{page}days/{day}/removal/")
        assert answer.status_code == 409
        assert 'role="alert"' in answer.content.decode()


def test_a_calendar_that_is_none_is_not_found(admin: Client) -> None:
    for number in ("0", "99999999999999999999999"):
        assert admin.get(f"/settings/calendars/{number}/").status_code == 404
        assert admin.post(f"/settings/calendars/{number}/", WEEK).status_code == 404


def test_what_cannot_be_stands_beside_its_day(admin: Client, page: str) -> None:
    answer = admin.post(page, {**WEEK, "tue": "9-5 pm", "thu": "09:00-12:00, 11:00-13:00"})
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert errors["tue"] == ["Write times as HH:MM, such as 09:00."]
    assert errors["thu"] == ["Two windows overlap. Join them or move one."]
    assert set(errors) == {"tue", "thu"}


def test_wrong_hours_of_a_date_stand_beside_them(admin: Client, page: str) -> None:
    answer = admin.post(f"{page}days/", {"on": "2199-12-31", "name": "", "hours": "22:00-02:00"})
    assert answer.status_code == 422
    assert "cross midnight" in answer.context["day_form"].errors["hours"][0]
