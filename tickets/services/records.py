"""What doors hand to the verbs: texts, correspondents, files, and mail that came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.text import normalise
from tickets import rendering

Role = Literal["to", "cc", "bcc"]
IncomingAuthor = Literal["customer", "third_party", "system"]


@dataclass(frozen=True, slots=True)
class Body:
    """What was written: all that is visible, and what is new in it (quotes and signature gone).

    HTML must have been sanitised; where it is missing it is made of the text. `source_md` is what
    an agent typed.
    """

    text: str
    new_text: str = ""
    html: str = ""
    new_html: str = ""
    source_md: str = ""

    @classmethod
    def typed(cls, source_md: str) -> "Body":
        """What somebody typed in Markdown."""
        text = rendering.text(source_md)
        html = rendering.html(source_md)
        return cls(text=text, new_text=text, html=html, new_html=html, source_md=source_md)

    @classmethod
    def plain(cls, text: str) -> "Body":
        """Plain text; nothing in it is markup."""
        text = normalise(text)
        html = rendering.html_of_text(text)
        return cls(text=text, new_text=text, html=html, new_html=html)

    def completed(self) -> "Body":
        """The same with nothing missing and nothing in it that cannot be stored."""
        text = normalise(self.text)
        new_text = normalise(self.new_text) or text
        html = normalise(self.html) or rendering.html_of_text(text)
        new_html = normalise(self.new_html) or (
            rendering.html_of_text(new_text) if new_text != text else html
        )
        return Body(text, new_text, html, new_html, self.source_md)


@dataclass(frozen=True, slots=True)
class Correspondent:
    """An address a message goes to, or came with."""

    address: str
    name: str = ""
    role: Role = "to"
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that stands in the file store under `key`; `size` is in bytes.

    `inline` with its `content_id`: the HTML of the message shows it.
    """

    key: str
    name: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from outside, and what its door found out about it.

    `author_kind` is "customer" for the requester or a copied person on his side, "third_party"
    for anyone else, "system" for machines' reports. `flagged`: it came with a right token from
    somebody who takes no part, so it stays internal until an agent accepts it. `auto_generated`
    covers vacation notices, lists, reports and bounces; `bounced` is a mail of ours that failed
    for good. `may_answer`: nothing about the mail forbids an automatic answer; `authenticated`:
    our own mail server vouches for its sender's domain.
    """

    body: Body
    author_kind: IncomingAuthor = "customer"
    author_id: int | None = None
    author_name: str = ""
    author_address: str = ""
    channel: str = "email"
    subject: str = ""
    rfc_message_id: str = ""
    in_reply_to: str = ""
    inbound_mail_id: int | None = None
    recipients: Sequence[Correspondent] = ()
    files: Sequence[StoredFile] = ()
    language: str = ""
    auto_generated: bool = False
    bounced: bool = False
    flagged: bool = False
    may_answer: bool = False
    authenticated: bool = False

    @property
    def is_from_customer(self) -> bool:
        """Whether it counts as a customer's message: by a person on his side, and public."""
        return self.author_kind == "customer" and not self.auto_generated and not self.flagged
