"""The browser the browser tests drive."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]


def find(*, may_install: bool) -> str:
    """The path of a Chromium that runs, or an empty string; says so when there is none."""
    found = os.environ.get("HELPDESK_CHROMIUM") or _installed()
    if found or not may_install:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _say("Installing Chromium for the browser tests (apt-get) ...")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-q"], INSTALL):
            subprocess.run(
                command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        found = _installed()
    if not found:
        _say("No Chromium was found and none could be installed: browser tests are skipped.")
    return found


def _installed() -> str:
    for name in NAMES:
        path = shutil.which(name)
        if path and _runs(path):
            return path
    return ""


def _runs(path: str) -> bool:
    """On some systems the name is a stub that only asks for another package."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
