"""What is wrong with this installation: each fault in one line with what to do about it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from core import claim
from helpdesk import heartbeat

OLDEST_POSTGRES = 15
BROKER_S = 2
CLOSED = 0o077

_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


def faults() -> Iterator[str]:
    """Every fault found, as a sentence in English for whoever runs the installation."""
    yield from _settings()
    yield from _folders()
    yield from _broker()
    try:
        connection.ensure_connection()
    except Error as error:
        reason = str(error).strip().splitlines()[0]
        yield f"PostgreSQL does not answer: {reason}. Start it, or correct DATABASE_URL."
        return
    for check in DATABASE:
        yield from check()


def _settings() -> Iterator[str]:
    if "DATABASE_URL" not in os.environ:
        yield "DATABASE_URL is not set. Set it to the application's role."
    if "DATABASE_OWNER_URL" not in os.environ:
        yield "DATABASE_OWNER_URL is not set: migrations run as the application. Set it."
    if "HELPDESK_SECRET_KEY" not in os.environ:
        yield "HELPDESK_SECRET_KEY is not set. Set it to at least 50 random characters."
    if settings.DEBUG:
        yield "HELPDESK_DEBUG is on: pages show their inner workings. Unset it."
    if not settings.PRODUCTION and not _is_local(settings.PUBLIC_URL):
        yield f"HELPDESK_ENV is {settings.ENV} on a public address. Set it to production."


def _is_local(url: str) -> bool:
    return url.split("//")[-1].startswith(("127.0.0.1", "localhost", "[::1]"))


def _folders() -> Iterator[str]:
    for folder in (settings.DATA_DIR, Path(settings.MEDIA_ROOT), settings.MAIL_DIR):
        if not folder.is_dir():
            yield f"{folder} is missing. Make it, for the user who runs the desk."
        elif not os.access(folder, os.W_OK | os.X_OK):
            yield f"{folder} cannot be written. Give it to the user who runs the desk."
    key = settings.DATA_DIR / "secret.key"
    if key.exists() and key.stat().st_mode & CLOSED:
        yield f"{key} can be read by others. Run: chmod 600 {key}"


def _broker() -> Iterator[str]:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_S, socket_connect_timeout=BROKER_S
    )
    try:
        policy = str(client.info("memory").get("maxmemory_policy", "noeviction"))
    except redis.RedisError as error:
        yield f"Redis does not answer: {error}. Start it, or correct REDIS_URL."
        return
    finally:
        client.close()
    if policy != "noeviction":
        yield f"Redis may drop bells (maxmemory-policy {policy}). Set it to noeviction."


# ---- with a database that answers


def _server() -> Iterator[str]:
    found = int(str(_one("SHOW server_version_num"))) // 10_000
    if found < OLDEST_POSTGRES:
        yield f"PostgreSQL is version {found}. Use {OLDEST_POSTGRES} or later."
    for name in _DURABLE:
        if _one(f"SELECT current_setting('{name}')") == "off":
            yield f"PostgreSQL loses promises in a crash: {name} is off. Switch it on."


def _schema() -> Iterator[str]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield f"{len(missing)} migrations are missing. Run: manage.py migrate"


def _roles() -> Iterator[str]:
    if _one("SELECT to_regclass('core_event') IS NULL"):
        return
    if _one("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        yield "The application is a superuser of PostgreSQL. Use an ordinary role in DATABASE_URL."
    may_rewrite = "has_table_privilege('core_event', 'UPDATE, DELETE, TRUNCATE')"
    if _one(f"SELECT {may_rewrite}"):
        yield "The application may rewrite history. Use a role of its own in DATABASE_URL."
    if not _one("SELECT has_table_privilege('core_event', 'INSERT')"):
        yield "The application may not record Events. Run: manage.py migrate"


def _processes() -> Iterator[str]:
    if _one("SELECT to_regclass('core_heartbeat') IS NULL"):
        return
    for kind, advice in (("clock", "manage.py clock"), ("worker", "the Celery worker")):
        last = heartbeat.last_beat(kind)
        if last is None:
            yield f"No {kind} has ever run here. Start {advice}."
        elif claim.instant() - last > heartbeat.SILENT_AFTER:
            yield f"No {kind} has shown itself since {last:%Y-%m-%d %H:%M} UTC. Start {advice}."


DATABASE: tuple[Callable[[], Iterator[str]], ...] = (_server, _schema, _roles, _processes)


def _one(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
