"""The lines of a body: what both plain text and HTML become before quotes are looked for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from intake.mail.dom import Node


class Role(Enum):
    """What the sender's client said of a line; most lines are just text."""

    TEXT = "text"
    ATTRIBUTION = "attribution"  # "On Monday, Jane wrote:"
    SIGNATURE = "signature"
    CUT = "cut"  # from here on it is an older mail
    FORWARD = "forward"  # from here on it is a mail that is passed on


@dataclass(slots=True)
class Line:
    """One line. `quote` counts the levels of quoting; `nodes` are what it was made of in HTML."""

    text: str
    quote: int = 0
    role: Role = Role.TEXT
    nodes: list[Node] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        return not self.text

    def shown(self) -> str:
        """The line with the marks of quoting."""
        return (">" * self.quote + " " + self.text).rstrip() if self.quote else self.text


_MARKS = re.compile(r"(?:>[ ]?)+")
_FROM_ESCAPE = re.compile(r">From ")


def from_text(text: str) -> list[Line]:
    """The lines of a plain text, its `>` marks counted."""
    return [_line(line.rstrip()) for line in text.split("\n")]


def shown(lines: Iterable[Line]) -> str:
    """The lines as text, without blank lines around it."""
    return "\n".join(line.shown() for line in lines).strip()


def _line(line: str) -> Line:
    marks = _MARKS.match(line)
    if not marks:
        return Line(line)
    if _FROM_ESCAPE.match(line):  # a mailbox file escaped the word, nobody quoted it
        return Line(line[1:])
    return Line(line[marks.end() :], marks.group().count(">"))
