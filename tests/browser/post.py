"""Mail to and from the desk: raw bytes for receive_email, and a server that takes in answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from helpdesk.launch import ports
from helpdesk.launch.waiting import holds_within
from tests.browser.stack import Stack

DESK = "service@kestrel.example"
ARRIVES_S = 30.0


class Post:
    """A mail server on this machine that takes everything and keeps it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.port = ports.free_port()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.content
        assert isinstance(raw, bytes)
        self.mails.append(message_from_bytes(raw, policy=policy.default))
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if address in str(mail["To"])]

    def arrived(self, address: str, words: str) -> EmailMessage:
        """The mail to this address with these words in its text, as soon as it is here."""

        def found() -> list[EmailMessage]:
            return [mail for mail in self.to(address) if words in text_of(mail)]

        assert holds_within(ARRIVES_S, lambda: bool(found())), [
            (mail["To"], mail["Subject"]) for mail in self.mails
        ]
        return found()[0]


@contextmanager
def post_office(stack: Stack) -> Iterator[Post]:
    """The server runs, and the demo's mailbox may use it once its settings name it."""
    post = Post()
    controller = Controller(post, hostname=ports.HOST, port=post.port)
    controller.start()
    stack.change("UPDATE mailboxes_mailbox SET is_demo = false")
    try:
        yield post
    finally:
        controller.stop()


def mail(
    sender: str, subject: str, text: str, *, html: str = "", file_name: str = "", to: str = DESK
) -> EmailMessage:
    """A mail as a customer's program writes it."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Message-ID"] = make_msgid(domain="customer.example")
    made["Date"] = "Thu, 19 Nov 2026 14:00:00 +0100"
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    if file_name:
        made.add_attachment(
            b"A list of parts.\n", maintype="text", subtype="plain", filename=file_name
        )
    return made


def text_of(sent: EmailMessage) -> str:
    """All that can be read in a mail, whatever its parts."""
    parts = [part for part in sent.walk() if part.get_content_maintype() == "text"]
    return "\n".join(part.get_content() for part in parts)
