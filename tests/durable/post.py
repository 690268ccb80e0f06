"""A real mail server on loopback that can be told to misbehave."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from mailboxes.models import Mailbox


@dataclass
class Post:
    """What the server got, and what it answers: by recipient, and to the mail itself."""

    port: int = 0
    got: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    answer_to: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.answer_to.get(address, "250 OK")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            content: Any = envelope.content
            self.got.append((str(envelope.mail_from), list(envelope.rcpt_tos), bytes(content)))
        return self.answer


def _nobody(*_args: object) -> AuthResult:
    return AuthResult(success=False, handled=False)


@contextmanager
def office(*, needs_sign_in: bool = False) -> Iterator[Post]:
    """A mail server that runs for the time of the block."""
    post = Post(port=free_port())
    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=post.port,
        auth_required=needs_sign_in,
        auth_require_tls=False,
        authenticator=_nobody,
    )
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


@contextmanager
def deaf_office() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        done = threading.Event()
        yield listening.getsockname()[1]
        done.set()


@contextmanager
def dawdling_office() -> Iterator[int]:
    """The port of a server whose greeting comes a byte at a time and does not end for 10 s."""
    done = threading.Event()

    def dawdle(listening: socket.socket) -> None:
        line, _peer = listening.accept()
        with line, suppress(OSError):
            for _each in range(100):
                line.sendall(b"2")
                if done.wait(0.1):
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=dawdle, args=(listening,))
        thread.start()
        yield listening.getsockname()[1]
        done.set()
        thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def by(port: int, **fields: Any) -> Mailbox:
    """The first mailbox, sending by the server at `port`."""
    mailbox = Mailbox.objects.order_by("pk").first()
    assert mailbox is not None
    settings = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **fields}
    for name, value in settings.items():
        setattr(mailbox, name, value)
    mailbox.save()
    return mailbox
