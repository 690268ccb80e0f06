"""`python -m helpdesk.launch.program NAME`: writes NAME's pid file, then becomes that program.

The program keeps this process's id, so its pid file is right after every restart.
"""

import os
import sys
from pathlib import Path

from helpdesk.launch.places import places_of
from helpdesk.launch.programs import SERVERS, launch_of

# The servers run what they need and no more: no key of ours, no PG* variable of the shell.
SERVER_VARIABLES = ("HELPDESK_DATA", "PATH", "TZ")


def main(name: str) -> None:
    places = places_of(Path(os.environ["HELPDESK_DATA"]))
    launch = launch_of(name, places, os.environ)
    environment = {**os.environ, "HELPDESK_PROCESS": name}
    if name in SERVERS:
        environment = {key: os.environ[key] for key in SERVER_VARIABLES if key in os.environ}
    unfinished = places.run / f"{name}.pid.new"
    unfinished.write_text(f"{os.getpid()}\n", encoding="ascii")
    unfinished.rename(places.pid_file(name))
    os.chdir(launch.folder)
    if launch.user is not None:
        os.setgroups([])
        os.setgid(launch.user.gid)
        os.setuid(launch.user.uid)
    os.execve(launch.command[0], launch.command, environment)  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main(sys.argv[1])
