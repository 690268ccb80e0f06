"""HTML that strangers wrote does nothing and fetches nothing by itself."""

import pytest

from intake.mail import safety
from intake.mail.limits import Defects
from intake.mail.parse import parse

FORBIDDEN = (
    "<script",
    "javascript:",
    "vbscript:",
    " on",
    "<iframe",
    "<object",
    "<svg",
    "<form",
    "hx-",
)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>x",
        "<ScRiPt src=//e.example/x.js></sCrIpT>x",
        "<<script>alert(1);//<</script>x",
        '<img src=x onerror="alert(1)">x',
        "<svg/onload=alert(1)>x",
        "<svg><style><img src=x onerror=alert(1)></style></svg>x",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>x",
        '<a href="javascript:alert(1)">x</a>',
        '<a href="java\tscript:alert(1)">x</a>',
        '<a href=" &#106;avascript:alert(1)">x</a>',
        '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
        '<img src="data:image/svg+xml;base64,PHN2Zz4=">x',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>x',
        '<object data="x"></object><embed src="x">x',
        '<form action="/x"><input name="q"><button>x</button></form>',
        '<div hx-get="/x" data-hx-post="/y" hx-trigger="load">x</div>',
        '<base href="https://e.example/"><meta http-equiv="refresh" content="0;url=//e.example">x',
        '<link rel="stylesheet" href="https://e.example/x.css"><style>@import "x";</style>x',
        '<div style="background:url(javascript:alert(1))">x</div>',
        '<div style="width:expression(alert(1))">x</div>',
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>x",
        "<!--><img src=x onerror=alert(1)>-->x",
        "<textarea><img src=x onerror=alert(1)></textarea>x",
        "<template><script>alert(1)</script></template>x",
        "<xmp><img src=x onerror=alert(1)></xmp>x",
        "<video><source onerror=alert(1)></video>x",
        "<details open ontoggle=alert(1)>x</details>",
    ],
)
def test_nothing_acts(html: str) -> None:
    shown = safety.sanitised(safety.prepared(html, Defects())).lower()
    tags = "".join(piece.split(">")[0] for piece in shown.split("<")[1:])
    assert not [word for word in FORBIDDEN if word in tags], shown
    assert "<script" not in shown


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="cid:a%40b">', 'src="cid:a@b"'),
        ('<img src="http://e.example/x.png">', 'src="https://e.example/x.png"'),
        ('<img src="//e.example/x.png">', 'src="https://e.example/x.png"'),
        (
            '<img src="data:image/png;base64,iVBORw0KGgo=">',
            'src="data:image/png;base64,iVBORw0KGgo="',
        ),
        ('<a href="//e.example/l">x</a>', 'href="https://e.example/l"'),
        ('<a href="mailto:a@b.example">x</a>', 'href="mailto:a@b.example"'),
        ('<a href="https://e.example">x</a>', 'rel="noopener noreferrer nofollow"'),
        ('<a href="https://e.example">x</a>', 'target="_blank"'),
        ('<p style="color:red;position:fixed">x</p>', '<p style="color:red">x</p>'),
        ('<p style="margin-left:-900px;color:red">x</p>', '<p style="color:red">x</p>'),
        ('<div class="a" id="b" name="c">x</div>', "<div>x</div>"),
        ('<td colspan="2">x</td>', "x"),
        ('<font color="#ff0000">x</font>', '<font color="#ff0000">x</font>'),
        ('<div dir="rtl">x</div>', '<div dir="rtl">x</div>'),
        ("a\u202eb&#x202e;c", "abc"),
        ("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"),
    ],
)
def test_what_is_harmless_stays(html: str, expected: str) -> None:
    assert expected in safety.sanitised(html)


@pytest.mark.parametrize(
    "source", ["x.png", "file:///etc/passwd", "ftp://e.example/x", "cid", "about:blank"]
)
def test_other_sources_of_pictures_are_dropped(source: str) -> None:
    assert safety.sanitised(f'<img src="{source}">') == "<img>"


def test_long_html_is_cut_with_a_defect() -> None:
    defects = Defects()
    html = safety.prepared("<p>word</p>" * 200_000, defects)
    assert len(html) <= 1_000_000
    assert list(defects) == ["The HTML is longer than 1 MB; the rest was left out."]


@pytest.mark.parametrize(
    "unit", ["<div>", "<b id={n}>", "<table><tr><td>", "<blockquote>", "<a href=x><p>"]
)
def test_deep_html_is_shown_as_text(unit: str) -> None:
    html = "".join(unit.replace("{n}", str(number)) for number in range(20_000)) + "deep words"
    raw = b"From: a@b.example\nContent-Type: text/html\n\n" + html.encode()
    mail = parse(raw)
    assert "deep words" in mail.html
    assert "deep words" in mail.text


def test_visible_html_is_never_empty() -> None:
    raw = b"From: a@b.example\nContent-Type: text/html\n\n<form><button>Press me</button></form>"
    assert "Press me" in parse(raw).html
