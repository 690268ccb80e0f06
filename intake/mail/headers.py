"""Single headers of a mail, each read so that it cannot fail."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from intake.mail import words
from intake.mail.limits import MAX_REFERENCES, MAX_SUBJECT, Defects
from intake.mail.structure import Part

_MAX_ID = 500
_EARLIEST, _LATEST = 1971, 2100
_IN_BRACKETS = re.compile(r"<([^<>]{1,2000})>")
_BARE_ID = re.compile(r"[^\s<>\"',;]+@[^\s<>\"',;]+")


def text(part: Part, name: str, defects: Defects, *, hint: str = "") -> str:
    """The first header of that name, decoded, in one line."""
    return words.decode(part.header(name), defects, hint=hint)


def subject(part: Part, defects: Defects, *, hint: str = "") -> str:
    return text(part, "subject", defects, hint=hint)[:MAX_SUBJECT].strip()


def message_ids(raw_values: Iterable[bytes]) -> tuple[str, ...]:
    """The Message-IDs of some headers, without brackets and blanks, each once.

    Some senders leave the brackets out, put blanks in, or write several `@`.
    """
    found: dict[str, None] = {}
    for raw in raw_values:
        value = words.decode(raw, Defects())
        ids = _IN_BRACKETS.findall(value) or _BARE_ID.findall(value) or [value.strip("<> ")]
        for one in ids:
            bare = re.sub(r"\s+", "", one)[:_MAX_ID]
            if bare and len(found) < MAX_REFERENCES:
                found[bare] = None
    return tuple(found)


def message_id(part: Part) -> str:
    """Its own Message-ID, or an empty text."""
    raw = [value for value in part.all_headers("message-id") if value.strip(b"<> ")]
    ids = message_ids(raw[:1])
    return ids[0] if ids else ""


def date(part: Part, defects: Defects) -> datetime | None:
    """The Date header in UTC, or None if it is missing, unreadable or out of all reason."""
    value = re.sub(r"\(.*", "", text(part, "date", defects)).strip()
    if not value:
        return None
    for candidate in (value, re.sub(r"\s+[A-Za-z]{5,}.*$", "", value), value.replace(".", ":")):
        found = _instant(candidate)
        if found:
            return found
    defects.add("The date could not be read.")
    return None


def _instant(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        try:
            found = datetime.fromisoformat(value)
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
    return found if _EARLIEST <= found.year <= _LATEST else None
