"""The desk's own settings, read once per process and again when they change."""

import threading
import time

from core.models import Desk

_KEEP_S = 5.0
_cache: dict[str, tuple[float, Desk]] = {}
_lock = threading.Lock()


def current() -> Desk:
    """The desk's row, at most five seconds old; a desk with defaults before the first migration."""
    with _lock:
        found = _cache.get("desk")
        if found and time.monotonic() - found[0] < _KEEP_S:
            return found[1]
    desk = Desk.objects.filter(pk=1).first() or Desk()
    with _lock:
        _cache["desk"] = (time.monotonic(), desk)
    return desk


def forget() -> None:
    """Read the row again at the next call; whoever changes it calls this."""
    with _lock:
        _cache.clear()
