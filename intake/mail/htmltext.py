"""HTML as the lines that a reader sees."""

import re
import unicodedata
from collections.abc import Mapping

from intake.mail.dom import Node
from intake.mail.lines import Line, Role
from intake.mail.sets import listed

_BLOCKS = listed(
    "address article aside blockquote center dd details div dl dt fieldset figcaption figure",
    "footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section signature summary table",
    "tbody tfoot thead tr ul caption",
)
_SPACED = listed("p h1 h2 h3 h4 h5 h6 ul ol dl blockquote pre hr")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|"
    r"max-height\s*:\s*0(?:px|pt)?\s*(?:!|;|$)|"
    r"opacity\s*:\s*0(?:\.0*)?\s*(?:!|;|$)",
    re.I,
)
_NO_MARGIN = re.compile(
    r"margin\s*:\s*0(?:px|pt|cm|in|em)?\s*(?:!|;|$)|margin\s*:\s*0(?:px|pt|cm|in|em)?\s+\S+\s+0?\.?0*1?(?:px|pt|cm|in|em)?"
    r"|margin-bottom\s*:\s*0?\.?0*1?(?:px|pt|cm|in|em)?\s*(?:!|;|$)",
    re.I,
)
_WORD_PARAGRAPH = re.compile(
    r"(?:^|\s)(?:x_)*(?:m_-?\d+)?Mso(?:Normal|PlainText|NoSpacing|ListParagraph)", re.I
)
_KEPT_SPACES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.I)
_WORD_BULLET = re.compile(r"[·•§▪o][\xa0 ]{2,}")
_SPACES = re.compile(r"[ \t\n\r\f]+")
# Fillers that have no width: they pad previews and break words, and nobody sees them.
_NO_WIDTH = re.compile("[\u200b\u00ad\u034f\u2060\u2061-\u2064\ufeff]")


