"""Addresses, encoded words, parameters and identifiers, in order and out of order."""

from datetime import UTC, datetime

import pytest

from intake.mail import addresses, headers, params, words
from intake.mail.limits import MAX_RECIPIENTS, Defects
from intake.mail.structure import Part


def _addresses(raw: str | bytes) -> list[tuple[str, str]]:
    given = raw if isinstance(raw, bytes) else raw.encode("utf-8")
    return [(found.email, found.name) for found in addresses.read_all([given], Defects())]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Jane Doe <jane@EXAMPLE.com>", [("jane@example.com", "Jane Doe")]),
        ("Jane.Doe@Example.COM", [("Jane.Doe@example.com", "")]),
        ('"Doe, Jane" <jane@x.org>', [("jane@x.org", "Doe, Jane")]),
        ("Doe, Jane <jane@x.org>", [("jane@x.org", "Doe, Jane")]),
        ("jane@x.org (Jane Doe)", [("jane@x.org", "Jane Doe")]),
        ("\"'Jane'\" <jane@x.org>", [("jane@x.org", "Jane")]),
        ('a@b.co, "C, D" <c@d.co>;e@f.co', [("a@b.co", ""), ("c@d.co", "C, D"), ("e@f.co", "")]),
        ("undisclosed-recipients:;", []),
        ("Team: a@b.co, B <b@c.co>;, z@z.co", [("a@b.co", ""), ("b@c.co", "B"), ("z@z.co", "")]),
        ("=?utf-8?B?SsO2cmcsIE3DvGxsZXI=?= <jm@x.org>", [("jm@x.org", "Jörg, Müller")]),
        ('"=?utf-8?Q?J=C3=B6rg?=" <jm@x.org>', [("jm@x.org", "Jörg")]),
        ('"Jörg" <jm@x.org>'.encode("latin-1"), [("jm@x.org", "Jörg")]),
        ("=?utf-8?Q?Jane_Doe_=3Cjane=40x.org=3E?=", [("jane@x.org", "Jane Doe")]),
        (
            "=?utf-8?Q?boss=40y.org_=3Cboss=40y.org=3E?= <eve@x.org>",
            [("eve@x.org", "boss@y.org <boss@y.org>")],
        ),
        ("<<jane@x.org>>", [("jane@x.org", "")]),
        ("jane @ x.org", [("jane@x.org", "")]),
        ("Jane [mailto:jane@x.org]", [("jane@x.org", "Jane")]),
        ("<@a.example,@b.example:jane@x.org>", [("jane@x.org", "")]),
        ('"Unclosed <jane@x.org>', [("jane@x.org", "Unclosed")]),
        ("Jane <jane@x.org", [("jane@x.org", "Jane")]),
        ("Jürgen <jürgen@bücher.example>", [("jürgen@bücher.example", "Jürgen")]),
        ("Jane <docomo..style.@x.org>", [("docomo..style.@x.org", "Jane")]),
        ("jane@x.org, Jane <JANE@x.org>", [("JANE@x.org", "Jane")]),
        ("a@[127.0.0.1", []),
        ("<>", []),
        ("root", []),
        ("jane@localhost", [("jane@localhost", "")]),
        ("jane@x", []),
        ("jane@1.2.3.4", []),
        ("", []),
    ],
)
def test_addresses_are_found(raw: str | bytes, expected: list[tuple[str, str]]) -> None:
    assert _addresses(raw) == expected


def test_twenty_thousand_recipients_are_cut_with_a_defect() -> None:
    defects = Defects()
    raw = ", ".join(f"r{number}@example.com" for number in range(20_000)).encode()
    assert len(addresses.read_all([raw], defects)) == MAX_RECIPIENTS
    assert list(defects) == ["There are more than 200 recipients; the rest was not read."]


