"""Databases as in production: migrated and flushed by the owner, used by the application's role."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from psycopg2.extensions import parse_dsn

from core import desk
from core.management.commands.migrate import grant_application_role

pytest_plugins = ["tests.cast"]

_OPTIONS: str = connection.settings_dict["OPTIONS"]["options"]
_baseline: dict[str, str] = {}


def _sign_in_as(url: str, *, options: str = "") -> None:
    dsn = parse_dsn(url)
    connection.close()
    connection.settings_dict.update(USER=dsn.get("user", ""), PASSWORD=dsn.get("password", ""))
    connection.settings_dict["OPTIONS"]["options"] = options


def _become_owner() -> None:
    """Without time limits: making and dropping a database may take long on a busy disk."""
    _sign_in_as(settings.DATABASE_OWNER_URL)


def _become_application() -> None:
    _sign_in_as(settings.DATABASE_URL, options=_OPTIONS)


def _own_rows(serialized: str) -> str:
    """Our migrations' rows; Django makes its content types and permissions anew by itself."""
    rows = json.loads(serialized)
    return json.dumps([row for row in rows if not row["model"].startswith(("content", "auth."))])


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any
) -> Iterator[None]:
    """One database per test process; the owner makes it, the application's role uses it."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    connection.settings_dict["TEST"]["NAME"] = f"test_helpdesk_{worker or 'main'}"
    with django_db_blocker.unblock():
        _become_owner()
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        _baseline["rows"] = _own_rows(connection.creation.serialize_db_to_string())
        grant_application_role("default")
        _become_application()
    yield
    with django_db_blocker.unblock():
        _become_owner()
        connection.creation.destroy_test_db("helpdesk", verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _owner_flushes() -> Iterator[None]:
    """TRUNCATE is the owner's: after a test with real transactions he empties the tables.

    What migrations had put in (roles, the desk, the default calendar) is put in again.
    """
    case: Any = TransactionTestCase
    flush = case._fixture_teardown

    def flush_as_owner(self: TransactionTestCase) -> None:
        _become_owner()
        try:
            flush(self)
            connection.creation.deserialize_db_from_string(_baseline["rows"])
        finally:
            _become_application()

    case._fixture_teardown = flush_as_owner
    yield
    case._fixture_teardown = flush


@pytest.fixture(autouse=True)
def _fresh_desk() -> None:
    """The desk's row is read anew in each test."""
    desk.forget()
