"""The timer never waits for a person who is editing, and never fires over him."""

from collections.abc import Iterator

import psycopg2
import pytest
from django.db import connection, transaction

from accounts.models import User
from promises import services
from promises.models import Promise, Reminder
from tests.promises.stories import THREE, promised
from tickets.models import Ticket
from timers.services import BUSY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def somebody() -> Iterator[psycopg2.extensions.connection]:
    """Another session, which may hold locks."""
    other = psycopg2.connect(**connection.get_connection_params())
    yield other
    other.rollback()
    other.close()


@pytest.mark.parametrize("table", ["tickets_ticket", "promises_promise"])
def test_who_edits_now_goes_first(
    ticket: Ticket, agent: User, somebody: psycopg2.extensions.connection, table: str
) -> None:
    promise = promised(ticket, agent)
    key = ticket.pk if table == "tickets_ticket" else promise.pk
    with somebody.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR NO KEY UPDATE", [key])  # noqa: S608
    with transaction.atomic():
        assert services.fire_promise(promise.pk, THREE) is BUSY
    assert not Reminder.objects.exists()
    somebody.rollback()
    with transaction.atomic():
        services.fire_promise(promise.pk, THREE)
    assert Reminder.objects.get().step == "overdue"
    assert Promise.objects.get().is_open
