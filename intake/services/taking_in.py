"""A mail is stored and committed before anybody reads it, once however often it is delivered."""

import hashlib
import re
import uuid
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from core import claim
from core.notify import notify
from intake.models import InboundMail
from mailboxes.models import Mailbox

# Larger ones than the parser's 25 MB are kept for a person to look at, up to here.
LARGEST_STORED = 100 * 1024 * 1024
_HEADERS_LOOKED_AT = 262_144
_KEY_LIMIT = 900
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_SPACE = re.compile(rb"\s+")
_ANGLED = re.compile(rb"<([^<>]+)>")


class TooLarge(Exception):
    """The mail is so large that it was not even stored."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The row of a mail, whether this delivery made it, and the lease kept for its reader."""

    mail: InboundMail
    is_new: bool
    token: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class _Digest:
    raw: str
    content: str
    key: str


def take_in(raw: bytes, *, mailbox: Mailbox, to_read_now: bool = False) -> Taken:
    """The mail's bytes are stored, its row is committed; only then may its server be told.

    The same Message-ID with the same content gives the first row again. With other content it
    is kept too, under its own hash and flagged: whoever knows a Message-ID must not be able to
    suppress a mail. TooLarge above 100 MB. With `to_read_now` a new mail is leased to the caller,
    so that no worker is at it when he reads it himself.
    """
    if len(raw) > LARGEST_STORED:
        raise TooLarge
    digest = _digest(raw)
    path, is_new_file = _store(raw, digest)
    token = uuid.uuid4() if to_read_now else None
    taken = _row(digest.key, digest, path, mailbox, token, size=len(raw))
    if not taken.is_new and taken.mail.content_sha256 != digest.content:
        key = f"sha256:{digest.content}"
        taken = _row(key, digest, path, mailbox, token, size=len(raw), other_content=True)
    if is_new_file and not InboundMail.objects.filter(raw_path=path).exists():
        default_storage.delete(path)
    return taken


def _row(
    key: str,
    digest: _Digest,
    path: str,
    mailbox: Mailbox,
    token: uuid.UUID | None,
    *,
    size: int,
    other_content: bool = False,
) -> Taken:
    """The unique constraint decides who was first, not a look-up."""
    with transaction.atomic(durable=True):
        mail, is_new = InboundMail.objects.get_or_create(
            mailbox=mailbox,
            dedup_key=key,
            defaults={
                "raw_sha256": digest.raw,
                "content_sha256": digest.content,
                "raw_path": path,
                "size": size,
                "other_content": other_content,
                "lease_token": token,
                "lease_until": claim.LeaseEnd() if token else None,
            },
        )
        if is_new and not token:
            notify("inbox")
    return Taken(mail, is_new, token if is_new else None)


def _store(raw: bytes, digest: _Digest) -> tuple[str, bool]:
    """Where the bytes stand, and whether they were put there now; equal ones are stored once."""
    path = f"inbound/{digest.raw[:2]}/{digest.raw}"
    if default_storage.exists(path):
        return path, False
    return default_storage.save(path, ContentFile(raw)), True


def _digest(raw: bytes) -> _Digest:
    end = _END_OF_HEADERS.search(raw, 0, _HEADERS_LOOKED_AT)
    head = raw[: end.start()] if end else raw[:_HEADERS_LOOKED_AT]
    body = raw[end.end() :] if end else b""
    date = _header(head, b"date")
    raw_hash = hashlib.sha256(raw).hexdigest()
    said = [date, _header(head, b"from"), _header(head, b"subject")]
    said.append(body.replace(b"\r\n", b"\n").rstrip())
    content = hashlib.sha256(b"\n".join(said)).hexdigest()
    message_id = _message_id(head)
    # Without a date two mails of one wording may well be two mails.
    key = f"mid:{message_id}" if message_id else f"sha256:{content if date else raw_hash}"
    return _Digest(raw_hash, content, key)


def _message_id(head: bytes) -> str:
    value = _header(head, b"message-id")
    angled = _ANGLED.search(value)
    found = (angled.group(1) if angled else value.strip(b"<> ")).strip()
    return found.decode("latin-1").replace("\0", "")[:_KEY_LIMIT]


def _header(head: bytes, name: bytes) -> bytes:
    """The first header of that name, unfolded, white space collapsed; empty if there is none."""
    found = re.search(
        rb"^" + name + rb"[ \t]*:((?:.|\r?\n[ \t])*)", head, re.IGNORECASE | re.MULTILINE
    )
    return _SPACE.sub(b" ", found.group(1)).strip() if found else b""
