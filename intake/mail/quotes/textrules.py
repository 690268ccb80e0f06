"""Where an older mail begins in lines of text, by what mail programs write above it."""
# ruff: noqa: RUF001 - letters and marks of other scripts are meant here

import re
from dataclasses import dataclass

from intake.mail.lines import Line, Role
from intake.mail.quotes import phrases

_MAX_ATTRIBUTION = 400  # characters
_WRAPPED = 3  # lines before the last one
_HEADER_WINDOW = 14  # lines in which the headers of a quoted mail stand
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]")
_DECORATION = r"[\s*_>|]*"

_SEPARATED = r"[-‐‑–—_=~*#•·\s>]{2,60}"
_ORIGINAL = re.compile(rf"{_SEPARATED}(?:{phrases.ORIGINAL})\s*:?{_SEPARATED}", re.I)
_FORWARD = re.compile(
    rf"{_SEPARATED}(?:{phrases.FORWARDED})\b.{{0,120}}|[\s>*_]*(?:{phrases.FORWARD_BEGINS})\s*[:：]?[\s*_]*",
    re.I,
)
_MARKER = re.compile(rf"[\s#*_=~<>|/\\-]*(?:{phrases.REPLY_MARKER})[\s#*_=~<>|/\\.:-]*", re.I)

_HEADER_LABELS = (
    ("from", re.compile(rf"{_DECORATION}(?:{phrases.FROM})[\s*_]*[:：][\s*_]*(.*)", re.I)),
    ("date", re.compile(rf"{_DECORATION}(?:{phrases.DATE})[\s*_]*[:：][\s*_]*(.*)", re.I)),
    ("to", re.compile(rf"{_DECORATION}(?:{phrases.TO})[\s*_]*[:：][\s*_]*(.*)", re.I)),
    ("subject", re.compile(rf"{_DECORATION}(?:{phrases.SUBJECT})[\s*_]*[:：][\s*_]*(.*)", re.I)),
    ("other", re.compile(rf"{_DECORATION}(?:{phrases.OTHER})[\s*_]*[:：][\s*_]*(.*)", re.I)),
)
_ONE_LINE_HEADERS = re.compile(
    rf"{_DECORATION}(?:{phrases.FROM})\s*[:：].{{3,120}}?\s(?:{phrases.DATE})\s*[:：].{{3,80}}?"
    rf"\s(?:{phrases.TO}|{phrases.SUBJECT})\s*[:：]",
    re.I,
)
_ORANGE_HEADER = re.compile(r"[>\s]*Message du \d\d?/\d\d?/\d\d(?:\d\d)? \d\d?:\d\d", re.I)

