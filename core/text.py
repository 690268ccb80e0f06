"""What people type or send, made fit to be stored."""

import re
import unicodedata

from django.utils.translation import gettext as _

from core.errors import Refused

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Direction marks and overrides, zero-width space, word joiner, byte order mark, C1 controls but
# NEL, tags. The joiners U+200C and U+200D stay: scripts and emoji need them.
_INVISIBLE = re.compile(
    "[\x80-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\U000e0000-\U000e007f]"
)


def require_storable(text: str, *, field: str = "") -> str:
    """The text as it came; Refused `bad_character` if PostgreSQL cannot hold it."""
    found = _UNSTORABLE.search(text)
    if found:
        raise Refused(
            _("The text contains a character that cannot be stored (U+%(code)04X).")
            % {"code": ord(found.group())},
            code="bad_character",
            field=field,
        )
    return text


def normalise(text: str) -> str:
    """Text from outside without what cannot be stored or seen: NFC, \\n line ends, no controls."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", _UNSTORABLE.sub("", text))
    return unicodedata.normalize("NFC", text)


def one_line(text: str, *, limit: int) -> str:
    """Text from outside as one visible line of at most `limit` characters.

    Controls, line ends and what turns the direction of writing are gone: it goes into headers,
    lists and file names, where it must not pass for anything else.
    """
    return " ".join(_INVISIBLE.sub("", normalise(text[: 20 * limit])).split())[:limit].strip()
