"""The bytes of a mail, made once: headers that cannot be broken into, text, HTML, attachments."""

import hashlib
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Literal

from core.text import one_line

# Some relays refuse long References; the first and the newest ids suffice for every client.
REFERENCES_KEPT = 6
LOOP_HEADER = "X-Helpdesk-Loop"
_OUR_HEADERS = frozenset(
    {"From", "To", "Cc", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References"}
)
_ID = re.compile(r"<?([\x21-\x3b\x3d\x3f-\x7e]{3,250})>?")
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_CONTENT_TYPE = re.compile(r"([a-z]{1,40})/([a-z0-9][a-z0-9.+-]{0,80})")

Automatic = Literal["", "auto-replied", "auto-generated"]


@dataclass(frozen=True, slots=True)
class Addressee:
    """An address in a header, with the name shown for it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """An attached file."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. Message-IDs stand without angle brackets; `html` is sanitised already.

    `automatic` is empty for what a person wrote, "auto-replied" for an answer made by the desk
    and "auto-generated" for anything else the desk says by itself.
    """

    sender: Addressee
    to: Sequence[Addressee]
    subject: str
    message_id: str
    at: datetime
    text: str
    html: str = ""
    cc: Sequence[Addressee] = ()
    reply_to: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    parts: Sequence[Part] = ()
    automatic: Automatic = ""
    language: str = ""


class _MailPolicy(EmailPolicy):
    """SMTP's rules, but our own headers are written as `_fold` made them.

    The standard library, when it folds, drops the quotes around a long name, so that a comma in
    it makes new recipients, and breaks long Message-IDs, which breaks threads.
    """

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        if name in _OUR_HEADERS:
            return name, value
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        if name in _OUR_HEADERS:
            return f"{name}: {value}".replace("\n", self.linesep) + self.linesep
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        if name in _OUR_HEADERS:
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _MailPolicy(linesep=SMTP.linesep, cte_type="7bit")


def render(letter: Letter) -> bytes:
    """The mail's bytes; the same letter always gives the same bytes.

    ValueError if its sender or one of its recipients is no address that SMTP can carry.
    """
    mail = EmailMessage(policy=_POLICY)
    _put_addresses(mail, letter)
    mail["Subject"] = _words(one_line(letter.subject, limit=500))
    mail["Date"] = format_datetime(letter.at)
    _put_ids(mail, letter)
    _put_manners(mail, letter)
    mail.set_content(_body(letter.text), cte="quoted-printable")
    if letter.html:
        mail.add_alternative(_page(letter), subtype="html", cte="quoted-printable")
    for part in letter.parts:
        kind, subtype = _content_type(part.content_type)
        mail.add_attachment(
            part.content, maintype=kind, subtype=subtype, filename=_file_name(part.name)
        )
    if letter.language:
        # Last, because setting the content takes every Content header away.
        mail["Content-Language"] = letter.language
    _fix_boundaries(mail, letter.message_id)
    return mail.as_bytes()


def sendable(address: str) -> str:
    """The address as SMTP can carry it, an international domain in its ASCII form; or empty."""
    local, _, domain = address.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    dots_are_fine = not (local.startswith(".") or local.endswith(".") or ".." in local)
    if _LOCAL.fullmatch(local) and dots_are_fine and _DOMAIN.fullmatch(domain):
        return f"{local}@{domain}"
    return ""


def clean_id(message_id: str) -> str:
    """A foreign Message-ID without brackets, fit for a header; empty if it is not."""
    found = _ID.fullmatch(message_id.strip())
    return found.group(1) if found else ""


def _put_addresses(mail: EmailMessage, letter: Letter) -> None:
    mail["From"] = _addresses([letter.sender])
    mail["To"] = _addresses(letter.to)
    if letter.cc:
        mail["Cc"] = _addresses(letter.cc)
    if letter.reply_to:
        mail["Reply-To"] = _addresses([Addressee(letter.reply_to, letter.sender.name)])


def _addresses(addressees: Sequence[Addressee]) -> str:
    return ",\n ".join(_address(addressee) for addressee in addressees)


def _address(addressee: Addressee) -> str:
    address = sendable(addressee.address)
    if not address:
        raise ValueError(f"not an address that SMTP can carry: {addressee.address!r}")
    name = one_line(addressee.name, limit=120)
    if not name:
        return address
    if _needs_encoding(name):
        return f"{_encoded(name)} <{address}>"
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + f'" <{address}>'


def _words(text: str) -> str:
    """Unstructured text, folded at its spaces."""
    if _needs_encoding(text):
        return _encoded(text)
    return "\n ".join(textwrap.wrap(text, 70, break_long_words=False, break_on_hyphens=False))


def _needs_encoding(text: str) -> bool:
    return not text.isascii() or "=?" in text


def _encoded(text: str) -> str:
    """RFC 2047 words; characters are never torn apart."""
    return Header(text, "utf-8", maxlinelen=70).encode(linesep="\n")


def _put_ids(mail: EmailMessage, letter: Letter) -> None:
    mail["Message-ID"] = f"<{letter.message_id}>"
    in_reply_to = clean_id(letter.in_reply_to)
    if in_reply_to:
        mail["In-Reply-To"] = f"<{in_reply_to}>"
    references = list(dict.fromkeys(filter(None, map(clean_id, letter.references))))
    if len(references) > REFERENCES_KEPT:
        references = [references[0], *references[1 - REFERENCES_KEPT :]]
    if references:
        mail["References"] = "\n ".join(f"<{known}>" for known in references)


def _put_manners(mail: EmailMessage, letter: Letter) -> None:
    if letter.automatic:
        mail["Auto-Submitted"] = letter.automatic
        mail["X-Auto-Response-Suppress"] = "All"
        mail["Precedence"] = "bulk"
        mail[LOOP_HEADER] = letter.sender.address


def _body(text: str) -> str:
    return text.rstrip("\n") + "\n"


def _page(letter: Letter) -> str:
    language = f' lang="{letter.language}"' if letter.language.replace("-", "").isalnum() else ""
    return (
        f'<!DOCTYPE html>\n<html{language}><head><meta charset="utf-8"></head>'
        f'<body dir="auto">\n{letter.html}\n</body></html>\n'
    )


def _content_type(declared: str) -> tuple[str, str]:
    found = _CONTENT_TYPE.fullmatch(declared.lower())
    # A mail inside a mail may not be encoded as base64, and a part in parts is no file.
    if not found or found.group(1) in {"message", "multipart"}:
        return "application", "octet-stream"
    return found.group(1), found.group(2)


def _file_name(name: str) -> str:
    return one_line(name.replace("/", "_").replace("\\", "_"), limit=200) or "file"


def _fix_boundaries(mail: EmailMessage, seed: str) -> None:
    """Boundaries follow from the Message-ID, so that a repeat is the same to the byte.

    "=_" stands in no quoted-printable or base64 line, so no content can hold one.
    """
    root = hashlib.sha256(seed.encode()).hexdigest()[:24]
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{root}_{number}")
