"""What people type or send, made fit to be stored."""

import re
import unicodedata

from django.utils.translation import gettext as _

from core.errors import Refused

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


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
