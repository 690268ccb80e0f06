"""The template tags of core.templatetags.ui."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from core import clock
from core.templatetags import ui

NOON = datetime(2026, 11, 19, 12, 0, tzinfo=UTC)  # a Thursday; 13:00 in Amsterdam


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Thursday noon UTC, read in Amsterdam and in British English."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    with timezone.override("Europe/Amsterdam"), translation.override("en-gb"):
        yield


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_an_icon_points_into_the_sprite_and_is_hidden_from_readers() -> None:
    html = render('{% icon "handshake" small=True %}')
    assert 'class="i s"' in html
    assert 'aria-hidden="true"' in html
    assert "icons.svg#i-handshake" in html


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Marieke de Wolf", "MW"),
        ("Amara", "A"),
        ("jan.de.boer@example.org", "JB"),
        ("Élodie Ångström", "ÉÅ"),
        ("", "?"),
        ("  ", "?"),
        ("<script>", "?"),
    ],
)
def test_initials_of_any_name(name: str, expected: str) -> None:
    assert ui.initials(name) == expected


def test_an_avatar_escapes_and_marks_its_kind() -> None:
    assert ui.avatar("Marieke de Wolf", "p", large=True) == (
        '<span class="av l p" aria-hidden="true">MW</span>'
    )


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (99, "99"), (100, "99+")])
def test_counts_stop_at_99(count: int, shown: str) -> None:
    assert ui.capped(count) == shown


@pytest.mark.parametrize(("used", "width"), [(-1, 0), (0, 0), (0.5, 20), (1, 40), (7.5, 40)])
def test_the_fuse_never_leaves_its_box(used: float, width: int) -> None:
    assert f'<rect class="f" width="{width}"' in ui.fuse(used, "late")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOON, "13:00"),
        (NOON - timedelta(hours=12), "01:00"),
        (NOON - timedelta(hours=14), "Wed 23:00"),
        (NOON + timedelta(days=4), "Mon 13:00"),
        (NOON + timedelta(days=12), "1 Dec"),
        (datetime(2025, 12, 1, tzinfo=UTC), "1 Dec 2025"),
    ],
)
def test_times_are_short_when_near_and_dates_when_far(at: datetime, expected: str) -> None:
    assert ui.near(at) == expected


def test_the_exact_time_names_day_and_place() -> None:
    assert ui.exact(NOON) == "Thursday, 19 November 2026, 13:00 Amsterdam"


def test_utc_is_called_utc() -> None:
    with timezone.override("UTC"):
        assert ui.exact(NOON).endswith("12:00 UTC")


def test_times_follow_the_language_of_the_reader() -> None:
    with translation.override("de"):
        assert ui.near(NOON + timedelta(days=4)) == "Mo., 13:00"
        assert ui.exact(NOON).startswith("Donnerstag, 19. November 2026")
        assert ui.today_line(NOON) == "Donnerstag, 19. November, 13:00"
    assert ui.today_line(NOON) == "Thursday 19 November, 13:00"


def test_a_time_carries_its_instant_and_its_exact_form() -> None:
    html = render("{% local_time at %}", at=NOON)
    assert 'datetime="2026-11-19T12:00:00+00:00"' in html
    assert 'title="Thursday, 19 November 2026, 13:00 Amsterdam"' in html
    assert ">13:00</time>" in html


def test_a_single_time_can_be_reached_by_the_keyboard() -> None:
    html = render("{% local_time at focusable=True %}", at=NOON)
    assert 'tabindex="0"' in html
    assert "data-tip=" in html


def test_a_promised_time_says_by_only_when_it_means_by() -> None:
    assert ui.promised(NOON) == "13:00"
    assert ui.promised(NOON, by=True) == "by 13:00"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=90), "in 90 s"),
        (timedelta(seconds=119, milliseconds=500), "in 120 s"),
        (timedelta(minutes=2), "in 2 min"),
        (timedelta(minutes=45, seconds=10), "in 46 min"),
        (timedelta(hours=2), "in 2 h"),
        (timedelta(hours=2, minutes=10), "in 2 h 10 min"),
        (timedelta(seconds=-30), "now"),
        (timedelta(minutes=-26), "late by 26 min"),
        (timedelta(hours=-3, minutes=-5), "late by 3 h 5 min"),
        (timedelta(days=1), ""),
        (timedelta(days=-2), ""),
    ],
)
def test_distances_in_words(left: timedelta, words: str) -> None:
    assert ui.distance(left) == words


def test_time_left_beyond_a_day_shows_the_day_instead() -> None:
    html = ui.time_left(NOON + timedelta(days=3))
    assert ">Sun 13:00</time-left>" in html
    assert "data-s" not in html
    assert 'data-s="late"' in ui.time_left(NOON - timedelta(hours=1))


def test_a_time_with_a_quarter_of_an_hour_to_it_is_late_only_afterwards() -> None:
    quarter = timedelta(minutes=15)
    begun = ui.time_left(NOON - timedelta(minutes=5), until=NOON + timedelta(minutes=10))
    assert ">now<" in begun
    assert 'data-s="late"' not in begun
    over = ui.time_left(NOON - 2 * quarter, until=NOON - quarter)
    assert ">late by 30 min<" in over
    assert 'data-s="late"' in over