def test_addresses_are_compared_in_one_form() -> None:
    assert addresses.canonical("Jane@Bücher.example") == "jane@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?UTF-8?B?R3LDvA==?= =?UTF-8?B?w58=?=", "Grüß"),
        (b"=?UTF-8?B?R3LD?= =?UTF-8?B?vMOf?=", "Grüß"),
        (b"=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?Q?What??=", "What?"),
        (b"Re: =?utf-8?q?a b c?= x", "Re: a b c x"),
        (b"=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        (b"=?utf-8?b?SGVsbG8?=", "Hello"),
        (b"=?iso-8859-1*de?Q?Gr=FC=DFe?=", "Grüße"),
        (b"=?gb2312?B?xOO6ww==?=", "你好"),
        (b"=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        (b"=?utf-8?q?=00=0d=0aBcc:?=", "Bcc:"),
        ("Grüße".encode("latin-1"), "Grüße"),
        ("Привет, как дела".encode("koi8-r"), "Привет, как дела"),
        (b"=?=", "=?="),
        (b"=?utf-8?q?no end", "=?utf-8?q?no end"),
        ("a\u202eb".encode(), "ab"),
    ],
)
def test_encoded_words_are_decoded(raw: bytes, expected: str) -> None:
    assert words.decode(raw, Defects()) == expected


def test_an_unknown_charset_is_named_and_read_all_the_same() -> None:
    defects = Defects()
    assert words.decode(b"=?x-foo?Q?Gr=FC=DFe?=", defects) == "Grüße"
    assert list(defects) == ["Unknown character set 'x-foo'."]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("attachment; filename*=UTF-8''na%C3%AFve%20file.txt", "naïve file.txt"),
        (
            "attachment; filename*0*=utf-8''Gr%C3%BC; filename*1*=%C3%9Fe; filename*2=.pdf",
            "Grüße.pdf",
        ),
        ('attachment; filename*0="very long"; filename*1=" name.txt"', "very long name.txt"),
        ("attachment; filename=my file.pdf; size=3", "my file.pdf"),
        ('attachment; filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe.pdf?="', "Grüße.pdf"),
        ("attachment; filename==?utf-8?Q?Gr=C3=BC=C3=9Fe.pdf?=", "Grüße.pdf"),
        ('attachment; filename="C:\\temp\\new.txt"', "C:\\temp\\new.txt"),
        ('attachment; filename="a\\"b.txt"', 'a"b.txt'),
        ('attachment; filename="unclosed.txt', "unclosed.txt"),
        ('attachment filename="x.pdf"', "x.pdf"),
        ("attachment; filename=\"fallback.txt\"; filename*=utf-8''real.txt", "real.txt"),
        ('attachment; filename="a;b.txt"', "a;b.txt"),
        ("attachment; filename*=broken%ZZ", "broken%ZZ"),
        ("attachment; filename*x=broken; filename=right.txt", "right.txt"),
    ],
)
def test_file_names_are_read_from_parameters(raw: str, expected: str) -> None:
    _, found = params.parameters(raw.encode())
    assert found["filename"] == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"<a@b>", ("a@b",)),
        (b"a@b", ("a@b",)),
        (b"<<>@[", ("@[",)),
        (b"< a b@c >", ("ab@c",)),
        (b"<a@b@c>", ("a@b@c",)),
        (b"<a@b> <c@d>\r\n <a@b>", ("a@b", "c@d")),
        (b"no-at-sign", ("no-at-sign",)),
        (b"", ()),
    ],
)
def test_message_ids_are_found(raw: bytes, expected: tuple[str, ...]) -> None:
    assert headers.message_ids([raw]) == expected


@pytest.mark.parametrize(
    "raw",
    [
        "Mon, 06 May 2024 10:00:00 +0200",
        "Mon, 6 May 2024 10:00:00 +0200 (CEST)",
        "Mon, 6 May 24 08:00:00 GMT",
        "2024-05-06T08:00:00Z",
        "Mon, 6 May 2024 10.00.00 +0200",
        "Mon May  6 08:00:00 2024",
    ],
)
def test_dates_are_read_in_many_forms(raw: str) -> None:
    part = Part([("date", raw.encode())], b"")
    assert headers.date(part, Defects()) == datetime(2024, 5, 6, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "yesterday",
        "Mon, 99 May 99999 10:00:00",
        "Mon, 06 May 2024 10:00:00 +9999",
        "Thu, 1 Jan 1970 00:00:00 +0000",
        "Mon, 6 May 9999 10:00:00 +0000",
        "0",
    ],
)
def test_an_impossible_date_is_none_with_a_defect(raw: str) -> None:
    defects = Defects()
    assert headers.date(Part([("date", raw.encode())], b""), defects) is None
    assert list(defects) == ["The date could not be read."]
