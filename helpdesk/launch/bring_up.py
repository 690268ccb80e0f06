"""From answering servers to the ready line: schema, demo data, programs."""

import http.client
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from helpdesk.launch import ports
from helpdesk.launch.places import CHECKOUT, Places
from helpdesk.launch.problem import Problem
from helpdesk.launch.progress import Progress
from helpdesk.launch.supervise import Supervisor
from helpdesk.launch.waiting import STEP_S

DESK = ("web", "worker", "clock")
READY_TIMEOUT_S = 60.0
# A program that was started this often within the wait will not come up by more waiting.
STARTS_AT_MOST = 3
TAIL_LINES = 15
WAYS_OUT = {"demo": " To start without demo data: bin/start --no-demo."}


def prepare_database(
    places: Places, variables: dict[str, str], progress: Progress, *, demo: bool
) -> None:
    """The schema is this version's; on a first start the demo data are in.

    The first start is over only when the demo has ended, so a start killed on the way is
    continued by the next one.
    """
    first_start_done = places.data / "first-start.done"
    is_first = not first_start_done.exists()
    if is_first:
        progress.say("Creating the tables ...")
    # The checks of settings and code are for who changes them (bin/test); here they cost a second.
    manage(places, variables, "migrate", "--no-input", "--skip-checks")
    if is_first:
        if demo and variables["HELPDESK_ENV"] != "production":
            progress.say("Filling in the demo company ...")
            manage(places, variables, "demo")
        first_start_done.touch()


def start_programs(
    places: Places, variables: dict[str, str], supervisor: Supervisor, progress: Progress
) -> None:
    """Web, worker and clock run, and the ready line with who can sign in has been told.

    Raises Problem with the end of the log of what does not come up.
    """
    progress.say("Starting web, worker and clock ...")
    for name in DESK:
        supervisor.start_program(name)
    with ThreadPoolExecutor(max_workers=1) as beside:
        report = beside.submit(manage, places, variables, "start_report")
        _wait_ready(places, int(variables["HELPDESK_PORT"]), supervisor)
        who_can_sign_in = report.result()
    progress.say(f"Helpdesk is ready on http://{ports.HOST}:{variables['HELPDESK_PORT']}")
    progress.say(who_can_sign_in.rstrip())


def _wait_ready(places: Places, port: int, supervisor: Supervisor) -> None:
    pids: dict[str, set[int]] = {name: set() for name in DESK}
    end = time.monotonic() + READY_TIMEOUT_S
    while (answer := readiness(port)) != "":
        for name, seen in pids.items():
            seen.add(supervisor.pid_of(name))
            if len(seen - {0}) > STARTS_AT_MOST:
                raise Problem(f"{name} ends as soon as it starts.\n{tail(places.log_file(name))}")
        if time.monotonic() > end:
            raise Problem(
                f"Helpdesk is not ready after {READY_TIMEOUT_S:.0f} s: {answer}\n"
                f"{tail(places.log_file('web'))}"
            )
        time.sleep(STEP_S)


def readiness(port: int) -> str:
    """Empty when /readyz says yes, else what it says or why it cannot be asked."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = response.read(2000).decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return f"the web server does not answer ({error})."
    finally:
        connection.close()
    return "" if response.status == http.HTTPStatus.OK else f"/readyz answers {body}"


def manage(places: Places, variables: dict[str, str], name: str, *arguments: str) -> str:
    """Runs a command of manage.py as the owner of the schema; what it printed.

    Its messages go to log/<name>.log. Raises Problem with the last of them when it fails.
    """
    log = places.log_file(name)
    with log.open("wb") as errors:
        done = subprocess.run(
            [sys.executable, CHECKOUT / "manage.py", name, *arguments],
            env={**variables, "HELPDESK_PROCESS": "migrate" if name == "migrate" else "web"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            check=False,
        )
    if done.returncode != 0:
        raise Problem(f"manage.py {name} failed.{WAYS_OUT.get(name, '')}\n{tail(log)}")
    return done.stdout.decode("utf-8", "replace")


def tail(log: Path) -> str:
    """The end of a log with its place, for a person who must find out what is wrong."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL_LINES:]
    except OSError:
        lines = []
    return "\n".join([*(f"  {line}" for line in lines), f"The whole log: {log}"])
