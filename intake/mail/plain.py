"""Plain text bodies: soft line breaks, armour of signatures, files that stand in the text."""

import re
from dataclasses import dataclass

from intake.mail import charsets, transfer
from intake.mail.limits import MAX_TEXT, Defects

_SIGNED = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z-]+: [^\n]*\n)*[ \t]*\n(.*?)"
    r"(?:^-----BEGIN PGP SIGNATURE-----.*?(?:^-----END PGP SIGNATURE-----[ \t]*(?:\n|\Z)|\Z)|\Z)",
    re.M | re.S,
)
_ENCRYPTED = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.M)
_QUOTE_MARKS = re.compile(r"^(>+)")


@dataclass(frozen=True, slots=True)
class PlainText:
    """A plain body as read, with the files that stood in it."""

    text: str
    files: tuple[transfer.UuFile, ...] = ()
    signed: bool = False
    encrypted: bool = False


def read(
    raw: bytes, charset: str, flowed: bool, delsp: bool, hint: str, defects: Defects
) -> PlainText:
    """The text of a plain part, line ends as \\n, trailing blanks gone."""
    files = transfer.uu_files(raw) if b"begin" in raw else []
    for file in reversed(files):
        raw = raw[: file.start] + raw[file.end :]
    text = charsets.clean(charsets.decode(raw[: MAX_TEXT * 4], charset, defects, hint=hint))
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        defects.add("The text is longer than 1 MB; the rest was left out.")
    signed = _SIGNED.search(text)
    if signed:
        body = re.sub(r"^- ", "", signed.group(1), flags=re.M)
        text = text[: signed.start()] + body + text[signed.end() :]
    if flowed:
        text = unflowed(text, delsp=delsp)
    lines = [line.rstrip() for line in text.replace("\xa0", " ").split("\n")]
    return PlainText("\n".join(lines), tuple(files), bool(signed), bool(_ENCRYPTED.search(text)))


def unflowed(text: str, *, delsp: bool) -> str:
    """Paragraphs of format=flowed in one line each (RFC 3676)."""
    out: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth, content = _stuffed(line)
        is_delimiter = content.rstrip() == "--"
        if open_depth == depth and not is_delimiter:
            out[-1] += content
        else:
            out.append((">" * depth + " " if depth else "") + content)
        is_open = content.endswith(" ") and not is_delimiter
        if is_open and delsp:
            out[-1] = out[-1][:-1]
        open_depth = depth if is_open else None
    return "\n".join(out)


def _stuffed(line: str) -> tuple[int, str]:
    """The depth of quoting, and the line without its marks and the blank that protects it."""
    marks = _QUOTE_MARKS.match(line)
    depth = len(marks.group(1)) if marks else 0
    content = line[depth:]
    return depth, content.removeprefix(" ")


def unenriched(text: str) -> str:
    """text/enriched without its commands."""
    text = re.sub(r"<param>.*?</param>", "", text, flags=re.S | re.I)
    text = re.sub(r"\n(\n*)", lambda match: match.group(1) or " ", text)
    return re.sub(r"</?[A-Za-z-]{1,60}>", "", text.replace("<<", "\x00")).replace("\x00", "<")
