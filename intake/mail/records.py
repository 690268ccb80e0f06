"""What is read from a mail: frozen records without behaviour, and their way through JSON."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox in a header. `email` has a lower-case domain; `name` may be empty."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the mail. `size` is in decoded bytes; `inline` means that the HTML shows it.

    `content_id` is what stands after `cid:` in the sanitised HTML, or empty.
    """

    name: str
    content_type: str
    size: int
    inline: bool
    content_id: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class AutoVerdict:
    """Whether a machine wrote, why we think so, and whether anything automatic may go back."""

    auto_generated: bool = False
    may_answer: bool = True
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BounceRecipient:
    """What a report says of one recipient; `status` is an enhanced status code such as 5.1.1."""

    address: str
    action: str = ""
    status: str = ""
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report about a mail of ours.

    `action` is failed, delayed, delivered, relayed or expanded; only *failed* is a failure.
    `permanent` is true for a failure that will not mend by itself (5.x.x). `is_dsn` tells a
    report in the standard form from one recognised by its words.
    """

    action: str
    permanent: bool
    status: str = ""
    recipients: tuple[BounceRecipient, ...] = ()
    original_message_id: str = ""
    original_subject: str = ""
    is_dsn: bool = True


@dataclass(frozen=True, slots=True)
class SpamVerdict:
    """What a filter on the way said. `is_spam` is None when none said anything."""

    is_spam: bool | None = None
    score: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AuthResult:
    """One method of an Authentication-Results header, such as dkim=pass for a domain."""

    method: str
    result: str
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Authentication:
    """One Authentication-Results header: who checked, and what was found."""

    authserv_id: str
    results: tuple[AuthResult, ...] = ()

    def result_of(self, method: str) -> str:
        """The result of `spf`, `dkim` or `dmarc`; pass wins among several, empty if not checked."""
        found = [item.result for item in self.results if item.method == method]
        return "pass" if "pass" in found else (found[0] if found else "")


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """All that was read from one mail. Nothing in it may be trusted: the sender wrote it.

    Message-IDs stand without angle brackets. `text` is the new part, `full_text` all that is
    visible; `html` is sanitised and whole, `html_new` its new part. `delivered_to` are the
    addresses that headers of the delivery name, for signed reply addresses. `null_sender` is true
    when the envelope had an empty return path.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    date: datetime | None = None
    subject: str = ""
    from_email: str = ""
    from_name: str = ""
    senders: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str = ""
    null_sender: bool = False
    loops: tuple[str, ...] = ()
    text: str = ""
    full_text: str = ""
    html: str = ""
    html_new: str = ""
    forwarded: bool = False
    attachments: tuple[Attachment, ...] = ()
    auto: AutoVerdict = AutoVerdict()
    bounce: Bounce | None = None
    encrypted: bool = False
    signed: bool = False
    spam: SpamVerdict = SpamVerdict()
    authentications: tuple[Authentication, ...] = ()
    defects: tuple[str, ...] = ()

    def authentication_by(self, authserv_id: str) -> Authentication | None:
        """The results of the nearest hop that calls itself so; all others can be forged.

        Headers are added on top, so the first of that name is the newest.
        """
        wanted = authserv_id.strip().lower()
        return next((a for a in self.authentications if wanted and a.authserv_id == wanted), None)

    def contents(self) -> list[bytes]:
        """The bytes of the attachments, in order, for `from_json`."""
        return [attachment.content for attachment in self.attachments]

    def to_json(self) -> Json:
        """Plain JSON values, without the bytes of the attachments."""
        plain: Json = dataclasses.asdict(self)
        plain["date"] = self.date.isoformat() if self.date else None
        for attachment in plain["attachments"]:
            del attachment["content"]
        return plain

    @classmethod
    def from_json(cls, plain: Json, contents: Sequence[bytes] = ()) -> "ParsedMail":
        """The mail that `to_json` wrote; `contents` are the bytes of its attachments."""
        values = dict(plain)
        for name in ("references", "delivered_to", "loops", "defects"):
            values[name] = tuple(values[name])
        for name in ("senders", "reply_to", "to", "cc"):
            values[name] = tuple(Address(**address) for address in values[name])
        values["date"] = datetime.fromisoformat(values["date"]) if values["date"] else None
        values["attachments"] = _attachments(values["attachments"], contents)
        values["auto"] = AutoVerdict(**_with_tuples(values["auto"], "reasons"))
        values["spam"] = SpamVerdict(**_with_tuples(values["spam"], "reasons"))
        values["bounce"] = _bounce(values["bounce"])
        values["authentications"] = tuple(_authentication(a) for a in values["authentications"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A mail of which no ticket can be made; `reason` is a phrase for a person."""

    reason: str


def _with_tuples(plain: Json, *names: str) -> Json:
    return plain | {name: tuple(plain[name]) for name in names}


def _attachments(plain: list[Json], contents: Sequence[bytes]) -> tuple[Attachment, ...]:
    given = [*contents, *([b""] * (len(plain) - len(contents)))]
    return tuple(
        Attachment(**item, content=content) for item, content in zip(plain, given, strict=False)
    )


def _bounce(plain: Json | None) -> Bounce | None:
    if plain is None:
        return None
    recipients = tuple(BounceRecipient(**recipient) for recipient in plain["recipients"])
    return Bounce(**(plain | {"recipients": recipients}))


def _authentication(plain: Json) -> Authentication:
    results = tuple(AuthResult(**result) for result in plain["results"])
    return Authentication(plain["authserv_id"], results)
