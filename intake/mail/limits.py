"""How much of a mail is looked at, and which errors a guard may catch."""

import binascii
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import TypeVar

MAX_RAW = 25 * 1024 * 1024  # bytes of the whole mail
MAX_HEADERS = 1_000  # in one part
MAX_HEADER = 100_000  # bytes of one header
MAX_PARTS = 200
MAX_DEPTH = 20  # multiparts within multiparts
MAX_RECIPIENTS = 200  # in one header
MAX_REFERENCES = 100
MAX_HTML = 1_000_000  # characters
MAX_TEXT = 1_000_000  # characters
MAX_TAG_DEPTH = 1_000  # open elements; the cost of nesting grows with its square
MAX_REOPENED = 3_000_000  # open elements of formatting times all tags
MAX_DEFECTS = 50
MAX_SUBJECT = 1_000  # characters
MAX_NAME = 200  # characters of a display name

# What reading bytes of strangers may raise in our code and in the libraries below it. Each class is
# one that has been seen; MemoryError is left out, because the process is then no longer sound.
READ_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    binascii.Error,
    struct.error,
    zlib.error,
)

Value = TypeVar("Value")


class Defects:
    """The sentences that tell an agent what was wrong with a mail; each stands once."""

    def __init__(self) -> None:
        self._sentences: dict[str, None] = {}

    def add(self, sentence: str) -> None:
        if len(self._sentences) < MAX_DEFECTS:
            self._sentences[sentence] = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._sentences)


def guarded(read: Callable[[], Value], default: Value, defects: Defects, sentence: str) -> Value:
    """What `read` returns; or `default` with a recorded defect when it fails."""
    try:
        return read()
    except READ_ERRORS:
        defects.add(sentence)
        return default
