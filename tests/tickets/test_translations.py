"""Letters are written in every language of the desk, and what is compiled is what is written."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings

from tickets.services import wording

LANGUAGES = [code for code, _name in settings.LANGUAGES if not code.startswith("en")]
FOLDER = Path(settings.BASE_DIR) / "locale"


def _written(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def _sentences() -> set[str]:
    return {str(found[1]) for found in extract_from_file("python", wording.__file__)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_letter_is_translated(language: str) -> None:
    catalog = _written(language)
    assert {text for text in _sentences() if not getattr(catalog.get(text), "string", "")} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_same_placeholders(language: str) -> None:
    faults = [
        (message.id, str(fault))
        for message in _written(language)
        if message.id
        for fault in message.check()
    ]
    assert faults == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_written_one(language: str) -> None:
    compiled = BytesIO()
    write_mo(compiled, _written(language))
    compiled.seek(0)
    expected = {message.id: message.string for message in read_mo(compiled)}
    with (FOLDER / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        assert {message.id: message.string for message in read_mo(file)} == expected
