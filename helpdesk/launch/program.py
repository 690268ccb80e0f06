"""`python -m helpdesk.launch.program NAME [LABEL]`: writes a pid file, then becomes NAME.

The program keeps this process's id, so its pid file is right after every restart.
"""

import os
import signal
import sys
from pathlib import Path

from helpdesk.launch import processes
from helpdesk.launch.places import Places, places_of
from helpdesk.launch.programs import SERVERS, launch_of

# The servers run what they need and no more: no key of ours, no PG* variable of the shell.
SERVER_VARIABLES = ("HELPDESK_DATA", "PATH", "TZ")


def main(name: str, label: str) -> None:
    places = places_of(Path(os.environ["HELPDESK_DATA"]))
    launch = launch_of(name, places, os.environ)
    environment = {**os.environ, "HELPDESK_PROCESS": name}
    if name in SERVERS:
        environment = {key: os.environ[key] for key in SERVER_VARIABLES if key in os.environ}
    end_orphans(places, label)
    unfinished = places.run / f"{label}.pid.new"
    unfinished.write_text(f"{os.getpid()}\n", encoding="ascii")
    unfinished.rename(places.pid_file(label))
    os.chdir(launch.folder)
    if launch.user is not None:
        os.setgroups([])
        os.setgid(launch.user.gid)
        os.setuid(launch.user.uid)
    os.execve(launch.command[0], launch.command, environment)  # noqa: S606 - no shell wanted


def end_orphans(places: Places, label: str) -> None:
    """Children a killed predecessor left are killed: they may still hold its port or its work."""
    previous = processes.read_pid(places.pid_file(label))
    if previous is None or processes.is_running(previous):
        return
    orphans = [pid for pid in processes.group_of(previous) if processes.belongs_to(places, pid)]
    processes.send(orphans, signal.SIGKILL)
    processes.wait_or_kill(orphans, wait_s=5)


if __name__ == "__main__":
    main(sys.argv[1], (sys.argv[2:] or sys.argv[1:])[0])
