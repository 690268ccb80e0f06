"""Structured header values: a value with parameters, in all the ways that they are written."""

import re
from urllib.parse import unquote_to_bytes

from intake.mail import charsets, words
from intake.mail.limits import Defects

Parameters = dict[str, str]

_MAX_PARAMETERS = 100
_PARAMETER = re.compile(
    rb"""[;\s]*([^\s=;"]{1,80})\s*=\s*("(?:\\.|[^"\\])*"?[^;]*|'[^';]*'|[^;]*)""", re.S
)
_QUOTED = re.compile(rb'"((?:\\.|[^"\\])*)"?', re.S)
_CONTINUED = re.compile(r"(.+?)\*(\d{1,3})?(\*)?$")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_BARE_TYPES = {
    "text": "text/plain",
    "html": "text/html",
    "plain": "text/plain",
    "pdf": "application/pdf",
}


def parameters(raw: bytes) -> tuple[str, Parameters]:
    """The value before the first semicolon, and the parameters by lower-case name."""
    value, _, rest = raw.partition(b";")
    if b"=" in value and b"/" not in value.split(b"=")[0]:  # the value itself is missing
        value, rest = b"", raw
    single: dict[str, bytes] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for match in list(_PARAMETER.finditer(rest))[:_MAX_PARAMETERS]:
        name = match.group(1).decode("ascii", "replace").lower()
        content = _unquoted(match.group(2).strip())
        continued = _CONTINUED.match(name)
        if continued:
            number = int(continued.group(2) or 0)
            extended = bool(continued.group(3)) or continued.group(2) is None
            pieces.setdefault(continued.group(1), {})[number] = (content, extended)
        else:
            single.setdefault(name, content)
    found = {name: _plain(content) for name, content in single.items()}
    found |= {name: _joined(parts) for name, parts in pieces.items()}
    return value.decode("utf-8", "replace").strip(), found


def content_type_of(value: str, default: str) -> str:
    """A lower-case type with subtype; what is none is the default."""
    lowered = value.strip().strip("\"'").lower()
    match = _TYPE.match(lowered)
    if match:
        return match.group()
    return _BARE_TYPES.get(lowered, default)


def _unquoted(raw: bytes) -> bytes:
    """Without quotes. A backslash escapes only quote and backslash: paths of Windows stay whole."""
    quoted = _QUOTED.match(raw)
    if quoted:
        return re.sub(rb'\\(["\\])', rb"\1", quoted.group(1))
    if len(raw) > 1 and raw[:1] == raw[-1:] == b"'":
        return raw[1:-1]
    return raw


def _plain(raw: bytes) -> str:
    """A parameter without RFC 2231: ASCII, raw 8-bit, or (against the rules) encoded words."""
    return words.decode(raw, Defects())


def _joined(parts: dict[int, tuple[bytes, bool]]) -> str:
    """An RFC 2231 value; the charset stands in the first piece and holds for all."""
    charset = ""
    content = b""
    for number in sorted(parts):
        piece, extended = parts[number]
        if extended and number == min(parts) and piece.count(b"'") >= 2:
            label, _, piece = piece.split(b"'", 2)
            charset = label.decode("ascii", "replace")
        content += unquote_to_bytes(piece) if extended else piece
    if not charset and b"=?" in content:
        return words.decode(content, Defects())
    return charsets.readable(charsets.decode(content, charset or "utf-8", Defects()))
