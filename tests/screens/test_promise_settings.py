"""The desk's rules for promises, as everybody reads and administrators change them."""

import pytest

from accounts.models import User
from core.models import Event
from promises.models import PromiseSettings
from tests.screens.browsing import text
from tests.screens.desk import page, visit

pytestmark = pytest.mark.django_db
PATH = "/settings/promises/"


def filled(**given: str) -> dict[str, str]:
    known = {
        "contact_from": "08:00",
        "contact_until": "21:00",
        "grace_working_days": "1",
        "remind_shift_start": "on",
        "remind_before": "on",
        "remind_at_from": "on",
    }
    return {name: value for name, value in {**known, **given}.items() if value != "-"}


def test_everybody_reads_and_only_administrators_may_press(
    agent: User, administrator: User
) -> None:
    read = visit(agent).get(PATH)
    assert "You can read this page. Administrators change it." in text(read)
    assert page(read).select("main form button:not([disabled])") == []
    assert page(visit(administrator).get(PATH)).select("main form button:not([disabled])")


def test_a_change_is_recorded_once_with_what_was_before(administrator: User) -> None:
    client = visit(administrator)
    sent = filled(contact_until="20:00", remind_60min="on", remind_before="-")
    assert client.post(PATH, sent).status_code == 303
    client.post(PATH, sent)
    row = PromiseSettings.objects.get()
    assert (f"{row.contact_until:%H:%M}", row.remind_60min, row.remind_before) == (
        "20:00",
        True,
        False,
    )
    event = Event.objects.get(kind="promise.settings_set")
    assert event.actor_id == administrator.pk
    assert event.data == {
        "contact_until": {"from": "21:00", "to": "20:00"},
        "remind_60min": {"from": False, "to": True},
        "remind_before": {"from": True, "to": False},
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"contact_until": "07:00"}, "The hours must end after they begin"),
        ({"contact_until": "08:00"}, "The hours must end after they begin"),
        ({"contact_from": "9am"}, "Enter a valid time."),
        ({"contact_from": "24:00"}, "Enter a valid time."),
        ({"grace_working_days": "0"}, "greater than or equal to 1"),
        ({"grace_working_days": "21"}, "less than or equal to 20"),
        ({"grace_working_days": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_is_refused_and_stays_in_the_form(
    administrator: User, given: dict[str, str], sentence: str
) -> None:
    answer = visit(administrator).post(PATH, filled(remind_60min="on", **given))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert page(answer).select("input[name=remind_60min][checked]")
    assert not PromiseSettings.objects.get().remind_60min
    assert not Event.objects.filter(kind="promise.settings_set").exists()


def test_who_may_not_change_them_is_refused(agent: User) -> None:
    assert visit(agent).post(PATH, filled(contact_until="20:00")).status_code == 403
    assert f"{PromiseSettings.objects.get().contact_until:%H:%M}" == "21:00"
