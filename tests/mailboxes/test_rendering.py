"""The bytes of a mail: stable, readable by any parser, and impossible to break into."""

import email
import quopri
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailboxes.rendering import Addressee, Letter, Part, clean_id, render, sendable

LETTER = Letter(
    sender=Addressee("support@desk.example", "Kestrel"),
    to=[Addressee("marieke@bakery.example", "Marieke")],
    subject="Re: Grinder",
    message_id="m.1.abc@desk.example",
    at=datetime(2026, 11, 19, 14, 0, tzinfo=UTC),
    text="Hello",
)
NASTY = [
    "x\r\nBcc: evil@x.example",
    "x\nSubject: y\n\nbody",
    "x\u2028Bcc: evil@x.example",
    "x\x85Bcc: evil@x.example",
    "=?utf-8?q?x=0D=0ABcc:_evil@x.example?=",
    "x\x00y",
    "a\u202egpj.exe",
    'quo"te\\',
    "a@b.example, evil@x.example <evil@x.example>",
    "a;b:c,d<e>(f)[g]",
    "Long, " * 40,
    "é, " * 60,
    "(" * 100,
    '"',
    "\\",
    "日本語" * 40,
    "a" * 500,
    "\ud800",
]


def _parsed(letter: Letter) -> EmailMessage:
    found = email.message_from_bytes(render(letter), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_plain_letter_reads_as_written() -> None:
    mail = _parsed(replace(LETTER, html="<p>Hello</p>", cc=[Addressee("pim@bakery.example")]))
    assert (mail["From"], mail["Cc"]) == ("Kestrel <support@desk.example>", "pim@bakery.example")
    assert (mail["Subject"], mail["Message-ID"]) == ("Re: Grinder", "<m.1.abc@desk.example>")
    assert mail["Date"].datetime == LETTER.at
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert text.get_content().strip() == "Hello"
    assert "<p>Hello</p>" in html.get_content()
    for name in ("Auto-Submitted", "Precedence", "Reply-To", "In-Reply-To", "References"):
        assert mail[name] is None


def test_the_same_letter_gives_the_same_bytes() -> None:
    letter = replace(LETTER, html="<p>x</p>", parts=[Part("a.pdf", "application/pdf", b"%PDF")])
    assert render(letter) == render(letter)
    assert render(letter) != render(replace(letter, message_id="m.2.abc@desk.example"))


@pytest.mark.parametrize("nasty", NASTY)
def test_no_text_breaks_into_the_headers(nasty: str) -> None:
    letter = replace(
        LETTER,
        sender=Addressee("support@desk.example", nasty),
        to=[Addressee("a@b.example", nasty), Addressee("c@d.example", nasty)],
        subject=nasty,
        reply_to="support+1.a@desk.example",
        in_reply_to=nasty,
        references=[nasty, "good@x.example"],
        parts=[Part(nasty, nasty, b"x")],
    )
    raw = render(letter)
    mail = email.message_from_bytes(raw)
    assert mail["Bcc"] is None
    for name, expected in (
        ("From", ["support@desk.example"]),
        ("To", ["a@b.example", "c@d.example"]),
        ("Reply-To", ["support+1.a@desk.example"]),
    ):
        assert [address for _name, address in getaddresses(mail.get_all(name, []))] == expected
        assert len(mail.get_all(name, [])) == 1
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert "good@x.example" in mail["References"]


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_name_and_subject_come_out_as_they_went_in(text: str) -> None:
    letter = replace(LETTER, to=[Addressee("a@b.example", text)], subject=f"s {text}", text=text)
    mail = email.message_from_bytes(render(letter))
    assert [address for _n, address in getaddresses([mail["To"]])] == ["a@b.example"]
    shown = str(make_header(decode_header(mail["Subject"].replace("\r\n ", " "))))
    assert "\n" not in shown
    assert shown.isprintable() or not text.isprintable()


def test_names_survive_in_every_script() -> None:
    for name in ("Åsa Öst", "山田 太郎", "Jean-François, Sté.", 'Say "hi"', "O'Neill (Ann)"):
        mail = email.message_from_bytes(
            render(replace(LETTER, to=[Addressee("a@b.example", name)]))
        )
        [(shown, _address)] = getaddresses([mail["To"].replace("\r\n ", " ")])
        assert str(make_header(decode_header(shown))) == name


def test_message_ids_are_never_folded_and_references_stay_short() -> None:
    long_id = "x" * 200 + "@mail.example"
    known = [long_id, *(f"{n}@x.example" for n in range(20))]
    raw = render(replace(LETTER, in_reply_to=f"<{long_id}>", references=known))
    assert f"In-Reply-To: <{long_id}>\r\n".encode() in raw
    references = str(email.message_from_bytes(raw)["References"]).split()
    assert references == [f"<{long_id}>", *(f"<{n}@x.example>" for n in range(15, 20))]


def test_automatic_mail_says_so() -> None:
    mail = _parsed(replace(LETTER, automatic="auto-replied", language="nl"))
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Precedence"] == "bulk"
    assert mail["X-Helpdesk-Loop"] == "support@desk.example"
    assert mail["Content-Language"] == "nl"


def test_a_text_is_not_changed_on_its_way() -> None:
    text = "From me\n.\n..\n" + "long " * 400 + "\n\ttab é 😀 \ntrailing \n=20\n"
    raw = render(replace(LETTER, text=text))
    body = raw.partition(b"\r\n\r\n")[2]
    assert quopri.decodestring(body).decode().replace("\r\n", "\n") == text


def test_files_keep_their_bytes_and_names() -> None:
    parts = [
        Part("Rechnung ü " + "l" * 100 + ".pdf", "application/pdf", bytes(range(256)) * 5),
        Part("../../x\r\ny.txt", "text/plain; charset=x", b"h\xffi"),
        Part("mail.eml", "message/rfc822", b"Subject: x\n\ny"),
        Part("", "nonsense", b""),
    ]
    found = list(_parsed(replace(LETTER, parts=parts)).iter_attachments())
    assert [part.get_filename() for part in found] == [
        "Rechnung ü " + "l" * 100 + ".pdf",
        ".._.._x y.txt",
        "mail.eml",
        "file",
    ]
    assert [part.get_payload(decode=True) for part in found] == [part.content for part in parts]
    assert [part.get_content_type() for part in found] == [
        "application/pdf",
        "application/octet-stream",
        "application/octet-stream",
        "application/octet-stream",
    ]
    assert all(part.get_content_disposition() == "attachment" for part in found)


@pytest.mark.parametrize(
    ("address", "carried"),
    [
        ("a@b.example", "a@b.example"),
        (" a@b.example ", "a@b.example"),
        ("o'neil+tag@b.example", "o'neil+tag@b.example"),
        ("a@bäckerei.example", "a@xn--bckerei-5wa.example"),
        ("a@localhost", "a@localhost"),
        ("müller@b.example", ""),
        ("a@b@c.example", ""),
        (".a@b.example", ""),
        ("a..b@c.example", ""),
        ("a b@c.example", ""),
        ("a@b.example\r\nx", ""),
        ("a@[127.0.0.1]", ""),
        ("a@-b.example", ""),
        ("a@" + "b" * 64 + ".example", ""),
        ("x" * 65 + "@b.example", ""),
        ("@b.example", ""),
        ("a@", ""),
        ("a", ""),
        ("", ""),
    ],
)
def test_only_addresses_that_smtp_carries_are_written_to(address: str, carried: str) -> None:
    assert sendable(address) == carried


def test_a_letter_to_nowhere_is_an_error() -> None:
    with pytest.raises(ValueError, match="not an address"):
        render(replace(LETTER, to=[Addressee("no address")]))


@pytest.mark.parametrize(
    ("given_id", "clean"),
    [
        ("<a@b>", "a@b"),
        (" a@b ", "a@b"),
        ("<a b@c>", ""),
        ("<a@b>\r\nX: y", ""),
        ("é@b", ""),
        ("<<a@b>", ""),
        ("", ""),
        ("x" * 251, ""),
    ],
)
def test_foreign_message_ids_are_cleaned(given_id: str, clean: str) -> None:
    assert clean_id(given_id) == clean
