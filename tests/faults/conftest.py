"""Servers that may be killed, migrated once; each test has its own workers and clocks."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from helpdesk.launch import servers
from helpdesk.launch.servers import Servers
from tests.faults.desk import Desk, database_of, migrate


@pytest.fixture(scope="session")
def killable() -> Iterator[Servers]:
    """PostgreSQL and Redis of their own, with the schema."""
    with servers.throw_away(servers.without_servers(os.environ)) as running:
        migrate(running)
        yield running


@pytest.fixture
def desk(killable: Servers, django_db_blocker: Any) -> Iterator[Desk]:
    """The models of this process look into the database of the servers that may be killed."""
    with django_db_blocker.unblock(), database_of(killable):
        made = Desk(killable)
        try:
            yield made
        finally:
            made.close()
