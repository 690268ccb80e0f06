"""The parts of a mail, as slices of its bytes.

The standard parser recurses once per nested part and builds each part's text anew; a mail of three
thousand multiparts ends it, and an attached mail does not come out as it went in. So the few rules
of MIME framing stand here, without recursion and with limits, and nothing in them can raise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.mail import transfer
from intake.mail.limits import MAX_DEPTH, MAX_HEADER, MAX_HEADERS, MAX_PARTS, Defects
from intake.mail.params import Parameters, content_type_of, parameters

_HEADER = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_KNOWN_HEADER = re.compile(
    rb"(?:received|return-path|delivered-to|from|to|cc|subject|date|message-id|mime-version|reply-to|"
    rb"content-type|content-transfer-encoding|dkim-signature|authentication-results|x-[a-z0-9-]+|"
    rb"arc-[a-z-]+|sender|envelope-to|in-reply-to|references|importance)[ \t]*:",
    re.I,
)
_MBOX = re.compile(rb">?From [^\r\n:]")
_GARBAGE_LINES = 30
_BOUNDARY_LINE = re.compile(
    rb"^--([^\s-][^\r\n]{0,120}|-{1,60}[^\s-][^\r\n]{0,120})\r?\n(?=[\w-]+:|\r?\n)", re.M
)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_BOUNDARY_TAIL = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")


@dataclass(slots=True)
class Part:
    """One part: its headers in order (lower-case name, raw value) and the bytes of its body."""

    headers: list[tuple[str, bytes]]
    raw: bytes
    default_type: str = "text/plain"
    children: list["Part"] = field(default_factory=list)
    content_type: str = ""
    states_type: bool = False
    parameters: Parameters = field(default_factory=dict)
    disposition: str = ""
    disposition_parameters: Parameters = field(default_factory=dict)

    def __post_init__(self) -> None:
        value, self.parameters = parameters(self.header("content-type"))
        self.content_type = content_type_of(value, self.default_type)
        self.states_type = content_type_of(value, "") != ""
        value, self.disposition_parameters = parameters(self.header("content-disposition"))
        self.disposition = (
            value or self.header("content-disposition")[:10].decode("ascii", "replace")
        ).lower()

    def header(self, name: str) -> bytes:
        """The first header of that name, or nothing."""
        return next((value for key, value in self.headers if key == name), b"")

    def all_headers(self, name: str) -> list[bytes]:
        return [value for key, value in self.headers if key == name]

    @property
    def is_multipart(self) -> bool:
        return bool(self.children)

    @property
    def encoding(self) -> str:
        return self.header("content-transfer-encoding").decode("ascii", "replace")

    def content(self, defects: Defects) -> bytes:
        """The decoded bytes of the body."""
        return transfer.decode(self.raw, self.encoding, defects)

    def walk(self) -> Iterator["Part"]:
        """This part and all below it, in the order of the mail."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.children))


def read(raw: bytes, defects: Defects) -> Part:
    """The tree of parts. What lies beyond the limits stays in its parent, with a defect."""
    root = _part(_without_garbage(_with_line_feeds(raw)), "text/plain", defects)
    count = 1
    waiting = [(root, 0)]
    while waiting:
        part, depth = waiting.pop()
        if not part.content_type.startswith("multipart/"):
            continue
        if depth >= MAX_DEPTH:
            defects.add(f"Parts are nested more than {MAX_DEPTH} deep; the rest was not read.")
            continue
        pieces = _pieces(part, defects)[: MAX_PARTS - count + 1]
        if count + len(pieces) > MAX_PARTS:
            defects.add(f"There are more than {MAX_PARTS} parts; the rest was not read.")
            pieces = pieces[: MAX_PARTS - count]
        inner = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        part.children = [_part(piece, inner, defects) for piece in pieces]
        count += len(part.children)
        waiting.extend((child, depth + 1) for child in reversed(part.children))
    return root


def headers_of(raw: bytes) -> Part:
    """Only the headers of an attached or returned mail."""
    return _part(_without_garbage(raw.lstrip(b"\r\n")), "text/plain", Defects())


def _with_line_feeds(raw: bytes) -> bytes:
    """Line ends of old systems and of broken relays made ordinary ones."""
    if b"\n" not in raw:
        return raw.replace(b"\r", b"\n")
    return raw.replace(b"\r\r\n", b"\r\n")


