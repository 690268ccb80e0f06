"""The connection facts of the last start, which `bin/manage` reads."""

import json
import os
from collections.abc import Mapping

from helpdesk.launch.places import Places

NAMES = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "HELPDESK_ENV",
    "HELPDESK_DATA",
    "HELPDESK_SECRET_KEY",
    "HELPDESK_PUBLIC_URL",
    "HELPDESK_PORT",
    "HELPDESK_WEB_PROCESSES",
    "HELPDESK_THREADS",
    "HELPDESK_EMBEDDED",
)


def write(places: Places, variables: Mapping[str, str]) -> None:
    """Kept for the owner alone: passwords and the secret key are among them."""
    known = {name: variables[name] for name in NAMES if name in variables}
    unfinished = places.facts.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(known, file, indent=1)
    unfinished.rename(places.facts)


def read(places: Places) -> dict[str, str]:
    """Empty when this data folder was never started."""
    try:
        found = json.loads(places.facts.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {name: found[name] for name in NAMES if isinstance(found.get(name), str)}
