"""The decision which lines of a mail are new."""
# ruff: noqa: RUF001 - letters and marks of other scripts are meant here

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby

from intake.mail.lines import Line, Role
from intake.mail.quotes import phrases, signatures, textrules

_FORWARD_SUBJECT = re.compile(
    rf"\s*(?:\[[^\]]{{1,60}}\]\s*)*(?:{phrases.FORWARD_PREFIX})\s*(?:\[\d+\])?\s*[:：]", re.I
)
_SEPARATOR = re.compile(r"\s*[-_=*~#]{3,}\s*|\s*\*{1,2}\s*")
_LOOKED_AT = 4_000  # lines in which an older mail is looked for
_NEAR = 12  # lines between an attribution and its quote
_LONG_QUOTED_LINE = 55  # characters; a client that wraps quotes does so beyond


class Kind(Enum):
    TEXT = "text"
    QUOTE = "quote"


@dataclass(slots=True)
class _Stretch:
    """Lines of one kind that stand together."""

    kind: Kind
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NewPart:
    """The lines that are new, and whether they hold a mail that is passed on."""

    lines: list[Line]
    forwarded: bool = False
    is_all: bool = False  # nothing was taken away, as far as we could see

    def is_empty(self) -> bool:
        return not any(line.text for line in self.lines)


def is_forward_subject(subject: str) -> bool:
    """Whether the outermost prefix of a subject says that a mail is passed on."""
    return _FORWARD_SUBJECT.match(subject) is not None


def find(lines: list[Line], *, subject: str = "") -> NewPart:
    """The new part; everything, if nothing would be left."""
    attributions = textrules.attributions(lines[:_LOOKED_AT])
    cut, forwarded = _first_old_line(lines, attributions, is_forward_subject(subject))
    if forwarded:
        above = signatures.without_signature(lines[:cut]) if cut < len(lines) else []
        return NewPart([*above, Line(""), *lines[cut:]] if above else lines, forwarded=True)
    hidden = {number for found in attributions for number in range(found.start, found.end)}
    stretches = _stretches(lines[:cut], hidden)
    new = NewPart(_chosen(stretches, cut < len(lines)))
    if new.is_empty():
        return NewPart(lines, is_all=True)
    return NewPart(
        new.lines, is_all=cut == len(lines) and all(s.kind is Kind.TEXT for s in stretches)
    )


def _first_old_line(
    lines: list[Line], attributions: list[textrules.Attribution], forward_subject: bool
) -> tuple[int, bool]:
    """Where an older mail begins that goes on to the end, and whether it was passed on."""
    sure = {
        found.start for found in attributions if found.strict and not _quote_below(lines, found)
    }
    starts = {found.start for found in attributions}
    first_quote = _first_free_quote(lines, min(starts, default=len(lines)))
    for number, line in enumerate(lines[:_LOOKED_AT]):
        if _begins_forward(line, is_first_quote=number == first_quote):
            return _with_separators(lines, number), True
        old = line.role is Role.CUT or number in sure or _begins_old(lines, number)
        if forward_subject and (old or number in starts):
            return _with_separators(lines, number), True
        if old:
            return _with_separators(lines, number), False
    return len(lines), forward_subject and any(line.quote for line in lines)


def _first_free_quote(lines: list[Line], attributed_from: int) -> int | None:
    """The first quoted line, unless the quote is attributed: then another passed it on."""
    first = next((number for number, line in enumerate(lines) if line.quote and line.text), None)
    return first if first is not None and first < attributed_from else None


def _begins_forward(line: Line, *, is_first_quote: bool) -> bool:
    """Whether a passed-on mail begins: its line stands free, or is the first of a quote."""
    if line.role is Role.FORWARD:
        return True
    if not line.text or (line.quote and not is_first_quote):
        return False
    return textrules.is_forward(line)


def _begins_old(lines: list[Line], number: int) -> bool:
    line = lines[number]
    if line.quote or not line.text:
        return False
    return (
        textrules.is_original(line)
        or textrules.is_reply_marker(line)
        or textrules.is_header_block(lines, number)
    )


def _quote_below(lines: list[Line], found: textrules.Attribution) -> bool:
    near = lines[found.end : found.end + _NEAR]
    below = next((line for line in near if line.text or line.role is Role.CUT), None)
    return below is not None and below.quote > 0