def _without_garbage(raw: bytes) -> bytes:
    """Without what stands before the first header: a mark, blank lines, an mbox line, rubbish."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\x00")
    position = 0
    for _ in range(_GARBAGE_LINES):
        end = raw.find(b"\n", position)
        line = raw[position : end if end >= 0 else len(raw)]
        if _KNOWN_HEADER.match(line):
            return raw[position:]
        if position == 0 and _HEADER.match(line) and not _MBOX.match(line):
            return raw
        if end < 0 or (not line.strip() and position > 0 and not _MBOX.match(raw)):
            break
        position = end + 1
    return raw


def _part(raw: bytes, default_type: str, defects: Defects) -> Part:
    lines, body_at = _header_lines(raw)
    headers = []
    for line in lines[:MAX_HEADERS]:
        name, _, value = line.partition(b":")
        headers.append(
            (name.strip().lower().decode("ascii", "replace"), value.strip()[:MAX_HEADER])
        )
    if len(lines) > MAX_HEADERS:
        defects.add(f"There are more than {MAX_HEADERS} headers; the rest was not read.")
    if any(len(line) > MAX_HEADER for line in lines):
        defects.add("A header is longer than 100 kB; the rest of it was not read.")
    return Part(headers, raw[body_at:], default_type)


def _header_lines(raw: bytes) -> tuple[list[bytes], int]:
    """The unfolded header lines, and where the body begins."""
    lines: list[list[bytes]] = []
    position = 0
    while position < len(raw):
        end = raw.find(b"\n", position)
        end = len(raw) if end < 0 else end + 1
        line = raw[position:end].rstrip(b"\r\n")
        if not line:
            return _unfolded(lines), end
        if len(lines) > MAX_HEADERS:
            return _unfolded(lines), _after_blank_line(raw, position)
        if _HEADER.match(line):
            lines.append([line])
        elif lines and (line[0] in b" \t" or _is_torn(raw, end)):
            if not line.strip() and not _continues(raw, end):
                return _unfolded(lines), end
            lines[-1].append(line)
        elif lines or not _MBOX.match(line):
            return _unfolded(lines), position
        position = end
    return _unfolded(lines), position


def _after_blank_line(raw: bytes, position: int) -> int:
    blank = _BLANK_LINE.search(raw, position)
    return blank.end() if blank else len(raw)


def _unfolded(lines: list[list[bytes]]) -> list[bytes]:
    """Each header in one line; a fold is one blank."""
    return [
        b" ".join(piece.strip() for piece in line) if len(line) > 1 else line[0] for line in lines
    ]


def _continues(raw: bytes, position: int) -> bool:
    """Whether a header or its continuation stands here."""
    return raw[position : position + 1] in (b" ", b"\t") or _HEADER.match(raw, position) is not None


def _is_torn(raw: bytes, position: int) -> bool:
    """Whether a line without colon broke a header in two: more headers follow it directly."""
    return _KNOWN_HEADER.match(raw, position) is not None


def _pieces(part: Part, defects: Defects) -> list[bytes]:
    """The bytes between the boundaries of a multipart."""
    boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")
    if part.encoding.strip().lower() == "base64" and b"--" not in part.raw:
        part.raw = part.content(defects)  # against the rules, the whole was encoded
    pieces = _split(part.raw, boundary) if boundary else []
    if not pieces:
        guessed = _BOUNDARY_LINE.search(part.raw)
        if guessed:
            defects.add("The boundary between the parts is missing or wrong; it was guessed.")
            pieces = _split(part.raw, guessed.group(1).rstrip())
    if not pieces:
        defects.add("A multipart mail has no parts; its body is shown as text.")
        part.content_type = "text/plain"
    return pieces


def _split(raw: bytes, boundary: bytes) -> list[bytes]:
    pieces: list[bytes] = []
    start: int | None = None
    for at, end, closes in _marks(raw, boundary):
        if start is not None:
            pieces.append(_without_last_break(raw[start:at]))
        start = end
        if closes or len(pieces) > MAX_PARTS:
            return pieces
    if start is not None and raw[start:].strip():
        pieces.append(raw[start:])
    return pieces


def _marks(raw: bytes, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Each boundary line: where it begins, where what follows begins, whether it is the last."""
    line = b"--" + boundary
    at = raw.find(line)
    while at >= 0:
        tail = _BOUNDARY_TAIL.match(raw, at + len(line))
        if tail and (at == 0 or raw[at - 1] == 0x0A):
            yield at, tail.end(), bool(tail.group(1))
        at = raw.find(line, at + len(line))


def _without_last_break(raw: bytes) -> bytes:
    """The line end before a boundary belongs to the boundary."""
    return raw.removesuffix(b"\n").removesuffix(b"\r")
