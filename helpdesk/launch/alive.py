"""`python -m helpdesk.launch.alive KIND`: exit code 0 while this host's worker (clock) is alive.

For containers' health checks: a process may stand still without having ended.
"""

import os
import platform
import sys

import psycopg2

LIMIT_S = 300
RECENT = """
    SELECT EXISTS (SELECT FROM core_heartbeat
                   WHERE name = %s AND beat_at > now() - make_interval(secs => %s))
"""


def is_alive(kind: str, database_url: str) -> bool:
    """Whether the process of this kind on this host was seen within the last five minutes."""
    connection = psycopg2.connect(database_url, connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(RECENT, [f"{kind}@{platform.node()[:60]}", LIMIT_S])
            row = cursor.fetchone()
            return bool(row and row[0])
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_alive(sys.argv[1], os.environ["DATABASE_URL"]) else 1)