def _with_separators(lines: list[Line], number: int) -> int:
    """The first of the rules and blank lines that stand directly above."""
    start = number
    while start and (not lines[start - 1].text or _SEPARATOR.fullmatch(lines[start - 1].text)):
        if lines[start - 1].quote:
            break
        start -= 1
    return start


def _stretches(lines: list[Line], hidden: set[int]) -> list[_Stretch]:
    """Own text and quotes in turn; attributions belong to the quote below them."""
    kinds = [
        (Kind.QUOTE if line.quote or number in hidden else Kind.TEXT, line, number in hidden)
        for number, line in enumerate(lines)
    ]
    out: list[_Stretch] = []
    for kind, group in groupby(_blanks_with_neighbours(kinds), key=lambda item: item[0]):
        kept = [line for _, line, is_hidden in group if not is_hidden]
        out.append(_Stretch(kind, kept))
    return _without_broken_wraps(out)


def _blanks_with_neighbours(
    kinds: list[tuple[Kind, Line, bool]],
) -> Iterable[tuple[Kind, Line, bool]]:
    """Blank lines count to what stands above them."""
    current = Kind.TEXT
    for kind, line, is_hidden in kinds:
        if line.text or is_hidden:
            current = kind
        yield current, line, is_hidden


def _without_broken_wraps(stretches: list[_Stretch]) -> list[_Stretch]:
    """A quoted line that was wrapped without its mark belongs to the quote around it."""
    for before, here, after in zip(stretches, stretches[1:], stretches[2:], strict=False):
        single = len(here.lines) == 1 and here.kind is Kind.TEXT
        if single and _is_wrapped_rest(before, here.lines[0], after):
            here.kind = Kind.QUOTE
    merged: list[_Stretch] = []
    for stretch in stretches:
        if merged and merged[-1].kind is stretch.kind:
            merged[-1].lines += stretch.lines
        else:
            merged.append(stretch)
    return merged


def _is_wrapped_rest(before: _Stretch, line: Line, after: _Stretch) -> bool:
    if not before.lines or not before.lines[-1].text or not after.lines:
        return False
    long = len(before.lines[-1].text) >= _LONG_QUOTED_LINE
    return long and line.text[:1].islower() and len(line.text) < len(before.lines[-1].text)


def _chosen(stretches: list[_Stretch], something_below: bool) -> list[Line]:
    """Own text; with the quotes between, if they were answered one by one."""
    pieces = [
        _own_text(stretch, number, stretches, something_below)
        for number, stretch in enumerate(stretches)
    ]
    own = [
        number
        for number, stretch in enumerate(stretches)
        if stretch.kind is Kind.TEXT and pieces[number]
    ]
    if not own:
        return []
    quotes_before = own[0] > 0
    if len(own) == 1 and not (quotes_before and own[0] + 1 < len(stretches)):
        return pieces[own[0]]
    first = 0 if quotes_before else own[0]
    return _joined(pieces[first : own[-1] + 1])


def _own_text(
    stretch: _Stretch, number: int, stretches: list[_Stretch], something_below: bool
) -> list[Line]:
    if stretch.kind is Kind.QUOTE:
        return _trimmed(stretch.lines)
    lines = signatures.without_signature(stretch.lines)
    if number + 1 < len(stretches) or something_below:
        lines = _without_rules_below(lines)
    if number > 0 and number + 1 == len(stretches) and signatures.is_appended(lines):
        has_text_above = any(
            s.kind is Kind.TEXT and any(x.text for x in s.lines) for s in stretches[:number]
        )
        return [] if has_text_above else lines
    return _trimmed(lines)


def _without_rules_below(lines: list[Line]) -> list[Line]:
    end = len(lines)
    while end and (not lines[end - 1].text or _SEPARATOR.fullmatch(lines[end - 1].text)):
        end -= 1
    return lines[:end]


def _trimmed(lines: list[Line]) -> list[Line]:
    texts = [number for number, line in enumerate(lines) if line.text]
    return lines[texts[0] : texts[-1] + 1] if texts else []


def _joined(pieces: list[list[Line]]) -> list[Line]:
    out: list[Line] = []
    for piece in pieces:
        if piece and out:
            out.append(Line(""))
        out += piece
    return out
