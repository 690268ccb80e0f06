"""What mail programs tell in their HTML: which elements are quotes, headers of them, signatures."""
# ruff: noqa: RUF001 - letters and marks of other scripts are meant here

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from intake.mail.dom import Node
from intake.mail.lines import Role
from intake.mail.quotes import phrases
from intake.mail.sets import listed

# Names of classes, ids and name attributes, after `_bare` took off what relays put before them.
# The quoted mail as a whole, whatever is in it.
_QUOTE_NAMES = listed(
    "yahoo_quoted yahooquoted yahoo-quoted-text protonmail_quote tutanota_quote zmail_extra",
    "mail-editor-reference-message-container ms-outlook-mobile-reference-message",
    "olk_src_body_section quoted-content nylas-quote mailru-blockquote front-blockquote",
    "missive_quote cm_quote superhuman_quote sh-quoted freshdesk_quote applemailoriginalcontents",
    "isreplycontent qmbox messagereplysection airmail_ext_quote edo_quote bloop_original_html",
    "blockquote_zmail replycontent clean_bq aqm-original-body k9mail-quote wmquote hs_reply",
    "spark_quote hey_quoted canary_quote quoted_reply mb_quote skiff_quote",
)
# An empty or short element above the quoted mail, which is all that follows.
_CUT_NAMES = listed(
    "divrplyfwdmsg appendonsend outlookmessageheader stopspelling zwchr _mailoriginal",
    "hotmail-reply-header previousmessage replyseparator",
)
_ATTRIBUTION_NAMES = listed(
    "gmail_attr moz-cite-prefix airmail_on reply-intro yahoo_quoted_begin spark_attribution",
)
_SIGNATURE_NAMES = listed(
    "dab4fad8-2dd7-40bb-a1b8-4e2aa1f9fdf2",  # the advertisement of a virus scanner
    "gmail_signature gmail_signature_prefix moz-signature moz-txt-sig signature",
    "ms-outlook-mobile-signature protonmail_signature_block yahoo_signature yahoo-signature",
    "applemailsignature bloop_sign messagesignaturesection front-signature k9mail-signature",
    "_rc_sig composer_signature mailspring-signature missive_signature sh-signature",
    "superhuman-signature cm_signature edo_signature aqm-signature tutanota_signature",
    "mailsignature email-signature emailsignature htmlsignature x-apple-signature",
    "acompli_signature outlook-signature mobile-signature zm_signature canary_signature",
    "zmail_signature spark-signature hs_signature sig ymail_android_signature gmx-signature",
    "webde-signature zohosignature skypesignature mail-signature wisestamp_signature",
)
_FORWARD_NAMES = {"moz-forward-container", "forwarded-message", "zmail_forward"}
_ABOVE = 300  # characters
_ZIMBRA_CUT = {"__divider__", "__headers__", "__quoted_text__"}
_ZIMBRA_SIGNATURE = {"__sig_pre__", "__sig_post__"}

_PREFIX = re.compile(r"(?:x_)+|yiv\d+|ydp[0-9a-f]{6,10}|m_-?\d+|msg-?\d+|ox-[0-9a-f]{6,12}-")
_NUMBER = re.compile(r"(?:[_-]?\d+)+$|_mail$")
_FORWARD = re.compile(rf"[\s*>_–—-]*(?:{phrases.FORWARDED}|{phrases.FORWARD_BEGINS})(?!\w)", re.I)
_WORD_BORDER = re.compile(
    r"border-top\s*:\s*(?:solid\s+(?:#e1e1e1|#b5c4df|rgb\(\s*225|windowtext)|1px\s+solid\s+(?:#e1e1e1|#b5c4df))|"
    r"border-style\s*:\s*solid\s+none\s+none\b|"
    r"border-color\s*:\s*(?:rgb\(225,\s*225,\s*225\)|#e1e1e1)\s+currentcolor|"
    r"border-width\s*:\s*1pt\s+(?:medium|0)|"
    r"border-top-(?:color|width)\s*:[^;]*;.*border-top-style\s*:\s*solid",
    re.I,
)
_QUOTE_BORDER = re.compile(r"border-left(?:-\w+)?\s*:\s*[^;]*(?:solid|\d(?:px|pt)|#|rgb)", re.I)
_INDENT_ONLY = re.compile(r"border(?:-left)?\s*:\s*(?:none|0|medium none)", re.I)
_HEADER_START = re.compile(
    rf"[\s*]*(?:{phrases.FROM}|{phrases.DATE}|{phrases.SUBJECT}|{phrases.TO})\s*[:：]|\S[^:]{{1,25}}:\s\S.{{0,120}}@",
    re.I,
)
_LOOKS_ATTRIBUTED = re.compile(
    rf"(?:(?<!\w)(?:{phrases.WROTE})(?!\w)|\d{{1,2}}[:.h]\d\d|@).*[:：]\s*$|(?:{phrases.QUOTING})\s",
    re.I,
)


