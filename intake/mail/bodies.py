"""Which parts of a mail are its body, and what they say."""

import re
from dataclasses import dataclass, field

from intake.mail import charsets, plain, safety
from intake.mail.limits import Defects
from intake.mail.structure import Part
from intake.mail.transfer import UuFile

_PLAIN_TYPES = {
    "text/plain",
    "text/enriched",
    "text/richtext",
    "text/markdown",
    "text",
    "text/x-markdown",
}
_BODY_TYPES = _PLAIN_TYPES | {"text/html", "application/xhtml+xml"}
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_HTML_START = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.I)
_TAG = re.compile(r"<[a-zA-Z!/]")
_WORDS = re.compile(r"\w+")
_STUB_WORDS = 20
_STUB = re.compile(
    r"html|view (?:this|it) (?:e-?mail|message)? ?(?:in|online)|im browser|"
    r"dans (?:un|votre) navigateur|en (?:el|su) navegador|multi-?part message in mime|rich text|"
    r"cannot be displayed",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of the body, decoded and clean."""

    text: str
    is_html: bool


@dataclass(slots=True)
class Bodies:
    """The body as a reader of text sees it and as a reader of HTML does, both in mail order."""

    as_text: list[Piece] = field(default_factory=list)
    as_html: list[Piece] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    files: list[UuFile] = field(default_factory=list)
    signed: bool = False
    encrypted: bool = False


def filename_of(part: Part) -> str:
    """The name that a part states for itself, as it stands there."""
    given = part.disposition_parameters.get("filename") or part.parameters.get("name") or ""
    return given or part.disposition_parameters.get("name", "")


def read(root: Part, defects: Defects) -> Bodies:
    """The body. If no part claims to be it, the first text that is no attachment is taken."""
    reader = _Reader(root, defects)
    bodies = reader.bodies
    bodies.as_text = reader.pieces(root, prefer_html=False, alone=True)
    bodies.as_html = reader.pieces(root, prefer_html=True, alone=True)
    if not any(piece.text.strip() for piece in [*bodies.as_text, *bodies.as_html]):
        spare = next((part for part in root.walk() if _may_be_body(part)), None)
        if spare is not None:
            bodies.as_text = bodies.as_html = [reader.piece(spare)]
    return bodies


def is_stub(text: str, html_text: str) -> bool:
    """Whether a text only says that there is HTML, or is far from what the HTML says."""
    words = set(_WORDS.findall(text.lower()))
    html_words = _WORDS.findall(html_text.lower())
    if not words:
        return bool(html_words)
    if len(html_words) < _STUB_WORDS or len(words) * 3 > len(set(html_words)):
        return False
    shared = len(words & set(html_words)) / len(words)
    return shared < 0.6 or bool(_STUB.search(text))


class _Reader:
    """Reads each part once, though it is looked at for both views."""

    def __init__(self, root: Part, defects: Defects) -> None:
        self.bodies = Bodies()
        self._defects = defects
        self._read: dict[int, Piece] = {}
        labels = (part.parameters.get("charset", "") for part in root.walk())
        self._hint = next((label for label in labels if charsets.codec_of(label)), "")

    def pieces(
        self, part: Part, *, prefer_html: bool, alone: bool = False, named: bool = False
    ) -> list[Piece]:
        """The texts of a part. `alone`: it is the whole mail; `named`: a name makes it no file."""
        if not part.is_multipart:
            is_body = _is_body(part, allow_name=alone or named)
            return [self.piece(part)] if is_body else []
        if part.content_type == "multipart/alternative" or _are_alternatives(self, part):
            return self._alternative(part, prefer_html)
        if part.content_type == "multipart/related":
            return self._related(part, prefer_html)
        shown = [child for child in part.children if not _is_for_machines(part, child)]
        return [piece for child in shown for piece in self.pieces(child, prefer_html=prefer_html)]

    def piece(self, part: Part) -> Piece:
        """The decoded text of a leaf."""
        if id(part) not in self._read:
            self._read[id(part)] = self._decoded(part)
        self.bodies.used.add(id(part))
        return self._read[id(part)]

    def _alternative(self, part: Part, prefer_html: bool) -> list[Piece]:
        """The last form that has HTML, or the first that is text."""
        forms = [self.pieces(child, prefer_html=prefer_html, named=True) for child in part.children]
        filled = [form for form in forms if any(piece.text.strip() for piece in form)]
        if not filled:
            return []
        if prefer_html:
            rich = [form for form in filled if any(piece.is_html for piece in form)]
            return rich[-1] if rich else filled[0]
        return next((form for form in filled if not any(p.is_html for p in form)), filled[-1])

    def _related(self, part: Part, prefer_html: bool) -> list[Piece]:
        start = part.parameters.get("start", "").strip("<> ")
        root = part.children[0]
        for child in part.children:
            if (
                start
                and child.header("content-id").decode("ascii", "replace").strip("<> ") == start
            ):
                root = child
        found = self.pieces(root, prefer_html=prefer_html, named=True)
        if found:
            return found
        rest = (self.pieces(child, prefer_html=prefer_html) for child in part.children)
        return [piece for pieces in rest for piece in pieces]

    def _decoded(self, part: Part) -> Piece:
        raw = part.content(self._defects)
        label = part.parameters.get("charset", "")
        if part.content_type not in _PLAIN_TYPES:
            return Piece(self._html(raw, label), True)
        flowed = part.parameters.get("format", "").lower() == "flowed"
        delsp = part.parameters.get("delsp", "").lower() == "yes"
        read = plain.read(raw, label, flowed, delsp, self._hint, self._defects)
        self.bodies.files += read.files
        self.bodies.signed = self.bodies.signed or read.signed
        self.bodies.encrypted = self.bodies.encrypted or read.encrypted
        if _HTML_START.match(read.text):
            return Piece(safety.prepared(read.text, self._defects), True)
        if part.content_type in {"text/enriched", "text/richtext"}:
            return Piece(plain.unenriched(read.text), False)
        return Piece(read.text, False)

    def _html(self, raw: bytes, label: str) -> str:
        if not charsets.codec_of(label):
            meta = _META_CHARSET.search(raw[:4_096])
            label = meta.group(1).decode("ascii", "replace") if meta else label
        text = charsets.clean(charsets.decode(raw, label, self._defects, hint=self._hint))
        if not _TAG.search(text):  # plain text that calls itself HTML
            text = text.strip().replace("\n", "<br>\n")
        return safety.prepared(text, self._defects)


def _is_body(part: Part, *, allow_name: bool) -> bool:
    if part.content_type not in _BODY_TYPES or part.disposition == "attachment":
        return False
    return allow_name or not filename_of(part)


def _is_for_machines(part: Part, child: Part) -> bool:
    """Whether nobody reads this child: the ciphertext, or a report's parts after the first."""
    if part.content_type == "multipart/report":
        return child is not part.children[0]
    return part.content_type == "multipart/encrypted"


def _may_be_body(part: Part) -> bool:
    return not part.is_multipart and _is_body(part, allow_name=True)


def _are_alternatives(reader: _Reader, part: Part) -> bool:
    """Whether a text and an HTML beside each other say the same, as some senders put them."""
    leaves = [child for child in part.children if _is_body(child, allow_name=False)]
    types = sorted(child.content_type for child in leaves)
    if types != ["text/html", "text/plain"] or any(child.is_multipart for child in part.children):
        return False
    text, html = sorted((reader.piece(child) for child in leaves), key=lambda piece: piece.is_html)
    words = set(_WORDS.findall(text.text.lower()))
    in_html = set(_WORDS.findall(html.text.lower()))
    return len(words) > 3 and len(words & in_html) >= len(words) * 0.9
