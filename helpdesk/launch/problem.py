"""Faults a person at the terminal can put right."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Problem(Exception):
    """Something a person at the terminal can put right, told in one sentence."""


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """A Problem ends the program with its sentence, Ctrl-C ends it without one."""
    try:
        yield
    except Problem as problem:
        sys.stdout.flush()
        sys.stderr.write(f"{problem}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
