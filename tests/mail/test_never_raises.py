"""No bytes make the reader raise, and whatever it reads can be stored."""

import json
import random
import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.mail import addresses, charsets, params, safety, words
from intake.mail.limits import Defects
from intake.mail.parse import parse
from intake.mail.records import ParsedMail
from tests.mail.readings import EXPECTED, raw_of

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
MUTATIONS = 1_500
TOKENS = [
    b"=?utf-8?b?",
    b"?=",
    b"\x00",
    b"\xff\xfe",
    b"Content-Type: multipart/mixed\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Type: message/rfc822\n",
    b"\n\n",
    b"--",
    b"<",
    b">",
    b"@",
    b'"',
    b"(",
    b"%ZZ",
    b"\x1b$B",
    b"begin 644 x\n",
    b"filename*0*=",
    b"; charset=utf-16",
    b"<blockquote>",
    b"&#x0;",
    b"\xed\xa0\x80",
]

# What made the parser of the standard library raise, each with the class it raised.
CRASHERS = {
    "unknown charset (LookupError)": b"Content-Type: text/plain; charset=foo-bar\n\nx",
    "charset with NUL (ValueError)": b"Content-Type: text/plain; charset=utf\x00-8\n\nx",
    "line break in a sender (ValueError)": b"From: =?utf-8?q?a=0d=0ab?= <a@b.example>\n\nx",
    "unclosed domain literal (AttributeError)": b"From: a@[127.0.0.1\n\nx",
    "odd Message-ID (IndexError)": b"Message-ID: <<>@[\n\nx",
    "odd date (ValueError)": b"Date: Mon, 40 Foo 2024 99:99:99 +0000\n\nx",
    "huge date (OverflowError)": b"Date: Mon, 1 Jan 999999999999 00:00:00 +0000\n\nx",
    "huge zone (OverflowError)": b"Date: Mon, 1 Jan 2024 00:00:00 +99999999999999999999\n\nx",
    "no boundary (KeyError)": b"Content-Type: multipart/mixed\n\nx",
    "bad RFC 2231 (TypeError)": b"Content-Disposition: inline; filename*0=a; filename*1*=b'c\n\nx",
    "bad section (UnboundLocalError)": b"Content-Type: text/plain; name*x*=utf-8''a\n\nx",
    "comment without end": b"From: (((((((((a@b.example\n\nx",
    "quote without end": b'To: "a, b@c.example, d@e.example\n\nx',
    "colon only": b":\n:\n\n:",
    "address of specials": b"From: <@>,<>,;:@\n\nx",
    "uuencode without lines": b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n",
    "uuencode of rubbish": b"\nbegin 644 a\nM\xff\xff\nMab\nend\n",
    "base64 of rubbish": b"Content-Transfer-Encoding: base64\n\n=\n===\nA",
    "quoted-printable of rubbish": b"Content-Transfer-Encoding: quoted-printable\n\n=\n=G=ZZ=",
    "broken calendar": b"Content-Type: text/calendar; method=\n\nBEGIN:VCALENDAR",
    "broken signature": b"Content-Type: application/pkcs7-mime\n\n\x30\x80" + b"\x24\x80" * 100,
    "report without parts": b"Content-Type: multipart/report; boundary=x\n\n--x--",
    "related without parts": b"Content-Type: multipart/related; boundary=x; start=a\n\n--x\n--x--",
    "boundary of blanks": b'Content-Type: multipart/mixed; boundary="   "\n\n--   \n\nx',
    "surrogates": b"Subject: \xed\xa0\x80\n\n\xed\xb0\x80",
}


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in _strings(item)]
    return []


def _require_storable(raw: bytes) -> None:
    started = time.monotonic()
    mail = parse(raw)
    assert time.monotonic() - started < 5
    plain = mail.to_json()
    assert ParsedMail.from_json(json.loads(json.dumps(plain)), mail.contents()) == mail
    assert not [text for text in _strings(plain) if UNSTORABLE.search(text)]
    assert all(attachment.size == len(attachment.content) for attachment in mail.attachments)
    assert all(attachment.name for attachment in mail.attachments)


@pytest.mark.parametrize("name", CRASHERS)
def test_what_broke_other_readers_is_read(name: str) -> None:
    _require_storable(CRASHERS[name])


def _mutated(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.randint(1, 60))
        kind = chance.randrange(5)
        if kind == 0:
            changed[at:at] = chance.choice(TOKENS)
        elif kind == 1:
            del changed[at:end]
        elif kind == 2:
            changed[at:end] = chance.randbytes(end - at)
        elif kind == 3:
            changed[at:at] = changed[at:end] * chance.randint(1, 20)
        else:
            other = raw_of(chance.choice(sorted(EXPECTED)))
            changed[at:] = other[len(other) // 3 :]
    return bytes(changed)


@pytest.mark.parametrize("seed", range(5))
def test_damaged_mails_are_read(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    names = sorted(EXPECTED)
    for _ in range(MUTATIONS // 5):
        _require_storable(_mutated(raw_of(chance.choice(names)), chance))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(raw: bytes) -> None:
    _require_storable(raw)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_header_is_read(raw: bytes) -> None:
    addresses.read_all([raw], Defects())
    words.decode(raw, Defects())
    params.parameters(raw)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=500))
def test_any_html_is_made_safe(html: str) -> None:
    shown = safety.sanitised(safety.prepared(charsets.clean(html), Defects()))
    assert not UNSTORABLE.search(shown)
    assert safety.sanitised(shown) == shown
