"""Looking at processes and ending them, by process group."""

import os
import signal
from collections.abc import Iterable
from pathlib import Path

from helpdesk.launch.places import Places
from helpdesk.launch.waiting import holds_within

PROC = Path("/proc")


def read_pid(path: Path) -> int | None:
    """None for a missing or damaged file: 0 and below mean whole groups to the kernel."""
    try:
        pid = int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return pid if pid > 0 else None


def is_running(pid: int) -> bool:
    """Whether the process exists and has not ended already (a zombie has)."""
    try:
        state = (PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


def group_of(pid: int) -> list[int]:
    """`pid` and the running processes of the group it led, also after its own end."""
    members = []
    for entry in PROC.iterdir():
        if entry.name.isdigit() and is_running(int(entry.name)):
            try:
                led_by = os.getpgid(int(entry.name))
            except ProcessLookupError:
                continue
            if pid in (led_by, int(entry.name)):
                members.append(int(entry.name))
    return members


def belongs_to(places: Places, pid: int) -> bool:
    """Whether the process was started for this data folder.

    A process id alone proves nothing: after a restart of the machine it may be anybody's. Ours
    carry the data folder in their environment; Redis overwrites its own with a title, which
    names its socket.
    """
    try:
        environment = (PROC / str(pid) / "environ").read_bytes()
        title = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return False
    mark = b"HELPDESK_DATA=" + os.fsencode(places.data)
    return mark in environment.split(b"\0") or os.fsencode(places.redis_socket) in title


def send(pids: Iterable[int], signal_number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal_number)
        except (ProcessLookupError, PermissionError):
            continue


def wait_or_kill(pids: list[int], *, wait_s: float) -> None:
    """The processes have ended; those still running after `wait_s` were killed."""
    if not holds_within(wait_s, lambda: not any(map(is_running, pids))):
        send(filter(is_running, pids), signal.SIGKILL)
        holds_within(5, lambda: not any(map(is_running, pids)))
