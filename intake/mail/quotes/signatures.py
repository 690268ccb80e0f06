"""Signatures at the end of what somebody wrote."""
# ruff: noqa: RUF001 - letters and marks of other scripts are meant here

import re

from intake.mail.lines import Line, Role
from intake.mail.quotes import phrases

_DELIMITER = re.compile(r"[\s*]*(?:--|—|–|―|‐‐)[\s*]*")
_LONG_DELIMITER = re.compile(r"\s*(?:_{3,}|-{3,}|[—–―]{2,}|={5,}|\*{5,})\s*")
_REACHABLE = re.compile(
    r"[\w.+-]@[\w-]+\.\w|\+\d[\d ()/.-]{6,}|(?:tel|fon|phone|mobil)\w*\b\W{0,3}\d|www\.", re.I
)
_FIELD = re.compile(r"[^:]{1,30}:\s")
_MAX_CARD, _CARD_WIDTH = 10, 80  # lines, characters
_MAX_SIGNATURE = 25  # lines that are not blank
_SENT_FROM = re.compile(phrases.SENT_FROM, re.I)
_LIST_FOOTER = re.compile(phrases.LIST_FOOTER, re.I)
_DISCLAIMER = re.compile(phrases.DISCLAIMER, re.I)
_MAX_LINE = 1_000  # characters that are looked at
_LOOK_BACK = 6  # lines in which "Sent from my phone" stands
_LINK = re.compile(r"<https?://[^>]{1,300}>|\(https?://[^)]{1,300}\)|https?://\S{1,300}")


def without_signature(lines: list[Line]) -> list[Line]:
    """The lines up to the signature. What would leave nothing is not taken for one."""
    end = min(_delimited(lines), _marked(lines))
    return _trimmed(_without_sent_from(_trimmed(lines[:end])))


def is_appended(lines: list[Line]) -> bool:
    """Whether these lines, below a quote, are a footer or disclaimer and nobody's answer."""
    text = "\n".join(line.text[:_MAX_LINE] for line in lines[:_MAX_SIGNATURE])
    if _LIST_FOOTER.search(text):
        return True
    return bool(_DISCLAIMER.search(text)) and len(text) > 60


def _delimited(lines: list[Line]) -> int:
    """Where a line with only two hyphens stands; the last part of a mail, not a rule within it."""
    rest = sum(1 for line in lines if line.text)
    for number, line in enumerate(lines):
        rest -= bool(line.text)
        if rest > _MAX_SIGNATURE or len(line.text) > _MAX_LINE:
            continue
        if _DELIMITER.fullmatch(line.text) and line.role is Role.TEXT:
            return number
        if _LONG_DELIMITER.fullmatch(line.text) and _is_footer(lines[number + 1 :]):
            return number
    return len(lines)


def _is_footer(lines: list[Line]) -> bool:
    """Whether below a rule stands a list's footer, or somebody's card: short, with an address."""
    texts = [line.text[:_MAX_LINE] for line in lines if line.text]
    if _LIST_FOOTER.search("\n".join(texts[:5])):
        return True
    is_short = 0 < len(texts) <= _MAX_CARD and all(len(text) <= _CARD_WIDTH for text in texts)
    is_form = bool(texts) and _FIELD.match(texts[0]) is not None
    return is_short and not is_form and _REACHABLE.search("\n".join(texts)) is not None


def _marked(lines: list[Line]) -> int:
    """Where the client itself says that the signature begins, if only it follows."""
    end = len(lines)
    while end and (lines[end - 1].role is Role.SIGNATURE or not lines[end - 1].text):
        end -= 1
    return end if any(line.role is Role.SIGNATURE for line in lines[end:]) else len(lines)


def _without_sent_from(lines: list[Line]) -> list[Line]:
    """Without the line that a phone adds; below it only short remains of a signature may stand."""
    for number in range(max(len(lines) - _LOOK_BACK, 0), len(lines)):
        text = _without_link(lines[number])
        if len(text) <= 120 and _SENT_FROM.fullmatch(text) and _is_last(lines, number):
            return _without_delimiter(lines[:number])
    return lines


def _without_delimiter(lines: list[Line]) -> list[Line]:
    """Without the rule that a phone draws above its line."""
    lines = _trimmed(lines)
    return lines[:-1] if lines and _LONG_DELIMITER.fullmatch(lines[-1].text) else lines


def _is_last(lines: list[Line], number: int) -> bool:
    """Nothing follows, or only what belongs to it: a second such line, a link, a separator."""
    return all(
        not line.text
        or _SENT_FROM.fullmatch(_without_link(line))
        or not _without_link(line)
        or _LONG_DELIMITER.fullmatch(line.text)
        for line in lines[number + 1 :]
    )


def _without_link(line: Line) -> str:
    return _LINK.sub(" ", line.text[:_MAX_LINE]).strip()


def _trimmed(lines: list[Line]) -> list[Line]:
    """Without blank lines and bare separators at the end."""
    end = len(lines)
    while end and not lines[end - 1].text:
        end -= 1
    return lines[:end]
