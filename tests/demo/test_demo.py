"""The demo is a desk worth looking around in, and never touches one in use."""

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from accounts.models import User
from core.errors import Refused
from core.models import Desk
from helpdesk.demo import play
from promises.models import Promise
from tickets.models import Attachment, Message, Ticket

# A Saturday night: nobody works, nobody may be called, and the demo starts all the same.
NIGHT = datetime(2026, 11, 21, 23, 40, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_there_are_tickets_in_every_status_with_promises_notes_and_files() -> None:
    made = play.load(now=NIGHT)
    assert made == Ticket.objects.count() == 15
    assert set(Ticket.objects.values_list("status", flat=True)) == set(Ticket.Status.values)
    assert len(set(Ticket.objects.values_list("language", flat=True))) >= 3
    assert Promise.objects.open().filter(until_at__gt=NIGHT).count() >= 4
    assert Message.objects.filter(kind=Message.Kind.NOTE).exists()
    assert Attachment.objects.count() >= 4


def test_loading_it_again_changes_nothing() -> None:
    play.load(now=NIGHT)
    assert play.load(now=NIGHT) == 0
    assert Ticket.objects.count() == 15


def test_its_people_sign_in_with_the_password_that_is_printed() -> None:
    play.load(now=NIGHT)
    for name in ("agent", "agent2", "supervisor", "manager", "admin"):
        assert User.objects.get(email=f"{name}@demo.example").check_password("demo-demo-demo")


def test_a_desk_in_use_is_left_alone(ticket: Ticket) -> None:
    with pytest.raises(Refused) as refused:
        play.load(now=NIGHT)
    assert refused.value.code == "not_empty"
    assert not Desk.objects.get(pk=1).is_demo


def test_production_has_no_demo_accounts(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(Refused) as refused:
        play.load(now=NIGHT)
    assert refused.value.code == "production"
