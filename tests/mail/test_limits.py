"""Mails beyond all measure are read as far as is safe, or refused with a reason."""

import time

import pytest

from intake.mail.parse import parse, parse_safely
from intake.mail.records import ParsedMail, Unreadable

SIZE = 300_000  # characters of the walls below
HEAD = b"From: jane@example.com\nTo: support@desk.example\nSubject: Test\nMIME-Version: 1.0\n"


def test_a_mail_over_25_mb_is_refused() -> None:
    assert parse_safely(b"x" * (25 * 1024 * 1024 + 1)) == Unreadable("larger than 25 MB")


@pytest.mark.parametrize("raw", [b"", b"\n\n", b" \r\n\t", b"\x00\x00"])
def test_an_empty_mail_is_refused(raw: bytes) -> None:
    assert parse_safely(raw) == Unreadable("the message is empty")


def test_three_thousand_nested_parts_end_at_a_limit() -> None:
    nested = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3_000)
    )
    mail = parse_safely(HEAD + nested.encode() + b"Content-Type: text/plain\n\ndeep\n")
    assert isinstance(mail, ParsedMail)
    assert mail.from_email == "jane@example.com"
    assert "Parts are nested more than 20 deep; the rest was not read." in mail.defects


def test_a_thousand_parts_end_at_a_limit() -> None:
    part = "--b\nContent-Type: text/plain; name=a{n}.txt\n\ntext {n}\n"
    parts = "".join(part.replace("{n}", str(n)) for n in range(1_000))
    mail = parse(
        HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + parts.encode() + b"--b--\n"
    )
    assert len(mail.attachments) < 200
    assert "There are more than 200 parts; the rest was not read." in mail.defects


def test_thousands_of_headers_end_at_a_limit() -> None:
    many = b"".join(b"X-Header-%d: x\n" % number for number in range(5_000))
    mail = parse(HEAD + many + b"\nHello\n")
    assert mail.text == "Hello"
    assert "There are more than 1000 headers; the rest was not read." in mail.defects


def test_an_endless_header_is_cut() -> None:
    mail = parse(b"Subject: " + b"x" * 300_000 + b"\n" + HEAD + b"\nHello\n")
    assert mail.text == "Hello"
    assert len(mail.subject) <= 1_000
    assert "A header is longer than 100 kB; the rest of it was not read." in mail.defects


@pytest.mark.parametrize(
    "line",
    [
        "On Monday, 6 May 2024 at 10:00 Bob <b@x.example> wrote:",
        "> ---- Forwarded message ----",
        "From: x",
        "a:",
        "--",
        "-" * 70,
        "a@" * 60 + ":",
        "> a\nb",
        "Sent from my x",
        "[" * 200,
        "=?utf-8?q?" * 20,
    ],
)
def test_a_wall_of_one_line_is_read_in_time(line: str) -> None:
    text = (line + "\n") * (SIZE // (len(line) + 1))
    started = time.monotonic()
    assert parse(HEAD + b"\n" + text.encode()).full_text
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "unit",
    [
        "<p>line</p>",
        "<blockquote>q</blockquote>a@b.example:",
        '<div class="gmail_quote">x</div>',
        "<br>",
        '<a href="https://e.example">l</a> ',
        "<td>c",
        "&nbsp;",
        "<",
        "&#",
        '<p style="margin:0',
        "<!--",
    ],
)
def test_a_wall_of_one_element_is_read_in_time(unit: str) -> None:
    html = unit * (SIZE // len(unit))
    started = time.monotonic()
    parse(HEAD + b"Content-Type: text/html\n\n" + html.encode())
    assert time.monotonic() - started < 10
