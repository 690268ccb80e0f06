"""Each mail of the corpus is read as a person wrote it down."""

import json

import pytest

from intake.mail.parse import parse, parse_safely
from intake.mail.records import ParsedMail
from tests.mail.readings import CORPUS, EXPECTED, differences, raw_of


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_mail_is_read_as_written_down(name: str) -> None:
    assert differences(parse(raw_of(name)), EXPECTED[name]) == {}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_mail_survives_the_way_through_json(name: str) -> None:
    mail = parse(raw_of(name))
    plain = json.loads(json.dumps(mail.to_json()))
    assert ParsedMail.from_json(plain, mail.contents()) == mail


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_line_ends_make_no_difference(name: str) -> None:
    raw = raw_of(name)
    if b"\n" not in raw or b"\r" in raw:
        pytest.skip("the mail has line ends of its own")
    with_crlf = parse(raw.replace(b"\n", b"\r\n"))
    assert with_crlf.text == parse(raw).text
    assert with_crlf.subject == parse(raw).subject


def test_no_file_of_the_corpus_is_forgotten() -> None:
    assert {path.stem for path in CORPUS.glob("*.eml")} == set(EXPECTED)


def test_every_readable_mail_has_a_reading() -> None:
    assert all(isinstance(parse_safely(raw_of(name)), ParsedMail) for name in EXPECTED)
