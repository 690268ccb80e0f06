"""Programs of one instance as child processes, without supervisor.

`bin/test`, the fault tests and `testenv` start, stop and kill PostgreSQL, Redis, workers, clocks
and the web server one by one through this class. `bin/start` leaves that to supervisor.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from helpdesk.launch import environment, postgres, postgres_home, processes, redis_server
from helpdesk.launch.options import DEFAULT_PORT
from helpdesk.launch.places import CHECKOUT, Places, make_folders, make_socket_folder, places_of
from helpdesk.launch.programs import SERVERS, program_of


class Servers:
    """The programs of the instance at `places`, each in a process group of its own."""

    def __init__(self, places: Places, variables: Mapping[str, str]) -> None:
        self.places = places
        self.environment = dict(variables)
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def embedded(self) -> list[str]:
        return self.environment["HELPDESK_EMBEDDED"].split()

    def start_embedded(self) -> None:
        """The embedded servers answer and the roles exist; Problem with the reason otherwise.

        Servers of this data folder that answer already are used as they are.
        """
        prepare(self.places, self.environment)
        for name in self.embedded:
            if not ANSWERS[name](self.places):
                self.start(name)
        for name in self.embedded:
            self.wait_ready(name)
        if "postgres" in self.embedded:
            postgres.ensure_roles(self.places)

    def start(self, name: str, label: str = "", **variables: str) -> int:
        """The program runs; its process id. `variables` complete its environment.

        `label` tells a second process of one kind from the first ("clock", label="clock-2").
        """
        label = label or name
        with self.places.log_file(label).open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "helpdesk.launch.program", name, label],
                env={**self.environment, **variables},
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._children[label] = child
        return child.pid

    def wait_ready(self, name: str) -> None:
        """Waits for `postgres` or `redis`; raises Problem when it does not come up."""
        child = self._children.get(name)
        WAIT_READY[name](self.places, is_alive=lambda: child is None or child.poll() is None)

    def is_running(self, label: str) -> bool:
        child = self._children.get(label)
        return child is not None and child.poll() is None

    def stop(self, label: str) -> None:
        """Asks the program to end as supervisor does, and kills its group when it does not."""
        child = self._children.pop(label, None)
        pid = child.pid if child else processes.read_pid(self.places.pid_file(label))
        if pid is None or not processes.belongs_to(self.places, pid):
            return
        program = program_of(label)
        members = processes.group_of(pid)
        processes.send([pid], program.stop_signal)
        processes.wait_or_kill(members, wait_s=program.stop_wait_s)
        if child:
            child.wait()

    def kill(self, label: str) -> None:
        """SIGKILL to the program and its children, as a crash would end them."""
        child = self._children.pop(label)
        processes.send(processes.group_of(child.pid), signal.SIGKILL)
        child.wait()

    def close(self) -> None:
        """Everything started here has ended, the servers last."""
        for label in sorted(self._children, key=lambda one: -program_of(one).order):
            self.stop(label)

    def stop_embedded(self) -> None:
        """The servers of this data folder have ended, whoever started them."""
        for name in reversed(SERVERS):
            self.stop(name)
        shutil.rmtree(self.places.sockets, ignore_errors=True)


ANSWERS: dict[str, Callable[[Places], bool]] = {
    "postgres": postgres.answers,
    "redis": redis_server.answers,
}
WAIT_READY = {"postgres": postgres.wait_ready, "redis": redis_server.wait_ready}


def prepare(places: Places, variables: Mapping[str, str]) -> None:
    """Folders, cluster and configuration are ready for the servers to be started."""
    if "postgres" not in variables["HELPDESK_EMBEDDED"].split():
        make_socket_folder(places, os.geteuid(), os.getegid())
        return
    home = postgres_home.find_home(places)
    make_socket_folder(places, home.user.uid, home.user.gid)
    connections = postgres.max_connections(
        int(variables["HELPDESK_WEB_PROCESSES"]), int(variables["HELPDESK_THREADS"])
    )
    postgres.prepare(home, places, connections=connections)


@contextmanager
def throw_away(outer: Mapping[str, str], *, port: int = DEFAULT_PORT) -> Iterator[Servers]:
    """Servers for tests on a new data folder; all of it is gone afterwards.

    Servers `outer` names are used; `without_servers` takes their names away.
    """
    # Not the default folder, so that TMPDIR cannot make it unreachable for `nobody`.
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-test-", dir="/tmp"))
    folder.chmod(0o711)
    servers = at(folder, outer, port=port)
    try:
        servers.start_embedded()
        yield servers
    finally:
        servers.close()
        servers.stop_embedded()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(
            postgres_home.STATE_FOLDER / f"helpdesk-{servers.places.hash}", ignore_errors=True
        )


def at(folder: Path, outer: Mapping[str, str], *, port: int = DEFAULT_PORT) -> Servers:
    """The servers for tests whose data stand in `folder`; nothing is started yet.

    Of `outer`, no setting of another instance is taken over.
    """
    places = places_of(folder)
    make_folders(places)
    clean = {name: value for name, value in outer.items() if not _is_setting(name)}
    return Servers(places, environment.build(places, clean, kind="test", port=port))


def without_servers(outer: Mapping[str, str]) -> dict[str, str]:
    """`outer` without the servers it names: a test that kills servers needs its own."""
    return {name: value for name, value in outer.items() if name not in environment.SERVER_URLS}


def _is_setting(name: str) -> bool:
    return name.startswith("HELPDESK_") and name != "HELPDESK_CHROMIUM"
