"""How a stored body is shown: in the page, or in a frame of its own.

What is stored was sanitised when it was stored; nothing is sanitised here. The page's own
content policy forbids style attributes and remote pictures, so a body goes into the page only if
it is text: paragraphs, lists, quotes, links, plain tables. Colours and fonts are left out there.
Whatever has a layout of its own (pictures, tables in tables) gets the sandboxed frame.
This is the only module that calls stored text safe.
"""

import re
from dataclasses import dataclass

from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

# A longer body is not searched for its kind: it gets the frame.
INLINE_LIMIT = 60_000
_LINE = 84
_LINE_PX, _PICTURE_PX = 22, 140
_FRAME_PX = (120, 640)

_TEXT_TAGS = (
    "a|abbr|address|article|aside|b|bdi|bdo|big|blockquote|br|caption|center|cite|code|col|colgroup"
    "|dd|del|dfn|div|dl|dt|em|figcaption|figure|font|footer|h1|h2|h3|h4|h5|h6|header|hr|i|ins|kbd"
    "|li|main|mark|ol|p|pre|q|s|samp|section|small|span|strike|strong|sub|sup|table|tbody|td|tfoot"
    "|th|thead|time|tr|tt|u|ul|var|wbr"
)
_VALUE = r'(?:\s*=\s*"[^"]*")?'
_KEPT = (
    r'(?:href="(?:https?:|mailto:|tel:)[^"]*"'
    r'|(?:title|start|value|dir|lang|colspan|rowspan)="[^"]*")'
)
_DROPPED = (
    r"(?:style|class|id|name|align|valign|width|height|border|bgcolor|color|face|size|cellspacing"
    rf"|cellpadding|type|target|rel|datetime|nowrap|clear|cite|hspace|vspace|span){_VALUE}"
)
_TEXT_TAG = re.compile(rf"<(/?(?:{_TEXT_TAGS}))((?:\s+(?:{_KEPT}|{_DROPPED}))*)\s*/?>", re.I)
_ATTRIBUTE = re.compile(rf"\s+(?:({_KEPT})|{_DROPPED})", re.I)
_TABLE = re.compile(r"<(/?)table\b", re.I)
_REMOTE = re.compile(r"""<img\b[^>]*?\bsrc="https?:|url\(\s*(?:&quot;|['"])?https?:""", re.I)
_OWN_COLOURS = re.compile(r"\bbgcolor|\bcolor\b|background", re.I)
_NOTHING = SafeString("")


@dataclass(frozen=True, slots=True)
class Body:
    """A body as the page shows it: `html` in the page, or a frame of about `frame_px` height.

    `remote`: pictures that are fetched from elsewhere, so only when somebody asks for them.
    """

    html: SafeString = _NOTHING
    frame_px: int = 0
    remote: bool = False


def body(html: str, text: str) -> Body:
    """How to show it; the plain text if there is no HTML."""
    if not html.strip():
        return Body(html=SafeString(linebreaks(text.strip(), autoescape=True)))
    if len(html) > INLINE_LIMIT or _has_layout(html) or "<" in _TEXT_TAG.sub("", html):
        return Body(frame_px=_height(html, text), remote=has_remote_pictures(html))
    return Body(html=stored(_TEXT_TAG.sub(_without_looks, html)))


def stored(html: str) -> SafeString:
    """HTML that was sanitised when it was stored."""
    return mark_safe(html)  # noqa: S308 - sanitised on write


def has_own_colours(html: str) -> bool:
    """Whether it chooses colours itself, so that only white paper is sure to show it."""
    return bool(_OWN_COLOURS.search(html))


def has_remote_pictures(html: str) -> bool:
    """Whether looking at it whole would tell its sender so."""
    return bool(_REMOTE.search(html))


def quoted(whole: str, new_part: str, *, limit: int) -> str:
    """What a text holds beyond its new part, at most `limit` characters; empty if nothing."""
    whole, new_part = whole.strip(), new_part.strip()
    if not new_part or whole == new_part:
        return ""
    rest = whole[len(new_part) :] if whole.startswith(new_part) else whole
    return rest.strip()[:limit]


def _without_looks(tag: re.Match[str]) -> str:
    name, attributes = tag.groups()
    kept = _ATTRIBUTE.sub(lambda found: f" {found[1]}" if found[1] else "", attributes)
    if name.lower() == "a":
        kept += ' target="_blank" rel="noopener noreferrer nofollow"'
    return f"<{name}{kept}>"


def _has_layout(html: str) -> bool:
    """Tables in tables: a layout, not a table."""
    depth = 0
    for found in _TABLE.finditer(html):
        depth += -1 if found[1] else 1
        if depth > 1:
            return True
    return False


def _height(html: str, text: str) -> int:
    """A frame cannot tell its height without script: a guess from what is in it, in pixels."""
    lines = sum(1 + len(line) // _LINE for line in text.splitlines())
    lowest, highest = _FRAME_PX
    guess = lowest // 2 + lines * _LINE_PX + html.count("<img") * _PICTURE_PX
    return min(max(guess, lowest), highest)
