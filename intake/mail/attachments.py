"""The files of a mail: which parts are files, what they are called, which the HTML shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape

from intake.mail import charsets, headers, names, safety, tnef
from intake.mail.bodies import filename_of
from intake.mail.limits import Defects
from intake.mail.protection import SIGNATURE_TYPES
from intake.mail.records import Attachment
from intake.mail.structure import Part, headers_of
from intake.mail.transfer import UuFile

# Parts that machines read, or other forms of a body that is already shown.
_NO_FILES = {
    *SIGNATURE_TYPES,
    "application/pgp-encrypted",
    "application/applefile",
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "text/x-amp-html",
    "text/watch-html",
    "text/x-watch-html",
}
_CALENDAR = {"text/calendar", "application/ics", "text/x-vcalendar"}
_OTHER_FORMS = {
    "text/plain",
    "text/html",
    "text/enriched",
    "text/richtext",
    "text/rtf",
    "text/markdown",
}
_UID = re.compile(rb"^UID[;:]([^\r\n]{1,300})", re.M)
_CID = re.compile(r'src="cid:([^"]*)"')


@dataclass(frozen=True, slots=True)
class Files:
    """The attachments, and what a winmail.dat said in place of a body."""

    attachments: tuple[Attachment, ...] = ()
    text: str = ""
    html: str = ""


@dataclass(slots=True)
class _Found:
    """A file before its name is final."""

    name: str
    stated_type: str
    content: bytes
    content_id: str = ""
    is_calendar: bool = False


def read(root: Part, used: set[int], uu_files: list[UuFile], html: str, defects: Defects) -> Files:
    """All files, in mail order. `html` is the sanitised body, which tells what is shown in it."""
    found: list[_Found] = []
    text = wrapped_html = ""
    for part in _file_parts(root, used):
        file = _found(part, defects)
        if file is None:
            continue
        wrapped = None
        if tnef.is_tnef(part.content_type, file.name, file.content):
            wrapped = tnef.unwrapped(file.content, defects)
        if wrapped is None:
            found.append(file)
        else:
            found += [_Found(names.cleaned(name), "", content) for name, content in wrapped.files]
            text, wrapped_html = text or wrapped.text, wrapped_html or wrapped.html
    for uu in uu_files:
        name = charsets.readable(charsets.decode(uu.name, "", defects))
        found.append(_Found(names.cleaned(name), "", uu.content))
    return Files(_finished(_without_doubled_invitation(found), html), text, wrapped_html)


def locations(root: Part) -> dict[str, str]:
    """Content-IDs by Content-Location, for HTML that names its pictures so."""
    found: dict[str, str] = {}
    for part in root.walk():
        location = headers.text(part, "content-location", Defects())
        if location and part.content_type.startswith("image/"):
            found[location] = _content_id(part) or safety.content_id(location)
    return found


def _file_parts(root: Part, used: set[int]) -> Iterator[Part]:
    """The leaves that are files; a form of the body that was not chosen is none."""
    forms = {
        id(child)
        for part in root.walk()
        if part.content_type == "multipart/alternative"
        for child in part.children
        if child.content_type in _OTHER_FORMS and child.disposition != "attachment"
    }
    for part in root.walk():
        skipped = id(part) in used or id(part) in forms or part.content_type in _NO_FILES
        if not part.is_multipart and not skipped:
            yield part


def _found(part: Part, defects: Defects) -> _Found | None:
    content = part.content(defects)
    name = names.cleaned(filename_of(part))
    if not content.strip() and not name:
        return None
    is_calendar = part.content_type in _CALENDAR or name.lower().endswith(".ics")
    if not name and part.content_type == "message/rfc822":
        subject = names.cleaned(headers.subject(headers_of(content), Defects()))
        name = f"{subject[:80].strip()}.eml" if subject else ""
    if is_calendar and not name:
        name = "invite.ics"
    stated = part.content_type if part.states_type else ""
    return _Found(name, stated, content, _content_id(part), is_calendar)


def _content_id(part: Part) -> str:
    given = headers.text(part, "content-id", Defects())
    if given:
        return safety.content_id(given)
    location = headers.text(part, "content-location", Defects())
    return safety.content_id(location) if location else ""


def _without_doubled_invitation(found: list[_Found]) -> list[_Found]:
    """An invitation comes as a form of the body and once more as a file: the file is enough."""
    kept: list[_Found] = []
    for file in found:
        same = next((other for other in kept if _same_invitation(other, file)), None)
        if same is None:
            kept.append(file)
        elif same.name == "invite.ics":
            same.name = file.name
    return kept


def _same_invitation(one: _Found, other: _Found) -> bool:
    if not (one.is_calendar and other.is_calendar):
        return False
    uids = set(_UID.findall(one.content)), set(_UID.findall(other.content))
    return one.content.split() == other.content.split() or bool(uids[0] and uids[0] == uids[1])


def _finished(found: list[_Found], html: str) -> tuple[Attachment, ...]:
    shown = {unescape(value) for value in _CID.findall(html)}
    attachments: list[Attachment] = []
    for file in found:
        kind = names.content_type(file.stated_type, file.name, file.content)
        by_name = file.name and safety.content_id(file.name) in shown and not file.content_id
        content_id = safety.content_id(file.name) if by_name else file.content_id
        inline = content_id != "" and content_id in shown
        name = file.name or names.by_type(kind)
        attachments.append(
            Attachment(name, kind, len(file.content), inline, content_id, file.content)
        )
    chosen = names.distinct([attachment.name for attachment in attachments])
    return tuple(replace(one, name=name) for one, name in zip(attachments, chosen, strict=True))
