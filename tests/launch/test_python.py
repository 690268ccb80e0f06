"""The shell half of bin/: which Python it takes, and what it says when there is none."""

import shutil
import subprocess
from pathlib import Path

import pytest

from helpdesk.launch.places import CHECKOUT

OLD = """#!/bin/sh
case "$*" in
    *python_version*) echo 3.9.2 ;;
    *) exit 1 ;;
esac
"""
WITHOUT_VENV = """#!/bin/sh
case "$*" in
    *ensurepip*) exit 1 ;;
    *python_version*) echo 3.12.1 ;;
esac
"""
RECENT = """#!/bin/sh
case "$*" in
    *"-m helpdesk.launch"*) echo "$PYTHONPATH: $*" ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout without .venv, below a path with a space."""
    place = tmp_path / "my checkout"
    (place / "helpdesk" / "launch").mkdir(parents=True)
    shutil.copytree(CHECKOUT / "bin", place / "bin")
    shutil.copy(CHECKOUT / "helpdesk/launch/python.sh", place / "helpdesk/launch/python.sh")
    return place


def start(checkout: Path, **pythons: str) -> subprocess.CompletedProcess[str]:
    """Runs bin/start where the only Pythons are the scripts given."""
    programs = checkout / "programs"
    programs.mkdir()
    for name in ("sh", "dirname", "readlink"):
        (programs / name).symlink_to(shutil.which(name) or "")
    for name, script in pythons.items():
        path = programs / name.replace("_", ".")
        path.write_text(script)
        path.chmod(0o755)
    return subprocess.run(
        [checkout / "bin" / "start", "--port", "81 00"],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_python_is_one_line(checkout: Path) -> None:
    done = start(checkout)

    assert done.returncode == 1
    assert done.stderr == "Helpdesk needs Python 3.11 or newer, and python3 was not found.\n"


def test_a_python_that_is_too_old_is_one_line_with_its_version(checkout: Path) -> None:
    done = start(checkout, python3=OLD)

    assert done.returncode == 1
    assert done.stderr == "Helpdesk needs Python 3.11 or newer; python3 is 3.9.2.\n"


def test_a_python_without_venv_is_one_line_with_the_way_out(checkout: Path) -> None:
    done = start(checkout, python3=WITHOUT_VENV)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "3.12.1" in done.stderr
    assert "apt-get install python3-venv" in done.stderr


def test_a_newer_python_beside_an_old_one_is_taken(checkout: Path) -> None:
    done = start(checkout, python3=OLD, python3_12=RECENT)

    assert done.stdout == f"{checkout}: -P -m helpdesk.launch.start --port 81 00\n"


def test_the_checkouts_own_python_goes_first(checkout: Path) -> None:
    own = checkout / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text(RECENT)
    own.chmod(0o755)

    assert "helpdesk.launch.start" in start(checkout, python3=OLD).stdout
