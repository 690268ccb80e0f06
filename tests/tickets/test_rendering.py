"""Markdown becomes safe HTML, and a text that reads like it."""

import time

import pytest
from bs4 import BeautifulSoup

from tickets import rendering


@pytest.mark.parametrize(
    ("source", "html", "text"),
    [
        (
            "**bold** and *slanted*",
            "<p><strong>bold</strong> and <em>slanted</em></p>",
            "bold and slanted",
        ),
        ("one\ntwo", "<p>one<br>\ntwo</p>", "one\ntwo"),
        ("a\n\nb", "<p>a</p>\n<p>b</p>", "a\n\nb"),
        (
            "- a\n- b\n  - c\n\nend",
            "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n<p>end</p>",
            "- a\n- b\n  - c\n\nend",
        ),
        (
            "3. a\n4. b",
            '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>',
            "3. a\n4. b",
        ),
        (
            "> quoted\n\nmine",
            "<blockquote>\n<p>quoted</p>\n</blockquote>\n<p>mine</p>",
            "> quoted\n\nmine",
        ),
        ("`x < y`", "<p><code>x &lt; y</code></p>", "x < y"),
        ("# Title", "<h1>Title</h1>", "Title"),
    ],
)
def test_marks_become_html_and_plain_text(source: str, html: str, text: str) -> None:
    assert rendering.html(source) == html
    assert rendering.text(source) == text


def test_links_open_safely_and_keep_their_target_in_the_text() -> None:
    source = "[our page](https://x.example/a) https://y.example"
    assert rendering.html(source) == (
        '<p><a href="https://x.example/a" rel="noopener noreferrer nofollow">our page</a>'
        ' <a href="https://y.example" rel="noopener noreferrer nofollow">https://y.example</a></p>'
    )
    assert rendering.text(source) == "our page (https://x.example/a) https://y.example"


def test_a_table_is_readable_without_html() -> None:
    assert rendering.text("| a | b |\n|---|---|\n| 1 | 2 |\n\nend") == "a | b\n1 | 2\n\nend"


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![p](https://tracker.example/p.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](//evil.example)",
        "[x](/t/1/)",
        "[x](http://[)",
        '<a href="x" hx-get="/t/1/" data-hx-post="x">x</a>',
        "[x](https://x.example 'a\" onclick=\"alert(1)')",
        "<style>*{display:none}</style>",
        "<iframe srcdoc='x'>",
        "</p><svg/onload=alert(1)>",
        '```"><img src=x onerror=alert(1)>\nx\n```',
    ],
)
def test_nothing_active_gets_through(payload: str) -> None:
    for tag in BeautifulSoup(rendering.html(payload), "html5lib").find_all(True):
        assert tag.name in {"html", "head", "body", "p", "a", "br", "pre", "code"}
        assert set(tag.attrs) <= {"href", "rel", "title"}
        assert str(tag.get("href", "https:")).startswith("https:")


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("> a\n> b", True),
        ("  > a\n\n>> b\n", True),
        ("> a\nmine", False),
        ("", False),
        ("mine", False),
    ],
)
def test_a_text_of_quotes_alone_is_recognised(text: str, only: bool) -> None:
    assert rendering.is_only_quoted(text) is only


def test_plain_text_becomes_paragraphs_without_markup() -> None:
    assert (
        rendering.html_of_text("a <b>\nc\n\n\nd & e\n") == "<p>a &lt;b&gt;<br>c</p><p>d &amp; e</p>"
    )
    assert rendering.html_of_text(" \n") == ""


@pytest.mark.parametrize(
    "pattern",
    ["[", ">", "*a ", "_", "[a](b", "![[", "<", "http://a.", "www.", "- ", "&", "|a", "1. \n"],
)
def test_no_text_keeps_the_desk_busy(pattern: str) -> None:
    source = (pattern * 100_000)[:100_000]
    begin = time.process_time()
    rendering.html(source)
    rendering.text(source)
    assert time.process_time() - begin < 8
