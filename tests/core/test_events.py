"""The record is append-only, and every Event is announced."""

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from core import events
from core.actor import Actor
from core.models import Announcement, Event

AT = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)


def _record() -> Event:
    return events.record(
        "desk.changed", subject_kind="desk", subject_id=1, actor=Actor.system(), at=AT
    )


@pytest.mark.django_db
def test_an_event_is_written_with_its_announcement() -> None:
    event = _record()
    assert Announcement.objects.get(event_id=event.pk).done == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE core_event SET kind = 'x'", "DELETE FROM core_event"]
)
def test_the_application_can_neither_change_nor_delete_an_event(statement: str) -> None:
    _record()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_flushed_database_has_its_first_rows_again() -> None:
    _record()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_role")
        assert cursor.fetchone() == (4,)
