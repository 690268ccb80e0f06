"""Markdown becomes HTML once, when it is written; and a plain text beside it."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import takewhile
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Raised when the rules below change, so that stored HTML can be made again.
HTML_RULES = 1

_TAGS = {
    *("a", "blockquote", "br", "code", "em", "hr", "p", "pre", "s", "strong"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "ul"),
    *("table", "tbody", "td", "th", "thead", "tr"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
# Finding bare links costs the square of their number; nobody types more than these.
_BARE_LINKS = 300
_QUOTED_LINE = re.compile(r"\s*>")


class _Markdown(MarkdownIt):
    """CommonMark with tables, strike-through and line breaks; no raw HTML, no images."""

    def __init__(self, *, linkify: bool) -> None:
        options = {"html": False, "linkify": linkify, "breaks": True, "maxNesting": 20}
        super().__init__("commonmark", options)
        self.enable(["table", "strikethrough", *(["linkify"] if linkify else [])])
        self.disable("image")

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Whole addresses only: a relative one leads nowhere from a mail."""
        return _scheme(url) in _SCHEMES


_MARKDOWN = _Markdown(linkify=True)
_WITHOUT_LINKIFY = _Markdown(linkify=False)


def html(source_md: str) -> str:
    """Sanitised HTML of what an agent typed; raw HTML in it stays visible as text."""
    return nh3.clean(
        str(_for(source_md).render(source_md)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    ).strip()


def text(source_md: str) -> str:
    """The same as plain text: without marks, with the targets of links, lists as typed lists."""
    return _Text().lines(_for(source_md).parse(source_md))


def html_of_text(plain: str) -> str:
    """Plain text as HTML paragraphs; nothing in it is markup."""
    paragraphs = re.split(r"\n{2,}", plain.strip("\n"))
    return "".join(
        "<p>" + "<br>".join(escape(line) for line in paragraph.split("\n")) + "</p>"
        for paragraph in paragraphs
        if paragraph.strip()
    )


def is_only_quoted(source: str) -> bool:
    """Whether every line that says anything is quoted from somebody else."""
    lines = [line for line in source.splitlines() if line.strip()]
    return bool(lines) and all(_QUOTED_LINE.match(line) for line in lines)


def _for(source_md: str) -> MarkdownIt:
    many = source_md.count("://") + source_md.lower().count("www.") > _BARE_LINKS
    return _WITHOUT_LINKIFY if many else _MARKDOWN


class _Text:
    """Walks Markdown's tokens and keeps the prefixes that the open quotes and lists ask for."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.prefixes: list[str] = []
        self.prefixes_before: list[str] = []
        self.counters: list[int | None] = []
        self.cells: list[str] | None = None
        self.bullet = ""
        self.gap_due = False

    def lines(self, tokens: Sequence[Token]) -> str:
        for token in tokens:
            self._block(token)
        return "\n".join(line.rstrip() for line in self.written).strip("\n")

    def _block(self, token: Token) -> None:
        if token.type == "inline" and self.cells is not None:
            self.cells.append(_inline(token.children or ()))
        elif token.type == "inline":
            self._write(_inline(token.children or ()))
        elif token.type in {"fence", "code_block", "hr"}:
            self._write("----" if token.type == "hr" else token.content.rstrip("\n"))
            self.gap_due = True
        elif token.nesting == 1:
            self._enter(token)
        elif token.nesting == -1:
            self._leave(token)

    def _enter(self, token: Token) -> None:
        if token.type == "blockquote_open":
            self.prefixes.append("> ")
        elif token.type in {"ordered_list_open", "bullet_list_open"}:
            start = int(token.attrGet("start") or 1)
            self.counters.append(start if token.type == "ordered_list_open" else None)
        elif token.type == "list_item_open":
            number = self.counters[-1]
            self.bullet = "- " if number is None else f"{number}. "
            if number is not None:
                self.counters[-1] = number + 1
            self.prefixes.append(" " * len(self.bullet))
        elif token.type == "tr_open":
            self.cells = []

    def _leave(self, token: Token) -> None:
        if token.type in {"blockquote_close", "list_item_close"}:
            self.prefixes.pop()
        elif token.type in {"ordered_list_close", "bullet_list_close"}:
            self.counters.pop()
            self.gap_due = self.gap_due or not self.counters
        elif token.type == "tr_close":
            self._write(" | ".join(self.cells or ()))
            self.cells = None
        elif token.type in {"paragraph_close", "heading_close", "table_close"}:
            self.gap_due = self.gap_due or not token.hidden

    def _write(self, content: str) -> None:
        if self.gap_due and self.written:
            self.written.append("".join(self._shared_prefixes()))
        self.gap_due = False
        for line in content.split("\n"):
            lead = "".join(self.prefixes)
            if self.bullet:
                lead = lead[: len(lead) - len(self.bullet)] + self.bullet
                self.bullet = ""
            self.written.append(lead + line)
        self.prefixes_before = list(self.prefixes)

    def _shared_prefixes(self) -> list[str]:
        pairs = zip(self.prefixes, self.prefixes_before, strict=False)
        return [now for now, before in takewhile(lambda pair: pair[0] == pair[1], pairs)]


def _inline(tokens: Iterable[Token]) -> str:
    parts: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        if token.type == "link_open":
            links.append((str(token.attrGet("href") or ""), len(parts)))
        elif token.type == "link_close" and links:
            target, begin = links.pop()
            parts.append(_target(target, "".join(parts[begin:])))
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        else:
            parts.append(token.content)
    return "".join(parts)


def _target(href: str, shown: str) -> str:
    """What stands after a link's words: its target, unless the words are the target."""
    if _scheme(href) not in _SCHEMES:
        return ""
    bare = href.removeprefix("mailto:").removeprefix("tel:").rstrip("/")
    if shown.rstrip("/") in {bare, bare.removeprefix("http://"), bare.removeprefix("https://")}:
        return ""
    return f" ({href})"


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""
