"""The embedded PostgreSQL: its cluster, its configuration, its two roles."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg2

from helpdesk.launch.places import Places
from helpdesk.launch.postgres_home import PostgresHome, user_with
from helpdesk.launch.problem import Problem
from helpdesk.launch.waiting import poll

DATABASE = "helpdesk"
SUPERUSER = "postgres"
OWNER = "helpdesk_owner"
APPLICATION = "helpdesk_app"
MAJOR_VERSION = "18"
WORKER_CHILDREN = 2
START_TIMEOUT_S = 60.0
# Named everywhere: PGPORT in somebody's shell must not change it.
PORT = 5432

# The socket folder is open to one user only, and the kernel tells the server who is calling:
# no password has to be kept anywhere.
HBA = "local all all peer map=helpdesk\n"


def url(places: Places, role: str) -> str:
    return f"postgresql://{role}@/{DATABASE}?host={places.sockets}&port={PORT}"


def max_connections(web_processes: int, threads: int) -> int:
    return max(100, web_processes * (threads + 1) + WORKER_CHILDREN + 40)


def configuration(sockets: Path, connections: int) -> str:
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": str(connections),
        "shared_buffers": "128MB",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "60000",
        "log_lock_waits": "on",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_timezone": "UTC",
        "timezone": "UTC",
        "lc_messages": "C",
    }
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    head = "# Written at each start. Your own settings: ALTER SYSTEM SET ...\n"
    return head + "\n".join(lines) + "\n"


def ident_map(users: list[str]) -> str:
    quoted = [user.replace('"', '""') for user in users]
    return "".join(f'helpdesk "{user}" all\n' for user in quoted)


def prepare(home: PostgresHome, places: Places, *, connections: int) -> None:
    """A cluster of the right version stands and its configuration is this start's."""
    if not home.cluster.exists():
        _create_cluster(home)
    version = (home.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
    if version != MAJOR_VERSION:
        raise Problem(
            f"The database in {home.cluster} was made by PostgreSQL {version}; "
            f"this is PostgreSQL {MAJOR_VERSION}."
        )
    callers = sorted({home.user.name, user_with(os.geteuid()).name})
    _write(home, "postgresql.conf", configuration(places.sockets, connections))
    _write(home, "pg_hba.conf", HBA)
    _write(home, "pg_ident.conf", ident_map(callers))


def command(home: PostgresHome) -> list[str]:
    # By its full path: the server looks for its other files beside argv[0].
    return [home.program("postgres"), "-D", str(home.cluster)]


def wait_ready(places: Places, *, is_alive: Callable[[], bool]) -> None:
    """Returns once the server answers; raises Problem when it ended or does not within 60 s."""
    poll(
        lambda: answers(places),
        timeout_s=START_TIMEOUT_S,
        while_true=is_alive,
        problem=f"PostgreSQL did not start; see {places.log_file('postgres')}.",
    )


def answers(places: Places) -> bool:
    try:
        _connect(places, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def ensure_roles(places: Places) -> None:
    """The owner's role, the application's role and the database exist."""
    connection = _connect(places, "postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for role, rights in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE ROLE {role} LOGIN {rights}")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    finally:
        connection.close()


def _connect(places: Places, database: str) -> "psycopg2.extensions.connection":
    return psycopg2.connect(
        host=str(places.sockets), port=PORT, dbname=database, user=SUPERUSER, connect_timeout=5
    )


def _create_cluster(home: PostgresHome) -> None:
    """Made under another name and renamed at the end, so that a half-made one is never used."""
    unfinished = home.cluster.with_name("pg.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if home.user.is_other:
        os.chown(unfinished, home.user.uid, home.user.gid)
    # The built-in provider sorts alike on every machine; the system's locales do not.
    options = ["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    place = ["-D", str(unfinished), "-U", SUPERUSER, "-A", "peer", "-k", "--no-instructions"]
    done = home.user.run([home.program("initdb"), *place, *options])
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise Problem(f"The database could not be created: {reason[0]}")
    unfinished.rename(home.cluster)


def _write(home: PostgresHome, name: str, text: str) -> None:
    path = home.cluster / name
    path.write_text(text, encoding="utf-8")
    if home.user.is_other:
        os.chown(path, home.user.uid, home.user.gid)
