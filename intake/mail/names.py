"""File names and types of attachments, as they may be shown and offered."""

import mimetypes
import re
import unicodedata
from collections import Counter

import puremagic

from intake.mail import charsets

_MAX_NAME = 150  # characters; with an extension of at most _MAX_EXTENSION
_MAX_EXTENSION = 15
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\..*)?", re.I)
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,100}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")

# Types that say nothing, so that name and content decide.
_VAGUE = {"application/octet-stream", "application/x-octet-stream", "application/octetstream"}
_VAGUE |= {
    "application/download",
    "application/force-download",
    "application/x-download",
    "binary/octet-stream",
}
_VAGUE |= {
    "application/unknown",
    "application/x-unknown",
    "application/binary",
    "application/x-unknown-content-type",
}
_VAGUE |= {
    "unknown/unknown",
    "application/attachment",
    "application/x-forcedownload",
    "text/unknown",
}
_UNKNOWN = "application/octet-stream"
_SYNONYMS = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/x-ms-bmp": "image/bmp",
    "application/x-pdf": "application/pdf",
    "application/x-zip-compressed": "application/zip",
    "application/x-zip": "application/zip",
    "text/x-vcard": "text/vcard",
    "text/directory": "text/vcard",
    "audio/mp3": "audio/mpeg",
    "application/x-rtf": "application/rtf",
    "text/rtf": "application/rtf",
}
# The table of the standard library, without what the machine adds to it.
_STANDARD_TYPES = mimetypes.MimeTypes()
# What it lacks, and what is common.
_BY_EXTENSION = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "gif": "image/gif",
    "heic": "image/heic",
    "htm": "text/html",
    "html": "text/html",
    "ics": "text/calendar",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "log": "text/plain",
    "md": "text/markdown",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "msg": "application/vnd.ms-outlook",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "rtf": "application/rtf",
    "svg": "image/svg+xml",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "txt": "text/plain",
    "vcf": "text/vcard",
    "webp": "image/webp",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "zip": "application/zip",
}
_EXTENSIONS = {kind: extension for extension, kind in reversed(_BY_EXTENSION.items())} | {
    "image/jpeg": "jpg",
    "text/html": "html",
    "image/tiff": "tif",
    "text/plain": "txt",
    "application/pgp-encrypted": "asc",
    "application/pgp-keys": "asc",
    "application/pkcs7-mime": "p7m",
    "application/x-pkcs7-mime": "p7m",
    "text/rfc822-headers": "txt",
}
_STEMS = {
    "image": "image",
    "audio": "audio",
    "video": "video",
    "message": "message",
    "text": "text",
}


def cleaned(name: str) -> str:
    """A file name without path, without characters that hide or act, not too long; or nothing.

    It is normalised first and checked afterwards, so that nothing forbidden can hide in it.
    """
    name = charsets.readable(unicodedata.normalize("NFC", name))
    name = "".join(
        char for char in name if unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs", "Cn"}
    )
    name = re.split(r"[\\/]", name.rstrip("/\\ "))[-1]
    name = _FORBIDDEN.sub("_", name)
    name = re.sub(r"\s+", " ", name).strip(" .")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _shortened(name)


def by_type(content_type: str) -> str:
    """The name of a file that came without one."""
    stem = (
        "invite"
        if content_type == "text/calendar"
        else _STEMS.get(content_type.split("/")[0], "attachment")
    )
    extension = _EXTENSIONS.get(content_type) or (
        _STANDARD_TYPES.guess_extension(content_type) or ""
    ).lstrip(".")
    if content_type == "message/rfc822":
        extension = "eml"
    return f"{stem}.{extension}" if extension else stem


def distinct(names: list[str]) -> list[str]:
    """The same names, equal ones numbered; whether letters are small makes no difference."""
    taken = Counter(name.lower() for name in names)
    used: set[str] = set()
    out: list[str] = []
    for name in names:
        chosen, number = name, 1
        while chosen.lower() in used or (chosen != name and chosen.lower() in taken):
            number += 1
            stem, dot, extension = name.rpartition(".")
            chosen = f"{stem}-{number}.{extension}" if dot and stem else f"{name}-{number}"
        used.add(chosen.lower())
        out.append(chosen)
    return out


def content_type(stated: str, name: str, content: bytes) -> str:
    """The stated type if it says something, else by the name, else by the first bytes."""
    kind = stated.strip().lower()
    kind = _SYNONYMS.get(kind, kind)
    if _TYPE.fullmatch(kind) and kind not in _VAGUE:
        return kind
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    known = _BY_EXTENSION.get(extension) or _STANDARD_TYPES.guess_type(f"x.{extension}")[0]
    return known or (_UNKNOWN if extension else _by_content(content))


def _by_content(content: bytes) -> str:
    """The type if the first bytes leave no doubt; weak guesses name exotic formats."""
    try:
        found = puremagic.from_string(content[:8_192], mime=True)
    except (puremagic.PureError, ValueError, IndexError, TypeError):
        return _UNKNOWN
    return found if found in _EXTENSIONS else _UNKNOWN


def _shortened(name: str) -> str:
    if len(name) <= _MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= _MAX_EXTENSION:
        return f"{stem[: _MAX_NAME - len(extension) - 1].rstrip()}.{extension}"
    return name[:_MAX_NAME].rstrip()
