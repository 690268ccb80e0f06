"""Files: stored by the door before the verb's transaction, under a random key."""

import hashlib
import mimetypes
from collections.abc import Sequence
from pathlib import PurePosixPath

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core.defaults import storage_key
from core.errors import Refused
from core.text import one_line
from tickets.models import Attachment, Message
from tickets.services.records import StoredFile

LARGEST_BYTES = 20 * 1024 * 1024
MOST_FILES = 10
_NAME_LIMIT = 200
OCTETS = "application/octet-stream"
# What a browser may be told a file is; anything else is just bytes.
KNOWN_TYPES = frozenset(
    {
        *(f"image/{kind}" for kind in ("png", "jpeg", "gif", "webp", "bmp", "tiff", "heic")),
        *(f"text/{kind}" for kind in ("plain", "csv", "calendar")),
        *(f"audio/{kind}" for kind in ("mpeg", "ogg", "wav", "mp4")),
        *(f"video/{kind}" for kind in ("mp4", "mpeg", "ogg", "quicktime", "webm")),
        *(f"application/{kind}" for kind in ("pdf", "zip", "json", "rtf", "msword")),
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        *(
            f"application/vnd.openxmlformats-officedocument.{kind}"
            for kind in (
                "wordprocessingml.document",
                "spreadsheetml.sheet",
                "presentationml.presentation",
            )
        ),
        *(f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet")),
        "message/rfc822",
    }
)


def store(upload: "UploadedFile[bytes]") -> StoredFile:
    """The uploaded file stands in the file store. Call it before the verb, outside its transaction.

    Refused `empty_file` or `file_too_large`, naming the file.
    """
    name = clean_name(upload.name or "")
    if not upload.size:
        raise Refused(_("“%(name)s” is empty.") % {"name": name}, code="empty_file", field="files")
    if upload.size > LARGEST_BYTES:
        raise _too_large(name)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return StoredFile(
        key=_save(upload),
        name=name,
        content_type=content_type(upload.content_type or "", name),
        size=upload.size,
        sha256=digest.hexdigest(),
    )


def store_bytes(
    content: bytes, *, name: str, declared_type: str, inline: bool = False, content_id: str = ""
) -> StoredFile:
    """A file out of a mail, of any size and even empty: what came in is kept as it came."""
    name = clean_name(name)
    return StoredFile(
        key=_save(ContentFile(content)),
        name=name,
        content_type=content_type(declared_type, name),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        inline=inline,
        content_id=one_line(content_id, limit=255),
    )


def require_within_limits(files: Sequence[StoredFile]) -> None:
    """Refused `too_many_files` or `file_too_large` unless one mail can carry them."""
    if len(files) > MOST_FILES:
        raise Refused(
            _("Attach at most %(most)d files.") % {"most": MOST_FILES},
            code="too_many_files",
            field="files",
        )
    if sum(file.size for file in files) > LARGEST_BYTES:
        largest = max(files, key=lambda file: file.size)
        raise _too_large(largest.name)


def attach(message: Message, files: Sequence[StoredFile]) -> None:
    """The stored files belong to the message."""
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            key=file.key,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            inline=file.inline,
            content_id=file.content_id,
        )
        for file in files
    )


def content_type(declared: str, name: str) -> str:
    """The type a browser may be told: the declared one, else by the name, if it is a known one."""
    declared = declared.partition(";")[0].strip().lower()
    if declared in {"", OCTETS}:
        declared = mimetypes.guess_type(name)[0] or ""
    return declared if declared in KNOWN_TYPES else OCTETS


def clean_name(name: str) -> str:
    """A file's name without folders, controls and tricks; the ending of a long one is kept."""
    name = one_line(name.replace("\\", "/").rpartition("/")[2], limit=4000).strip(". ") or "file"
    if len(name) > _NAME_LIMIT:
        suffix = PurePosixPath(name).suffix[:20]
        name = name[: _NAME_LIMIT - len(suffix)] + suffix
    return name


def _save(content: "File[bytes]") -> str:
    return default_storage.save(storage_key(), content)


def _too_large(name: str) -> Refused:
    return Refused(
        _("“%(name)s” is too large: all files of a message together may have 20 MB.")
        % {"name": name},
        code="file_too_large",
        field="files",
    )