@dataclass(slots=True)
class Marks:
    """Roles and quotes, keyed by the identity of nodes as the renderer wants them."""

    roles: dict[int, Role] = field(default_factory=dict)
    quotes: set[int] = field(default_factory=set)


def marks_of(root: Node) -> Marks:
    """What the client told of the elements of a body. Within a quote only its depth matters."""
    marks = Marks()
    has_body = any("messagebodysection" in _names(node) for node in root.walk() if node.attrs)
    inside: Node | None = None
    above = ""
    for entering, node in root.steps():
        if not node.tag:
            above = (above + node.text)[-_ABOVE:] if entering else above
        elif inside is not None:
            if node is inside and not entering:
                inside = None
            elif entering and node.tag == "blockquote":
                marks.quotes.add(id(node))
        elif entering and node is not root:
            names = _names(node)
            _mark(node, names if has_body else names - {"messagereplysection"}, marks, above)
            inside = node if id(node) in marks.quotes else None
    return marks


def _mark(node: Node, names: set[str], marks: Marks, above: str) -> None:
    """What this element is. `above` is the text that ends where it begins."""
    marker = node.attrs.get("data-marker", "").lower()
    if _is_forward(node, names):
        marks.roles[id(node)] = Role.FORWARD
    elif names & _ATTRIBUTION_NAMES:
        marks.roles[id(node)] = Role.ATTRIBUTION
    elif _is_signature(node, names) or marker in _ZIMBRA_SIGNATURE:
        marks.roles[id(node)] = Role.SIGNATURE
    elif names & _CUT_NAMES or marker in _ZIMBRA_CUT or _is_rule_or_header(node):
        marks.roles[id(node)] = Role.CUT
    elif _is_quote(node, names, above):
        marks.quotes.add(id(node))


def _is_rule_or_header(node: Node) -> bool:
    return _is_rule_above_reply(node) or _is_word_header(node)


def _names(node: Node) -> set[str]:
    attrs = node.attrs
    given = (
        f"{attrs.get('class', '')} {attrs.get('id', '')} {attrs.get('name', '')}".lower().split()
    )
    found: set[str] = set()
    for name in given[:20]:
        bare = _PREFIX.sub("", name, count=1) if _PREFIX.match(name) else name
        found |= {name, bare, _NUMBER.sub("", bare)}
    return found


def _is_forward(node: Node, names: set[str]) -> bool:
    if names & _FORWARD_NAMES:
        return True
    may_hold = node.tag == "blockquote" or names & (_QUOTE_NAMES | {"gmail_attr", "gmail_quote"})
    return bool(may_hold) and _FORWARD.match(node.text_start(120)) is not None


def _is_signature(node: Node, names: set[str]) -> bool:
    return node.tag == "signature" or (
        bool(names & _SIGNATURE_NAMES) and node.tag not in {"td", "tr", "a"}
    )


def _is_quote(node: Node, names: set[str], above: str) -> bool:
    if node.tag == "blockquote":
        return _is_quoting_blockquote(node, names, above)
    if names & _QUOTE_NAMES or node.attrs.get("name") == "quote":
        return True
    return "gmail_quote" in names and not _holds(node, lambda below: below.tag == "blockquote")


def _is_quoting_blockquote(node: Node, names: set[str], above: str) -> bool:
    """Indented text is a blockquote too, so something more must speak for a quote."""
    if node.attrs.get("type", "").lower() == "cite" or "cite" in node.attrs:
        return True
    if any("quote" in name or "cite" in name for name in names):
        return True
    style = node.attrs.get("style", "")
    if _INDENT_ONLY.search(style):
        return False
    return bool(_QUOTE_BORDER.search(style)) or _LOOKS_ATTRIBUTED.search(above) is not None


def _holds(node: Node, wanted: Callable[[Node], bool]) -> bool:
    return any(wanted(below) for below in node.walk() if below is not node)


def _is_rule_above_reply(node: Node) -> bool:
    """Outlook on the web draws a rule with a negative tab index above the headers of the quote."""
    return node.tag == "hr" and (
        node.attrs.get("tabindex") == "-1"
        or "display:inline-block;width:98%" in node.attrs.get("style", "").replace(" ", "")
    )


def _is_word_header(node: Node) -> bool:
    """Outlook for the desktop: a box with only an upper border holds the headers of the quote."""
    if node.tag not in {"div", "td", "p", "table"} or "style" not in node.attrs:
        return False
    if not _WORD_BORDER.search(node.attrs["style"]):
        return False
    return _HEADER_START.match(node.text_start(200)) is not None
