"""bin/manage, second half: becomes manage.py with the facts of the instance."""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from helpdesk.launch import environment, facts
from helpdesk.launch.options import DEFAULT_DATA
from helpdesk.launch.places import CHECKOUT, Places, places_of
from helpdesk.launch.problem import Problem, told_in_one_line
from helpdesk.launch.servers import ANSWERS

# They read code, not rows: they work before the first start, too.
WITHOUT_DATABASE = {
    "",
    "check",
    "compilemessages",
    "diffsettings",
    "help",
    "makemessages",
    "version",
    "--help",
    "-h",
    "--version",
}


def main() -> None:
    with told_in_one_line():
        folder, command = split(sys.argv[1:], os.environ)
        variables = variables_for(places_of(folder), command, os.environ)
    python = [sys.executable, str(CHECKOUT / "manage.py"), *command]
    os.execve(sys.executable, python, variables)  # noqa: S606 - no shell wanted


def split(arguments: list[str], outer: Mapping[str, str]) -> tuple[Path, list[str]]:
    """The data folder, and what is meant for manage.py: no command of it has a `--data`."""
    rest = list(arguments)
    for place, argument in enumerate(arguments):
        if argument.startswith("--data="):
            del rest[place]
            return Path(argument.removeprefix("--data=")), rest
        if argument == "--data":
            if place + 1 == len(arguments):
                raise Problem("bin/manage: --data needs a folder, for example --data ./data.")
            del rest[place : place + 2]
            return Path(arguments[place + 1]), rest
    return Path(outer.get("HELPDESK_DATA") or str(CHECKOUT / DEFAULT_DATA)), rest


def variables_for(places: Places, command: list[str], outer: Mapping[str, str]) -> dict[str, str]:
    """The environment for the command; Problem when it needs servers that do not run."""
    name = command[0] if command else ""
    known = {**outer, **facts.read(places)}
    if "HELPDESK_EMBEDDED" not in known:
        # Never started: asking for help may not make anything in the data folder.
        known.setdefault("HELPDESK_SECRET_KEY", secrets.token_urlsafe(64))
        known = environment.build(places, known, kind="local")
    known["PYTHONPATH"] = str(CHECKOUT)
    if name not in WITHOUT_DATABASE:
        _require_running(places, known)
    if name == "migrate":
        known["HELPDESK_PROCESS"] = "migrate"
    return known


def _require_running(places: Places, variables: Mapping[str, str]) -> None:
    if "postgres" in variables["HELPDESK_EMBEDDED"].split() and not ANSWERS["postgres"](places):
        option = "" if places.data == CHECKOUT / DEFAULT_DATA else f" --data '{places.data}'"
        raise Problem(
            f"Helpdesk is not running on {places.data}. Start it first: bin/start{option}"
        )


if __name__ == "__main__":
    main()
