"""Bodies: text goes into the page, layouts into the frame, and never anything active."""

import pytest

from tickets.queries.bodies import body, has_own_colours, quoted

AWAY = ' target="_blank" rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>Hello<br>there</p>", "<p>Hello<br>there</p>"),
        (
            '<p class="MsoNormal"><span style="color:red">Hi</span></p>',
            "<p><span>Hi</span></p>",
        ),
        (
            '<a href="https://a.example/?q=1&amp;b=2" rel="noopener">x</a>',
            f'<a href="https://a.example/?q=1&amp;b=2"{AWAY}>x</a>',
        ),
        ('<div dir="rtl">שלום</div>', '<div dir="rtl">שלום</div>'),
        (
            '<table width="100%"><tbody><tr><td>1</td></tr></tbody></table>',
            "<table><tbody><tr><td>1</td></tr></tbody></table>",
        ),
        ('<a title="a > b" href="tel:+312">x</a>', f'<a title="a > b" href="tel:+312"{AWAY}>x</a>'),
    ],
)
def test_text_is_shown_in_the_page_without_its_looks(html: str, shown: str) -> None:
    assert body(html, "").html == shown


@pytest.mark.parametrize(
    "html",
    [
        '<p>Logo <img src="cid:logo"></p>',
        "<table><tr><td><table><tr><td>x</td></tr></table></td></tr></table>",
        "<form><p>x</p></form>",
        '<p onclick="x()">x</p>',
        '<p hx-get="/t/1/">x</p>',
        '<p data-hx-post="/t/1/">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="//host.example">x</a>',
        "<script>x</script>",
        "<style>p{}</style>",
        "<p>unclosed < bracket</p>",
        "<p>" + "x" * 70_000 + "</p>",
    ],
)
def test_everything_else_gets_the_frame(html: str) -> None:
    shown = body(html, "some words")
    assert shown.html == ""
    assert 120 <= shown.frame_px <= 640


def test_a_body_without_html_is_its_text_escaped() -> None:
    assert body("", "a <b> & c\nd\n\ne").html == "<p>a &lt;b&gt; &amp; c<br>d</p>\n\n<p>e</p>"


def test_a_long_hostile_body_is_looked_at_quickly() -> None:
    hostile = '<p class="' + "<p style=" * 6000
    assert body(hostile, "").frame_px


def test_quoted_is_what_is_not_new() -> None:
    assert quoted("New.\n\n> old", "New.", limit=100) == "> old"
    assert quoted("> old\n\nNew.", "New.", limit=100) == "> old\n\nNew."
    assert quoted("New.", "New.", limit=100) == ""
    assert quoted("all", "", limit=100) == ""
    assert quoted("New.\n" + "x" * 500, "New.", limit=10) == "x" * 10


def test_own_colours_ask_for_white_paper() -> None:
    assert has_own_colours('<td bgcolor="#fff">')
    assert has_own_colours('<p style="color: #333">')
    assert not has_own_colours("<p>plain</p>")
