"""`python -m helpdesk.launch.testenv [--keep DIR] -- COMMAND ...`: COMMAND with servers.

Starts PostgreSQL and Redis on a new data folder, runs COMMAND with the environment that points at
them (HELPDESK_ENV=test, DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL, HELPDESK_DATA ...) and ends
with its exit code. With --keep the data stay in DIR and the servers keep running, so that the next
call is quick; --stop ends them. Two commands at once need two folders: tests share one database
name.
"""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

from helpdesk.launch import servers
from helpdesk.launch.problem import Problem


def main() -> int:
    options = parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return run(options)
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return 1


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(
        prog="python -m helpdesk.launch.testenv", description="Run COMMAND with test servers."
    )
    result.add_argument("--keep", metavar="DIR", type=Path, help="keep data and servers in DIR")
    result.add_argument("--stop", action="store_true", help="end the servers of --keep DIR")
    result.add_argument("command", nargs="*", metavar="COMMAND")
    return result


def run(options: argparse.Namespace) -> int:
    if options.stop and options.keep:
        servers.at(options.keep, os.environ).stop_embedded()
        return 0
    if not options.command:
        raise Problem("Nothing to run. Write: python -m helpdesk.launch.testenv -- COMMAND ...")
    if options.keep is None:
        with servers.throw_away(os.environ) as running:
            return execute(options.command, running.environment)
    kept = servers.at(options.keep, os.environ)
    with (kept.places.run / "keep.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept.start_embedded()
    return execute(options.command, kept.environment)


def execute(command: list[str], variables: dict[str, str]) -> int:
    return subprocess.run(command, env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
