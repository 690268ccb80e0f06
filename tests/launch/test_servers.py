"""The embedded servers themselves, on a folder whose name makes trouble."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from helpdesk.launch import postgres, processes, servers
from helpdesk.launch.servers import Servers


@pytest.fixture(scope="module")
def running() -> Iterator[Servers]:
    # Not below pytest's own folder: that is closed to the user PostgreSQL may run as.
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-test-", dir="/tmp"))
    folder.chmod(0o711)
    result = servers.at(folder / "it's 50% #1; ok", servers.without_servers(os.environ))
    try:
        result.start_embedded()
        yield result
    finally:
        result.close()
        result.stop_embedded()
        shutil.rmtree(folder)


def query(running: Servers, url_name: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(running.environment[url_name])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_the_owner_makes_tables_and_the_application_may_not(running: Servers) -> None:
    query(running, "DATABASE_OWNER_URL", "CREATE TABLE IF NOT EXISTS thing (id int)")

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(running, "DATABASE_URL", "CREATE TABLE other (id int)")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(running, "DATABASE_URL", "SELECT * FROM thing")


def test_texts_sort_the_same_on_every_machine(running: Servers) -> None:
    [row] = query(
        running,
        "DATABASE_URL",
        "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding),"
        " current_setting('data_checksums'), current_setting('fsync')"
        " FROM pg_database WHERE datname = current_database()",
    )

    assert row == ("b", "C.UTF-8", "UTF8", "on", "on")


def test_redis_refuses_new_bells_rather_than_dropping_old_ones(running: Servers) -> None:
    client = redis.Redis.from_url(running.environment["REDIS_URL"])
    try:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
    finally:
        client.close()


def test_starting_twice_changes_nothing(running: Servers) -> None:
    before = processes.read_pid(running.places.pid_file("postgres"))

    servers.at(running.places.data, servers.without_servers(os.environ)).start_embedded()

    assert processes.read_pid(running.places.pid_file("postgres")) == before


def test_a_killed_postgres_comes_back_with_every_committed_row(running: Servers) -> None:
    query(running, "DATABASE_OWNER_URL", "CREATE TABLE kept AS SELECT 7 AS number")

    running.kill("postgres")
    assert not postgres.answers(running.places)
    running.start("postgres")
    running.wait_ready("postgres")

    assert query(running, "DATABASE_OWNER_URL", "SELECT number FROM kept") == [(7,)]


def test_a_killed_redis_comes_back(running: Servers) -> None:
    running.kill("redis")
    running.start("redis")
    running.wait_ready("redis")

    assert running.is_running("redis")


def test_the_pid_file_names_the_server_itself(running: Servers) -> None:
    pid = processes.read_pid(running.places.pid_file("postgres"))

    assert pid is not None
    assert b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_thrown_away_servers_leave_nothing() -> None:
    with servers.throw_away(servers.without_servers(os.environ)) as short_lived:
        pids = [processes.read_pid(path) for path in short_lived.places.run.glob("*.pid")]
        assert len(pids) == 2

    assert not short_lived.places.data.exists()
    assert not short_lived.places.sockets.exists()
    assert not any(pid and processes.is_running(pid) for pid in pids)
