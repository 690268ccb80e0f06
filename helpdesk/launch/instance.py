"""bin/start, second half: brings the instance up, waits, and stops it in order."""

import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from helpdesk.launch import cleanup, environment, facts, ports, postgres, redis_server, servers
from helpdesk.launch.bring_up import prepare_database, start_programs
from helpdesk.launch.options import start_parser
from helpdesk.launch.places import CHECKOUT, Places, make_folders, places_of
from helpdesk.launch.problem import Problem, told_in_one_line
from helpdesk.launch.progress import Progress
from helpdesk.launch.supervise import Supervisor

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> None:
    options = start_parser(CHECKOUT).parse_args()
    for number in STOP_SIGNALS:
        signal.signal(number, _interrupt)
    with told_in_one_line():
        places = places_of(options.data)
        make_folders(places)
        with only_start(places):
            run(places, port=options.port, demo=not options.no_demo)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


@contextmanager
def only_start(places: Places) -> Iterator[None]:
    """This process alone starts and stops the instance; Problem when another one does.

    The lock goes with the process, however it ends.
    """
    with (places.run / "start.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            running = facts.read(places).get("HELPDESK_PUBLIC_URL", "")
            raise Problem(
                f"Helpdesk is already running on {places.data} "
                f"(process {lock.read().strip()}, {running})."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def run(places: Places, *, port: int, demo: bool) -> None:
    """The instance runs until it is told to stop; Problem when it ends otherwise."""
    progress = Progress(sys.stdout)
    if ended := cleanup.end_remains(places):
        progress.say(f"Ended {ended} processes an earlier start had left behind.")
    ports.require_free(port)
    variables = environment.build(places, os.environ, kind="local", port=port)
    supervisor = Supervisor(places, variables)
    asked_to_stop = False
    try:
        _start_servers(places, variables, supervisor, progress)
        prepare_database(places, variables, progress, demo=demo)
        start_programs(places, variables, supervisor, progress)
        supervisor.wait()
    except KeyboardInterrupt:
        asked_to_stop = True
        progress.say("Stopping ...")
    finally:
        _stop(places, supervisor)
    if not asked_to_stop:
        raise Problem(f"The supervisor ended by itself, so Helpdesk has stopped; see {places.log}.")
    progress.say("Helpdesk has stopped.")


def _start_servers(
    places: Places, variables: dict[str, str], supervisor: Supervisor, progress: Progress
) -> None:
    embedded = variables["HELPDESK_EMBEDDED"].split()
    if embedded:
        progress.say("Starting " + " and ".join(TITLES[name] for name in embedded) + " ...")
    servers.prepare(places, variables)
    facts.write(places, variables)
    supervisor.start()
    for name in embedded:
        WAIT_READY[name](places, is_alive=supervisor.is_running)
    if "postgres" in embedded:
        postgres.ensure_roles(places)


TITLES = {"postgres": "PostgreSQL", "redis": "Redis"}
WAIT_READY = {"postgres": postgres.wait_ready, "redis": redis_server.wait_ready}


def _stop(places: Places, supervisor: Supervisor) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    supervisor.stop()
    cleanup.end_remains(places)
    shutil.rmtree(places.sockets, ignore_errors=True)


if __name__ == "__main__":
    main()
