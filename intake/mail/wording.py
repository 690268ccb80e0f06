"""The visible words of a body and their new part, out of its text and HTML forms."""

import re
from dataclasses import dataclass, field

from intake.mail import bodies, dom, htmltext, lines, safety
from intake.mail.bodies import Bodies, Piece
from intake.mail.dom import Node
from intake.mail.lines import Line
from intake.mail.quotes import clients, newpart
from intake.mail.quotes.newpart import NewPart

_PLACEHOLDER = re.compile(r"\[(?:cid|image): ?[^\]\n]{1,300}\]")
_LETTERS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` and `html_new` are the new part, `full_text` and `html` all that is visible."""

    text: str = ""
    full_text: str = ""
    html: str = ""
    html_new: str = ""
    forwarded: bool = False


@dataclass(slots=True)
class _Rendered:
    """A view of the body as lines; `pieces` are their trees, if HTML, and lines, in order."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[tuple[Node | None, list[Line]]] = field(default_factory=list)
    is_marked: bool = False

    @property
    def has_html(self) -> bool:
        return any(root is not None for root, _ in self.pieces)


def read(found: Bodies, subject: str) -> Wording:
    """What the body says, and which part of it is new."""
    as_html = _rendered(found.as_html)
    is_one = found.as_text == found.as_html
    as_text = as_html if is_one else _rendered(_without_placeholders(found.as_text))
    new_text = newpart.find(as_text.lines, subject=subject)
    new_html = newpart.find(as_html.lines, subject=subject) if as_html is not as_text else new_text
    full_text = lines.shown(as_text.lines)
    new, is_from_html = new_text, False
    if as_html is not as_text:
        full_html = lines.shown(as_html.lines)
        is_stub = bodies.is_stub(full_text, full_html)
        full_text = full_html if is_stub else full_text
        is_from_html = is_stub or _html_knows_better(new_text, new_html, as_html)
        new = new_html if is_from_html else new_text
    html = _html(found.as_html) if as_html.has_html else ""
    return Wording(
        text=lines.shown(new.lines),
        full_text=full_text,
        html=html,
        html_new=_html_of_new(as_html, new_html, html) if html else "",
        forwarded=new.forwarded,
    )


def _rendered(pieces: list[Piece]) -> _Rendered:
    out = _Rendered()
    for piece in pieces:
        found = lines.from_text(piece.text)
        root: Node | None = None
        if piece.is_html:
            root = dom.tree(piece.text)
            marks = clients.marks_of(root)
            out.is_marked = out.is_marked or bool(marks.roles or marks.quotes)
            found = htmltext.lines_of(root, marks.roles, frozenset(marks.quotes))
        out.pieces.append((root, found))
        out.lines += [*([Line("")] if out.lines else []), *found]
    return out


def _without_placeholders(pieces: list[Piece]) -> list[Piece]:
    """Texts without what clients write for a picture that only the HTML shows."""
    return [
        piece if piece.is_html else Piece(_PLACEHOLDER.sub("", piece.text), False)
        for piece in pieces
    ]


def _html_knows_better(text: NewPart, html: NewPart, rendered: _Rendered) -> bool:
    """The text form is what was written; the HTML form tells better what was quoted."""
    if text.is_empty() or html.is_empty():
        return text.is_empty()
    if _letters(text) == _letters(html) or html.is_all:
        return False
    return rendered.is_marked or text.is_all


def _letters(new: NewPart) -> list[str]:
    return _LETTERS.findall(" ".join(line.text for line in new.lines).lower())


def _html(pieces: list[Piece]) -> str:
    shown = (
        safety.sanitised(piece.text) if piece.is_html else safety.escaped(piece.text.strip("\n"))
        for piece in pieces
        if piece.text.strip()
    )
    return "\n".join(part for part in shown if part)


def _html_of_new(rendered: _Rendered, new: NewPart, html: str) -> str:
    """The HTML without the lines that are not new; all of it when nothing was taken away."""
    kept_lines = {id(line) for line in new.lines}
    dropped = [line for line in rendered.lines if id(line) not in kept_lines]
    if not any(line.text for line in dropped):
        return html
    kept = {id(node) for line in new.lines for node in line.nodes}
    gone = {id(node) for line in dropped for node in line.nodes} - kept
    shown: list[str] = []
    for root, of_piece in rendered.pieces:
        if root is not None:
            _prune(root, gone)
            shown.append(safety.sanitised(dom.serialised(root)))
        else:
            text = lines.shown(line for line in of_piece if id(line) in kept_lines)
            shown.append(safety.escaped(text) if text else "")
    return "\n".join(part for part in shown if part)


def _prune(root: Node, gone: set[int]) -> None:
    """Without these nodes, and without the elements that held nothing else."""
    for node in reversed(list(root.walk())):
        kept = [child for child in node.children if id(child) not in gone]
        if len(kept) < len(node.children) and not any(
            child.tag or child.text.strip() for child in kept
        ):
            gone.add(id(node))
        node.children = kept