class _Renderer:
    """Collects lines while the tree is walked."""

    def __init__(self, roles: Mapping[int, Role], quotes: frozenset[int]) -> None:
        self.lines: list[Line] = []
        self._roles = roles
        self._quotes = quotes
        self._pieces: list[tuple[str, Node]] = []
        self._gap = False
        self._quote = 0
        self._preformatted = 0
        self._role: list[Role] = []
        self._lists: list[int | None] = []
        self._bullet = ""

    def enter(self, node: Node) -> None:
        if not node.tag:
            self._text(node)
            return
        if node.tag == "img":
            self._pieces.append((_emoji(node), node))
        elif node.tag == "br":
            self._pieces.append(("", node))
            self.end_line(blank=True)
        elif node.tag in {"td", "th"} and any(text.strip() for text, _ in self._pieces):
            self._pieces.append(("\t", node))
        if node.tag in _BLOCKS:
            self._open_block(node)
        self._preformatted += _keeps_spaces(node)
        self._mark(node)

    def leave(self, node: Node) -> None:
        if node.tag in _BLOCKS:
            self.end_line()
            self._close_block(node)
        self._preformatted -= _keeps_spaces(node)
        if id(node) in self._quotes:
            self.end_line()
            self._quote -= 1
        if self._roles.get(id(node)) not in (None, Role.CUT):
            self.end_line()
            self._role.pop()

    def end_line(self, *, blank: bool = False) -> None:
        """What was collected becomes a line; nothing does so only if wanted or a spacing."""
        text = "".join(piece for piece, _ in self._pieces)
        nodes = [node for _, node in self._pieces]
        if not self._preformatted:
            text = text.strip(" \t\n")
        is_spacer = "\xa0" in text
        text = _WORD_BULLET.sub("- ", text, count=1) if text[:1] in "·•§▪o" else text
        text = text.replace("\xa0", " ").rstrip()
        self._pieces = []
        if not text:
            if blank or is_spacer:
                self._add(Line("", self._quote, self._current(), nodes))
            elif nodes and self.lines:
                self.lines[-1].nodes += nodes
            elif nodes:
                self.lines.append(Line("", self._quote, self._current(), nodes))
            return
        if self._gap and self.lines:
            self._add(Line("", min(self._quote, self.lines[-1].quote)))
        self._gap = False
        for number, part in enumerate(text.split("\n")):
            self._add(
                Line(part.rstrip(), self._quote, self._current(), nodes if not number else [])
            )

    def _add(self, line: Line) -> None:
        if (
            line.is_blank
            and self.lines
            and self.lines[-1].is_blank
            and self.lines[-1].role != Role.CUT
        ):
            self.lines[-1].nodes += line.nodes
            return
        self.lines.append(line)

    def _current(self) -> Role:
        return self._role[-1] if self._role else Role.TEXT

    def _text(self, node: Node) -> None:
        text = _NO_WIDTH.sub("", node.text)
        if not self._preformatted:
            text = _SPACES.sub(" ", text)
            if text.startswith(" ") and (
                not self._pieces or self._pieces[-1][0].endswith((" ", "\t"))
            ):
                text = text[1:]
        if self._bullet and text.strip():
            text = self._bullet + text
            self._bullet = ""
        self._pieces.append((text, node))

    def _open_block(self, node: Node) -> None:
        self.end_line()
        self._gap = self._gap or _is_spaced(node, bool(self._lists))
        if node.tag in {"ul", "ol"}:
            self._lists.append(_start(node) if node.tag == "ol" else None)
        elif node.tag == "li":
            self._bullet = self._next_bullet()

    def _close_block(self, node: Node) -> None:
        if node.tag in {"ul", "ol"}:
            self._lists.pop()
        elif node.tag == "li":
            self._bullet = ""
        self._gap = self._gap or _is_spaced(node, bool(self._lists))

    def _next_bullet(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "- "
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{number}. "

    def _mark(self, node: Node) -> None:
        role = self._roles.get(id(node))
        if role is not None:
            self.end_line()
            if role is Role.CUT:
                self._add(Line("", self._quote, Role.CUT, [node] if node.tag == "hr" else []))
            else:
                self._role.append(role)
        if id(node) in self._quotes:
            self.end_line()
            self._quote += 1


def lines_of(root: Node, roles: Mapping[int, Role], quotes: frozenset[int]) -> list[Line]:
    """The visible lines. `roles` and `quotes` are keyed by the identity of nodes.

    If a mail hides all that it says, what it hides is shown.
    """
    lines = _rendered(root, roles, quotes, hide=True)
    if not any(line.text for line in lines):
        lines = _rendered(root, roles, quotes, hide=False)
    return lines


def _rendered(
    root: Node, roles: Mapping[int, Role], quotes: frozenset[int], *, hide: bool
) -> list[Line]:
    renderer = _Renderer(roles, quotes)
    hidden: Node | None = None
    for entering, node in root.steps():
        if hidden is not None:
            hidden = None if node is hidden and not entering else hidden
        elif entering and hide and _is_hidden(node):
            hidden = node
        elif entering:
            renderer.enter(node)
        else:
            renderer.leave(node)
    renderer.end_line()
    return renderer.lines


def _is_hidden(node: Node) -> bool:
    if not node.attrs:
        return False
    return "hidden" in node.attrs or bool(_HIDDEN.search(node.attrs.get("style", "")))


def _keeps_spaces(node: Node) -> bool:
    """Whether blanks and line ends in it are shown as they stand."""
    return node.tag == "pre" or bool(_KEPT_SPACES.search(node.attrs.get("style", "")))


def _is_spaced(node: Node, in_list: bool) -> bool:
    """Whether it stands apart by a blank line; paragraphs of Word bring their own blank ones."""
    if node.tag not in _SPACED or (in_list and node.tag in {"ul", "ol", "p"}):
        return False
    is_tight = _WORD_PARAGRAPH.search(node.attrs.get("class", "")) or _NO_MARGIN.search(
        node.attrs.get("style", "")
    )
    return node.tag != "p" or not is_tight


def _start(node: Node) -> int:
    start = node.attrs.get("start", "")
    return int(start) if start.isdecimal() and len(start) < 6 else 1


def _emoji(node: Node) -> str:
    """The alternative text of a picture if it stands for a character."""
    alt = node.attrs.get("alt", "")
    if 0 < len(alt) <= 8 and all(
        unicodedata.category(char) in {"So", "Sk", "Mn", "Cf", "Me"} for char in alt
    ):
        return alt
    return ""
