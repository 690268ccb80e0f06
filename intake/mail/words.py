"""RFC 2047 encoded words, raw 8-bit text in headers, and the ways in which both come broken."""

import re
from dataclasses import dataclass

from intake.mail import charsets, transfer
from intake.mail.limits import Defects

# Blanks inside are against the rules and common; so is a second word that follows without one.
_WORD = re.compile(
    r"=\?([^?=\s]{1,60})\?([bBqQ])\?((?:(?!=\?[^?\s]{1,60}\?[bBqQ]\?)[^\n]){0,75000}?)\?="
)


@dataclass(slots=True)
class _Run:
    """Encoded words that belong together: what tears between them may be half a character."""

    charset: str
    kind: str
    pieces: list[str]


def decode(raw: bytes, defects: Defects, *, hint: str = "") -> str:
    """A header value as one line of clean text. `hint` is the charset of the mail's body."""
    text = raw.decode("ascii") if raw.isascii() and b"\x1b" not in raw else None
    if text is None:
        text = charsets.decode(raw, "", defects, hint=hint)
    text = re.sub(r"[\r\n]+[ \t]*", " ", text)
    if "=?" in text:
        text = _decoded(text, defects)
    return charsets.readable(text)


def _decoded(text: str, defects: Defects) -> str:
    out: list[str] = []
    run: _Run | None = None
    position = 0
    for word in _WORD.finditer(text):
        between = text[position : word.start()]
        charset, kind, content = word.groups()
        charset = charset.partition("*")[0]
        joins = run is not None and not between.strip() and run.charset == charset.lower()
        if run is not None and joins and run.kind == kind.lower():
            run.pieces.append(content)
        else:
            out.append(_text_of(run, defects))
            if run is None or between.strip():
                out.append(between)
            run = _Run(charset.lower(), kind.lower(), [content])
        position = word.end()
    return "".join([*out, _text_of(run, defects), text[position:]])


def _text_of(run: _Run | None, defects: Defects) -> str:
    if run is None:
        return ""
    raw = _base64(run.pieces, defects) if run.kind == "b" else b"".join(map(_q, run.pieces))
    return charsets.decode(raw, run.charset, defects)


def _base64(pieces: list[str], defects: Defects) -> bytes:
    """Pieces that were torn within four letters are joined before they are decoded."""
    out = b""
    pending = ""
    for piece in pieces:
        pending += re.sub(r"[^A-Za-z0-9+/=]", "", piece)
        if pending.endswith("=") or len(pending) % 4 == 0:
            out += transfer.base64(pending.encode("ascii"), defects)
            pending = ""
    return out + transfer.base64(pending.encode("ascii"), defects)


def _q(piece: str) -> bytes:
    raw = piece.replace("_", " ").encode("utf-8", "replace")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda match: bytes([int(match.group(1), 16)]), raw)
