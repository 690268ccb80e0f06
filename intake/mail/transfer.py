"""From transfer encodings to bytes: base64, quoted-printable, uuencode. Damage is read over."""

import binascii
import re
from dataclasses import dataclass

from intake.mail.limits import Defects

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_MAX_PIECES = 1_000  # base64 texts put behind each other
_UU_BEGIN = re.compile(
    rb"^begin[ -]+(?:base64[ ]+)?([0-7]{3,4})[ ]+([^\r\n]{1,255}?)[ \t]*\r?$", re.M
)
_UU_END = re.compile(rb"^(?:end|====)[ \t]*\r?$", re.M)
_IDENTITY = {"", "7bit", "8bit", "binary", "none", "7-bit", "8-bit", "text", "utf-8", "us-ascii"}
_UU_NAMES = {"x-uuencode", "uuencode", "x-uue", "uue"}


@dataclass(frozen=True, slots=True)
class UuFile:
    """A file that stood uuencoded in a text, with its place there."""

    name: bytes
    content: bytes
    start: int
    end: int


def decode(raw: bytes, encoding: str, defects: Defects) -> bytes:
    """The bytes under a Content-Transfer-Encoding; an unknown one is taken for none."""
    name = encoding.split(";")[0].split("(")[0].strip().strip("\"'").lower()
    if name in {"base64", "b64", "base-64"}:
        return base64(raw, defects)
    if name in {"quoted-printable", "quoted_printable", "quotedprintable", "qp"}:
        return quoted_printable(raw)
    if name in _UU_NAMES:
        files = uu_files(raw)
        return files[0].content if files else raw
    if name not in _IDENTITY:
        shown = re.sub(r"[^!-~]+", "?", name[:40])
        defects.add(f"Unknown transfer encoding '{shown}'.")
    return raw


def base64(raw: bytes, defects: Defects) -> bytes:
    """Base64 with foreign characters left out and missing padding added.

    What follows padding is a piece of its own, as when encoded parts were put behind each other.
    """
    if raw.count(b" ") * 20 > len(raw):  # words, not base64
        defects.add("A part is not in base64, though it says so.")
        return raw
    pieces = raw.split(b"=") if raw.count(b"=") <= _MAX_PIECES else [raw]
    out: list[bytes] = []
    for piece in pieces:
        letters = piece.translate(None, _NOT_BASE64)
        if len(letters) % 4 == 1:  # one letter holds six bits of a byte: nothing
            defects.add("A base64 part is damaged.")
            letters = letters[:-1]
        out.append(binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)))
    return b"".join(out)


def quoted_printable(raw: bytes) -> bytes:
    """Quoted-printable; the standard decoder leaves what is no escape as it is."""
    return binascii.a2b_qp(raw)


def uu_files(raw: bytes) -> list[UuFile]:
    """The uuencoded files in a text, in order."""
    files: list[UuFile] = []
    position = 0
    while begin := _UU_BEGIN.search(raw, position):
        end = _UU_END.search(raw, begin.end())
        stop = end.start() if end else len(raw)
        content = _uu_lines(raw[begin.end() : stop], b"base64" in begin.group()[:20])
        if content:
            files.append(UuFile(begin.group(2), content, begin.start(), end.end() if end else stop))
        position = end.end() if end else stop
    return files


def _uu_lines(raw: bytes, is_base64: bool) -> bytes:
    if is_base64:
        return base64(raw, Defects())
    out = []
    for line in raw.splitlines():
        if not line.strip() or line[0] == 0x60:
            continue
        if not 0x20 <= line[0] <= 0x60:
            return b""  # a sentence that happened to begin with "begin"
        out.append(_uu_line(line))
    return b"".join(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # characters beyond the stated length, or padding that was cut off
        length = ((line[0] - 32) & 63) * 4 // 3 + 4
        try:
            return binascii.a2b_uu(line[:length].ljust(length))
        except binascii.Error:
            return b""
