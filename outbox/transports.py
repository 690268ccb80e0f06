"""How a mail leaves: by the mailbox's mail server, or into a file where there is none."""

import contextlib
import hashlib
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from core import crypto
from mailboxes.models import Mailbox

CONNECT_S = 5.0
READ_S = 15.0
# Half of a lease: a server that answers a byte at a time must not outlive it.
SEND_S = 30.0
# "Sign in first": our own settings are wrong, not the mail, which leaves once they are right.
UNAUTHENTICATED = frozenset({530, 534, 535, 538})


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail as it leaves: its key, its exact bytes, from whom and to whom."""

    key: str
    raw: bytes
    sender: str
    recipients: list[str]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The mail has left through `transport`, except to those refused now or for good."""

    transport: str
    refused_now: list[str] = field(default_factory=list)
    refused_for_good: list[str] = field(default_factory=list)
    status: int | None = None


class NotSent(Exception):
    """Nobody got the mail. `permanent`: trying again would not help; `status`: SMTP's code."""

    def __init__(self, reason: str, *, permanent: bool, status: int | None = None) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.status = status


def send(envelope: Envelope, mailbox: Mailbox | None) -> Receipt:
    """The mail has left, or stands in a file if the mailbox has no mail server or is a demo's.

    Raises NotSent with the reason, fit to be shown to an administrator.
    """
    if mailbox is None or mailbox.is_demo or not mailbox.smtp_host:
        return _write(envelope, settings.MAIL_DIR / "sent")
    return _send(envelope, mailbox)


# ---- into a file


def _write(envelope: Envelope, folder: Path) -> Receipt:
    """Complete or not there at all; the same key always gives the same file."""
    name = hashlib.sha256(envelope.key.encode()).hexdigest()[:32]
    unfinished = folder / f".{name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(unfinished, "wb", opener=_private) as file:
            file.write(envelope.raw)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(folder / f"{name}.eml")
        _sync_folder(folder)
    except OSError as error:
        raise NotSent(f"Could not write into {folder}: {error}", permanent=False) from error
    return Receipt(transport="file")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# ---- by SMTP


def _send(envelope: Envelope, mailbox: Mailbox) -> Receipt:
    place = f"{mailbox.smtp_host}:{mailbox.smtp_port}"
    try:
        with _connected(mailbox, envelope) as server:
            return _deliver(server, envelope)
    except smtplib.SMTPResponseException as error:
        reason = f"{place} answered {error.smtp_code} {_words(error.smtp_error)}"
        of_the_mail = isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError)
        permanent = of_the_mail and _is_final(error.smtp_code)
        raise NotSent(reason, permanent=permanent, status=error.smtp_code) from error
    except (OSError, smtplib.SMTPException) as error:
        reason = f"{place} could not be used: {str(error) or type(error).__name__}"
        raise NotSent(reason, permanent=False) from error
    except ValueError as error:
        raise NotSent(f"{place} could not be used: {error}", permanent=False) from error


@contextlib.contextmanager
def _connected(mailbox: Mailbox, envelope: Envelope) -> Iterator[smtplib.SMTP]:
    """A server greeted, encrypted and signed in at as the mailbox says, cut off after 30 s."""
    password = crypto.decrypt(mailbox.smtp_password_encrypted)
    # Named by the sender's domain: asking for this machine's full name may take seconds.
    name = envelope.sender.rpartition("@")[2] or "localhost"
    secure = ssl.create_default_context()
    line = socket.create_connection((mailbox.smtp_host, mailbox.smtp_port), CONNECT_S)
    with line, _cut_off_in_time(line):
        if mailbox.smtp_security == Mailbox.Security.TLS:
            line = secure.wrap_socket(line, server_hostname=mailbox.smtp_host)
        server = _Server(line, mailbox, name)
        try:
            if mailbox.smtp_security == Mailbox.Security.STARTTLS:
                server.starttls(context=secure)
            if mailbox.smtp_user:
                server.login(mailbox.smtp_user, password)
            yield server
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        finally:
            server.close()


class _Server(smtplib.SMTP):
    """A mail server at the other end of a line that stands already."""

    def __init__(self, line: socket.socket, mailbox: Mailbox, local_hostname: str) -> None:
        self._line = line
        line.settimeout(READ_S)
        super().__init__(mailbox.smtp_host, mailbox.smtp_port, local_hostname=local_hostname)

    def _get_socket(self, _host: str, _port: int, _timeout: float) -> socket.socket:
        return self._line


@contextlib.contextmanager
def _cut_off_in_time(line: socket.socket) -> Iterator[None]:
    """Each answer may take 15 s, the whole conversation with its greeting 30 s."""
    # Of its own, because encrypting the line takes the first one away.
    handle = line.dup()

    def cut_off() -> None:
        with contextlib.suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(SEND_S, cut_off)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
        handle.close()


def _deliver(server: smtplib.SMTP, envelope: Envelope) -> Receipt:
    server.ehlo_or_helo_if_needed()
    everyone = [envelope.sender, *envelope.recipients]
    options = []
    if not envelope.raw.isascii() and server.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if not all(address.isascii() for address in everyone):
        if not server.has_extn("smtputf8"):
            raise NotSent("The mail server cannot write to this address.", permanent=True)
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    try:
        refused = server.sendmail(
            envelope.sender, envelope.recipients, _lines_for_smtp(envelope.raw), options
        )
    except smtplib.SMTPRecipientsRefused as error:
        raise _nobody_accepted(error.recipients) from error
    return Receipt(
        transport="smtp",
        refused_now=[who for who, (code, _words) in refused.items() if code < 500],
        refused_for_good=[who for who, (code, _words) in refused.items() if code >= 500],
        status=max((code for code, _words in refused.values()), default=250),
    )


def _nobody_accepted(refused: dict[str, tuple[int, bytes]]) -> NotSent:
    """Permanent only if every refusal is; else all are tried again."""
    least = min(code for code, _said in refused.values())
    said = "; ".join(f"{who}: {code} {_words(words)}" for who, (code, words) in refused.items())
    return NotSent(f"Nobody accepted it: {said}", permanent=_is_final(least), status=least)


def _is_final(code: int) -> bool:
    return code >= 500 and code not in UNAUTHENTICATED


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said


def _lines_for_smtp(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