_ENDS = re.compile(r"[:：][\s*_‬‏]*$|\bwrote\s*[-‐–—]{2,}\s*$|\bwrote\.?$", re.I)
_WROTE_AND_MORE = re.compile(rf".{{10,250}}?(?<!\w)(?:{phrases.WROTE})\s?[:：](?=\s+\S)", re.I)
_VERB = re.compile(rf"(?<!\w)(?:{phrases.WROTE})(?!\w)", re.I)
_NOSPACE_VERB = re.compile("写道|寫道|のメッセージ|書きました|님이 작성|작성|เขียนว่า|كتب|כתב")
_OPENER = re.compile(rf"[\s>*_-]*(?:{phrases.OPENER})(?![\w])", re.I)
_QUOTING = re.compile(rf"[\s>*_]*(?:{phrases.QUOTING})\s.{{2,120}}", re.I)
_EMAIL = re.compile(r"[\w.+=-]{1,64}@[\w.-]{1,200}\.\w{2,}")
_TIME = re.compile(r"(?<!\d)\d{1,2}\s?[:.h時点시]\s?\d{2}(?!\d)")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}(?!\d)")
_DAY = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_SENTENCE_END = re.compile(r"[.!?…]\s+\w+\s+\w+\s+\w+.*[:：]?$")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines that say who wrote what follows. A strict one is sure without `>` marks below it."""

    start: int
    end: int  # the first line after it
    strict: bool


def is_original(line: Line) -> bool:
    """ "-----Original Message-----" """
    return len(line.text) < 160 and _ORIGINAL.fullmatch(line.text) is not None


def is_forward(line: Line) -> bool:
    """ "---------- Forwarded message ---------" """
    return len(line.text) < 200 and _FORWARD.fullmatch(_BIDI.sub("", line.text)) is not None


def is_reply_marker(line: Line) -> bool:
    """The line above which our own mails ask to write."""
    return len(line.text) < 200 and _MARKER.fullmatch(line.text) is not None


def is_header_block(lines: list[Line], start: int) -> bool:
    """Whether the headers of another mail begin at this line.

    A sender, two more, and among their values an address, a time of day or a subject: a form that
    somebody filled in has less.
    """
    if _ORANGE_HEADER.match(lines[start].text) or _ONE_LINE_HEADERS.match(lines[start].text):
        return True
    if _label(lines[start].text) in (None, "other"):
        return False
    found: set[str] = set()
    strangers = 0
    values = ""
    for line in lines[start : start + _HEADER_WINDOW]:
        label = _label(line.text)
        strangers += bool(line.text) and label is None
        if strangers > 3:
            break
        if label is not None and label != "other":
            found.add(label)
            values += line.text + "\n"
    sure = "subject" in found or _EMAIL.search(values) or _TIME.search(values)
    return "from" in found and len(found) > 2 and bool(sure)


def attributions(lines: list[Line]) -> list[Attribution]:
    """All attribution lines outside of quotes, in order."""
    found: list[Attribution] = []
    for number, line in enumerate(lines):
        if line.role is Role.ATTRIBUTION or _runs_into_quote(line):
            found.append(Attribution(number, number + 1, True))
        elif line.text and not line.quote and line.role is Role.TEXT and _may_end(line.text):
            floor = found[-1].end if found else 0
            attribution = _ending_at(lines, number, floor)
            if attribution:
                found.append(attribution)
    return found


def _runs_into_quote(line: Line) -> bool:
    """Whether the quoted mail goes on in the very line that says who wrote it."""
    if line.quote or line.role is not Role.TEXT or not _OPENER.match(line.text):
        return False
    wrote = _WROTE_AND_MORE.match(line.text[:_MAX_ATTRIBUTION])
    if wrote is None or not _EMAIL.search(wrote.group()):
        return False
    return _strictness(wrote.group()) is True


def _label(text: str) -> str | None:
    if len(text) > 1_000 or (":" not in text and "：" not in text):
        return None
    return next((name for name, label in _HEADER_LABELS if label.match(text)), None)


def _may_end(text: str) -> bool:
    return len(text) <= _MAX_ATTRIBUTION and (
        _ENDS.search(text) is not None or _QUOTING.fullmatch(text) is not None
    )


def _ending_at(lines: list[Line], last: int, floor: int) -> Attribution | None:
    """The attribution that ends in this line: its longest form, as it may be wrapped."""
    best: Attribution | None = None
    first = last
    while first >= max(floor, last - _WRAPPED) and lines[first].text and not lines[first].quote:
        text = _BIDI.sub("", " ".join(line.text for line in lines[first : last + 1])).strip()
        if len(text) > _MAX_ATTRIBUTION:
            break
        strictness = _strictness(text)
        if strictness is not None and (best is None or _begins_well(lines[first].text)):
            best = Attribution(first, last + 1, strictness or (best is not None and best.strict))
        first -= 1
    return best if best is None or best.strict or _is_followed_by_quote(lines, last) else None


def _strictness(text: str) -> bool | None:
    """True: surely an attribution. False: one if a quote follows. None: none."""
    text = re.sub(r"[^\W0-9_a-zA-Z]", _western_digit, text)
    email = _EMAIL.search(text) is not None
    time = _TIME.search(text) is not None
    date = _DATE.search(text) is not None
    verb = _VERB.search(text) is not None or _NOSPACE_VERB.search(text) is not None
    if not _ENDS.search(text):
        return False if _QUOTING.fullmatch(text) else None
    if _SENTENCE_END.search(_EMAIL.sub("@", text)) and not (email and verb):
        return None
    if (email and date and (time or verb)) or (verb and date and time):
        return True
    if verb and (email or date or time or _OPENER.match(text)) and (email or _DAY.search(text)):
        return False
    return False if verb or (email and date) or _QUOTING.match(text) else None


def _western_digit(match: re.Match[str]) -> str:
    char = match.group()
    return str(int(char)) if char.isdecimal() else char


def _begins_well(text: str) -> bool:
    """Whether an attribution may begin with this line, rather than a sentence above it."""
    text = _BIDI.sub("", text)
    return bool(
        _OPENER.match(text) or _DATE.search(text) or _TIME.search(text) or _EMAIL.search(text)
    )


def _is_followed_by_quote(lines: list[Line], last: int) -> bool:
    following = (
        line for line in lines[last + 1 : last + 6] if line.text or line.role is not Role.TEXT
    )
    nearest = next(following, None)
    return nearest is not None and (nearest.quote > 0 or nearest.role is Role.CUT)
