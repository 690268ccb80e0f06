import platform

import psycopg2
import pytest
from django.db import connection

from helpdesk.launch.alive import is_alive


@pytest.fixture
def url(transactional_db: None) -> str:
    """The test's own database, as a container's health check would be given it."""
    settings = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    return str(psycopg2.extensions.make_dsn(**{key: settings[at] for key, at in names.items()}))


def beat(kind: str, seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_heartbeat (name, beat_at)"
            " VALUES (%s, now() - make_interval(secs => %s))",
            [f"{kind}@{platform.node()[:60]}", seconds_ago],
        )


def test_a_recent_sign_of_life_counts(url: str) -> None:
    beat("worker", 60)

    assert is_alive("worker", url)


def test_an_old_one_does_not(url: str) -> None:
    beat("worker", 301)

    assert not is_alive("worker", url)


def test_another_kinds_does_not(url: str) -> None:
    beat("clock", 1)

    assert not is_alive("worker", url)


def test_no_database_is_no_sign_of_life() -> None:
    with pytest.raises(psycopg2.OperationalError):
        is_alive("worker", "host=/nonexistent dbname=desk")
