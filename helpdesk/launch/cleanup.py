"""What a killed instance left behind is ended before the next start, and nothing else is."""

import signal

from helpdesk.launch import processes
from helpdesk.launch.places import Places
from helpdesk.launch.programs import PROGRAMS
from helpdesk.launch.waiting import holds_within

SUPERVISOR = "supervisord"


def end_remains(places: Places) -> int:
    """No process started for this data folder is left; how many there were.

    The supervisor goes first and by SIGKILL, or it would start the others again. PostgreSQL
    goes last, when nobody uses it any more.
    """
    found = {name: _remains_of(places, name) for name in _names(places)}
    supervisor = found.pop(SUPERVISOR, [])
    processes.send(supervisor, signal.SIGKILL)
    last = {name: found.pop(name) for name in ("redis", "postgres") if name in found}
    clients = [pid for pids in found.values() for pid in pids]
    processes.send(clients, signal.SIGTERM)
    processes.wait_or_kill(clients, wait_s=5)
    for name, pids in last.items():
        processes.send(pids, PROGRAMS[name].stop_signal)
        processes.wait_or_kill(pids, wait_s=PROGRAMS[name].stop_wait_s)
    for path in places.run.glob("*.pid"):
        path.unlink()
    _forget_reused_lock(places)
    return len(supervisor) + len(clients) + sum(map(len, last.values()))


def _names(places: Places) -> list[str]:
    return sorted(path.stem for path in places.run.glob("*.pid"))


def _remains_of(places: Places, name: str) -> list[int]:
    pid = processes.read_pid(places.pid_file(name))
    if pid is None:
        return []
    return [each for each in processes.group_of(pid) if processes.belongs_to(places, each)]


def _forget_reused_lock(places: Places) -> None:
    """PostgreSQL's own lock file goes when its process id belongs to a stranger by now.

    PostgreSQL sees only that such a process runs, and would refuse to start for ever. Of a
    process that has ended it takes care by itself.
    """
    lock = places.postgres_cluster() / "postmaster.pid"
    if not lock.exists():
        return
    words = lock.read_text(encoding="utf-8", errors="replace").split()
    pid = int(words[0]) if words and words[0].isdigit() else 0
    if not processes.is_running(pid):
        return
    if processes.belongs_to(places, pid):
        processes.send([pid], signal.SIGINT)
        holds_within(PROGRAMS["postgres"].stop_wait_s, lambda: not processes.is_running(pid))
    else:
        lock.unlink()
