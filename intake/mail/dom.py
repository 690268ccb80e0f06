"""A small tree of an HTML body, made of what a browser would make of it.

nh3 parses as browsers do and writes well-formed HTML; its output is simple enough for the standard
library's tokenizer to build an exact tree of. Nothing here walks the tree by recursion.
"""

import re
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser

import nh3

from intake.mail.limits import MAX_REOPENED, MAX_TAG_DEPTH
from intake.mail.sets import listed

VOID = listed("br hr img wbr col")
_STRUCTURE = listed(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col",
    "colgroup dd del dfn div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5",
    "h6 header hr i img ins kbd label li main mark nav ol p pre q s samp section signature small",
    "span strike strong sub summary details sup table tbody td tfoot th thead tr tt u ul var wbr",
)
_DROPPED = listed(
    "script style title template noscript svg math iframe object embed applet textarea select xml",
    "audio video canvas",
)
_ATTRIBUTES = listed(
    "class id name style type data-marker tabindex hidden",  # what tells quotes and signatures
    "start dir lang title align valign width height bgcolor color face size colspan rowspan border",
    "cellpadding cellspacing span value",
)
_KEPT_ATTRIBUTES = {
    "*": set(_ATTRIBUTES),
    "a": {"href"},
    "blockquote": {"cite"},
    "img": {"src", "alt"},
}
_SCHEMES = listed("http https mailto tel cid mid data")
_OPTIONAL_END = listed("p li td th tr dt dd option tbody thead tfoot colgroup")
_NEVER_CLOSED = VOID | listed("meta link input base area param source track embed o:p")
_FORMATTING = listed("a b big code em font i nobr s small strike strong tt u")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
_INVISIBLE = re.compile(r"<(script|style|title|head)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)


class Node:
    """An element, or a text when `tag` is empty."""

    __slots__ = ("attrs", "children", "parent", "tag", "text")

    def __init__(self, tag: str, attrs: dict[str, str] | None = None, text: str = "") -> None:
        self.tag = tag
        self.attrs = attrs or {}
        self.text = text
        self.children: list[Node] = []
        self.parent: Node | None = None

    def append(self, child: "Node") -> None:
        child.parent = self
        self.children.append(child)

    def remove(self) -> None:
        if self.parent is not None:
            self.parent.children = [node for node in self.parent.children if node is not self]
            self.parent = None

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def steps(self) -> Iterator[tuple[bool, "Node"]]:
        """Entering (True) and leaving (False) each node, in order."""
        waiting = [(True, self)]
        while waiting:
            entering, node = waiting.pop()
            yield entering, node
            if entering:
                waiting.append((False, node))
                waiting.extend((True, child) for child in reversed(node.children))

    def text_start(self, length: int) -> str:
        """The first characters of the text in it, with single blanks."""
        found = ""
        for node in self.walk():
            found += node.text if not node.tag else (" " if node.tag in {"br", "p", "div"} else "")
            if len(found) > length * 2:
                break
        return re.sub(r"\s+", " ", found).strip()[:length]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1].tag == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].append(Node("", text=data))


def tree(html: str) -> Node:
    """The tree of a body whose depth was checked by `is_too_deep`."""
    plain = nh3.clean(
        html,
        tags=set(_STRUCTURE),
        clean_content_tags=set(_DROPPED),
        attributes=_KEPT_ATTRIBUTES,
        generic_attribute_prefixes=set(),
        url_schemes=set(_SCHEMES),
        link_rel=None,
    )
    builder = _Builder()
    builder.feed(plain)
    builder.close()
    return builder.root


def serialised(root: Node) -> str:
    """The children of a node as HTML, with all attributes that the tree kept."""
    out: list[str] = []
    for entering, node in root.steps():
        if node is root:
            continue
        if not node.tag:
            out.append(escape(node.text, quote=False) if entering else "")
        elif entering:
            attrs = "".join(f' {name}="{escape(value)}"' for name, value in node.attrs.items())
            out.append(f"<{node.tag}{attrs}>")
        elif node.tag not in VOID:
            out.append(f"</{node.tag}>")
    return "".join(out)


def is_too_deep(html: str) -> bool:
    """Whether so many elements are open at once that parsing would cost seconds or all memory.

    Elements of formatting that are left open are opened anew in each paragraph that follows.
    """
    depth = formats = most_formats = tags = 0
    for match in _TAG.finditer(html):
        closing, tag = match.group(1), match.group(2).lower()
        tags += 1
        if tag in _FORMATTING:
            formats = max(formats - 1, 0) if closing else formats + 1
            most_formats = max(most_formats, formats)
        if tag in _OPTIONAL_END or tag in _NEVER_CLOSED:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > MAX_TAG_DEPTH:
            return True
    return most_formats * tags > MAX_REOPENED


def without_tags(html: str) -> str:
    """The text of hopeless HTML, escaped again: one line per tag."""
    text = _ANY_TAG.sub("\n", _INVISIBLE.sub("", html)).replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"\s*\n\s*", "<br>\n", text.strip())
