"""Processes of an earlier start are found by process id and data folder, strangers are left."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.launch import cleanup, processes, program
from helpdesk.launch.places import Places, make_folders, places_of
from helpdesk.launch.waiting import holds_within

WAIT = "import signal; signal.pause()"
# Says the child's process id, then dies of SIGKILL as a killed worker does, leaving the child.
LEAVE_A_CHILD = (
    "import os, signal, sys\n"
    "child = os.fork()\n"
    "if child == 0: signal.pause()\n"
    "print(child, flush=True)\n"
    "os.kill(os.getpid(), signal.SIGKILL)\n"
)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    result = places_of(tmp_path / "my desk")
    make_folders(result)
    return result


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    children: list[subprocess.Popen[str]] = []
    yield children
    for child in children:
        child.kill()
        child.communicate()


def run(code: str, data: Path, started: list[subprocess.Popen[str]]) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-S", "-c", code],
        env={**os.environ, "HELPDESK_DATA": str(data)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    started.append(child)
    assert holds_within(5, lambda: is_executing(child.pid))
    return child


def is_executing(pid: int) -> bool:
    """Between fork and exec a process still looks like its parent."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes()
    return b"-S" in words or not processes.is_running(pid)


def note(places: Places, name: str, pid: int) -> None:
    places.pid_file(name).write_text(f"{pid}\n")


def test_a_process_of_this_data_folder_is_ended(
    places: Places, started: list[subprocess.Popen[str]]
) -> None:
    child = run(WAIT, places.data, started)
    note(places, "web", child.pid)

    assert cleanup.end_remains(places) == 1

    assert child.wait(5) != 0
    assert not places.pid_file("web").exists()


@pytest.mark.parametrize("other", ["", "-2", "/inner"])
def test_a_process_of_another_data_folder_is_left(
    places: Places, started: list[subprocess.Popen[str]], other: str
) -> None:
    """The process id was given to somebody else after a restart of the machine."""
    data = Path(f"{places.data}{other}") if other else Path("/elsewhere")
    child = run(WAIT, data, started)
    note(places, "web", child.pid)

    assert cleanup.end_remains(places) == 0

    assert child.poll() is None
    assert not places.pid_file("web").exists()


def test_children_of_a_killed_process_are_ended(
    places: Places, started: list[subprocess.Popen[str]]
) -> None:
    parent = run(LEAVE_A_CHILD, places.data, started)
    assert parent.stdout is not None
    orphan = int(parent.stdout.readline())
    parent.wait(5)
    note(places, "worker", parent.pid)

    assert cleanup.end_remains(places) == 1

    assert holds_within(5, lambda: not processes.is_running(orphan))


def test_a_restarted_program_ends_what_its_killed_predecessor_left(
    places: Places, started: list[subprocess.Popen[str]]
) -> None:
    parent = run(LEAVE_A_CHILD, places.data, started)
    assert parent.stdout is not None
    orphan = int(parent.stdout.readline())
    parent.wait(5)
    note(places, "web", parent.pid)

    program.end_orphans(places, "web")

    assert not processes.is_running(orphan)


def test_a_restarted_program_leaves_one_that_still_runs(
    places: Places, started: list[subprocess.Popen[str]]
) -> None:
    child = run(WAIT, places.data, started)
    note(places, "clock", child.pid)

    program.end_orphans(places, "clock")

    assert child.poll() is None


@pytest.mark.parametrize("text", ["", "web\n", "-1\n", "99999999\n"])
def test_a_damaged_or_old_process_id_file_is_removed(places: Places, text: str) -> None:
    places.pid_file("web").write_text(text)

    assert cleanup.end_remains(places) == 0

    assert not places.pid_file("web").exists()


def test_postgres_own_lock_goes_when_its_process_id_is_a_strangers(
    places: Places, started: list[subprocess.Popen[str]]
) -> None:
    stranger = run(WAIT, Path("/elsewhere"), started)
    lock = places.data / "pg" / "postmaster.pid"
    lock.parent.mkdir()
    lock.write_text(f"{stranger.pid}\n{places.data}/pg\n")

    cleanup.end_remains(places)

    assert not lock.exists()
    assert stranger.poll() is None


def test_postgres_own_lock_of_an_ended_process_is_left_to_postgres(places: Places) -> None:
    lock = places.data / "pg" / "postmaster.pid"
    lock.parent.mkdir()
    lock.write_text("99999999\n")

    cleanup.end_remains(places)

    assert lock.exists()
