"""`manage.py migrate`: the schema as the owner's role, then the application role's rights."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections
from psycopg2 import sql

_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    # History is append-only, and the schema's own record belongs to the owner.
    "REVOKE UPDATE, DELETE, TRUNCATE ON core_event FROM {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)


class Command(migrate.Command):
    """Migrate, make the cache table, and grant the application's role what it needs."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        database: str = options["database"]
        if options.get("plan") or options.get("check_unapplied"):
            return
        call_command("createcachetable", database=database, verbosity=0)
        grant_application_role(database)


def grant_application_role(database: str) -> None:
    """Give the role of DATABASE_URL its rights; nothing to do if it owns the schema itself."""
    role = settings.DATABASE_APP_ROLE
    with connections[database].cursor() as cursor:
        cursor.execute("SELECT current_user, to_regclass('public.core_event') IS NOT NULL")
        current, ready = cursor.fetchone()
        if not role or role == current or not ready:
            return
        for statement in _GRANTS:
            cursor.execute(
                sql.SQL(statement).format(role=sql.Identifier(role)).as_string(cursor.cursor)
            )
