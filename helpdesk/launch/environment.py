"""The environment variables every process of an instance gets."""

import os
import secrets
import sys
from collections.abc import Mapping

from helpdesk.launch import postgres, redis_server
from helpdesk.launch.options import DEFAULT_PORT
from helpdesk.launch.places import CHECKOUT, Places
from helpdesk.launch.problem import Problem

DEFAULT_THREADS = 16
SERVER_URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def build(
    places: Places, outer: Mapping[str, str], *, kind: str, port: int = DEFAULT_PORT
) -> dict[str, str]:
    """`outer` completed with everything the processes read.

    A server named in `outer` by its URL is used; the others are embedded, and their names stand
    in HELPDESK_EMBEDDED.
    """
    result = dict(outer)
    embedded = []
    if not outer.get("DATABASE_URL"):
        embedded.append("postgres")
        result["DATABASE_URL"] = postgres.url(places, postgres.APPLICATION)
        result["DATABASE_OWNER_URL"] = postgres.url(places, postgres.OWNER)
    if not outer.get("REDIS_URL"):
        embedded.append("redis")
        result["REDIS_URL"] = redis_server.url(places)
    result["HELPDESK_EMBEDDED"] = " ".join(embedded)
    result.setdefault("HELPDESK_ENV", kind)
    result.setdefault("HELPDESK_PUBLIC_URL", f"http://127.0.0.1:{port}")
    result["HELPDESK_DATA"] = str(places.data)
    result["HELPDESK_PORT"] = str(port)
    result["HELPDESK_WEB_PROCESSES"] = str(count(outer, "HELPDESK_WEB_PROCESSES", 1))
    result["HELPDESK_THREADS"] = str(count(outer, "HELPDESK_THREADS", DEFAULT_THREADS))
    if not outer.get("HELPDESK_SECRET_KEY"):
        result["HELPDESK_SECRET_KEY"] = secret_key(places)
    result["PYTHONPATH"] = str(CHECKOUT)
    result["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), outer.get("PATH", "")])
    result.pop("PYTHONHOME", None)
    return result


def count(outer: Mapping[str, str], name: str, default: int) -> int:
    text = outer.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise Problem(f"{name} must be a whole number between 1 and 1000, not {text!r}.")
    return int(text)


def secret_key(places: Places) -> str:
    """The instance's key, made once and kept in the data folder for its owner alone."""
    path = places.data / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text(encoding="utf-8").strip()
        if len(key) >= 50:
            return key
        raise Problem(f"{path} holds no usable key; remove it to have a new one made.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        key = secrets.token_urlsafe(64)
        file.write(f"{key}\n")
    return key
