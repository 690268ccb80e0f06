"""winmail.dat: the files and the text that Outlook wraps for itself (TNEF)."""

from dataclasses import dataclass, field

from tnefparse import TNEF
from tnefparse.properties import MAPI_ATTACH_LONG_FILENAME
from tnefparse.tnef import TNEFAttachment

from intake.mail import charsets
from intake.mail.limits import READ_ERRORS, Defects

_SIGNATURE = b"\x78\x9f\x3e\x22"
_MAX_WORK = 4_000_000_000  # bytes copied by the library, which copies the rest for each object


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What was in it: named files, and a body if it held one."""

    files: list[tuple[str, bytes]] = field(default_factory=list)
    text: str = ""
    html: str = ""


def is_tnef(content_type: str, name: str, content: bytes) -> bool:
    if content_type in {"application/ms-tnef", "application/vnd.ms-tnef"}:
        return True
    return name.lower() in {"winmail.dat", "win.dat"} and content.startswith(_SIGNATURE)


def unwrapped(content: bytes, defects: Defects) -> Wrapped | None:
    """What a winmail.dat holds, or None if it cannot be read; it is then kept as it is."""
    if _objects(content) * len(content) > _MAX_WORK:
        defects.add("A winmail.dat is too large to be unpacked.")
        return None
    try:
        tnef = TNEF(content, do_checksum=False)
        files = [(_name(item, tnef.codepage), bytes(item.data)) for item in tnef.attachments]
        found = Wrapped(
            [(name, data) for name, data in files if data],
            charsets.clean(_text(tnef.body, tnef.codepage)),
            charsets.clean(_text(tnef.htmlbody, tnef.codepage)),
        )
    except READ_ERRORS:
        defects.add("A winmail.dat could not be unpacked.")
        return None
    return found if found.files or found.text or found.html else None


def _objects(content: bytes) -> int:
    """How many objects stand in it, by their lengths."""
    count, position = 0, 6
    while position + 12 < len(content):
        length = int.from_bytes(content[position + 5 : position + 9], "little")
        position += length + 11
        count += 1
    return count


def _name(item: TNEFAttachment, codepage: str | None) -> str:
    """Its long name, or the short one, which the library reads as UTF-8 though it is not."""
    long = [prop.data for prop in item.mapi_attrs if prop.name == MAPI_ATTACH_LONG_FILENAME]
    return _text(long[0] if long else item._name, codepage).strip("\x00 ")


def _text(value: object, codepage: str | None) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        return charsets.decode(value.rstrip(b"\x00"), codepage or "", Defects())
    return str(value or "").rstrip("\x00")
