"""Reading mail in a process of its own, which may be killed.

Whatever a mail does to its reader, it does to the child: it has a limit on memory and on time, no
environment and therefore no secrets, and is started anew when it died. Frames go both ways through
pipes: eight bytes of length, then the bytes. A request is one frame, the raw mail. An answer is one
frame of JSON, followed by the bytes of the attachments in their order and sizes.
"""

import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from intake.mail.limits import MAX_RAW
from intake.mail.parse import parse_safely
from intake.mail.records import ParsedMail, Unreadable

TIME_LIMIT_S = 20
MEMORY_LIMIT = 512 * 1024 * 1024  # bytes of address space
_MAILS_PER_CHILD = 500  # then a new one, so that nothing piles up
_LENGTH_BYTES = 8
_MAX_ANSWER = 4 * MAX_RAW
_ROOT = Path(__file__).resolve().parents[2]


class ParserDied(Exception):
    """The child ended or was ended while it read a mail; the next mail gets a new child."""


class ParserChild:
    """A child that reads one mail after the other. Not to be shared between threads."""

    def __init__(self, *, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._time_limit_s = time_limit_s
        self._process: subprocess.Popen[bytes] | None = None
        self._mails = 0

    def __enter__(self) -> Self:
        self._running()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def parse(self, raw: bytes) -> ParsedMail | Unreadable:
        """As `parse.parse_safely`, within the limits. Raises ParserDied if the child died."""
        if len(raw) > MAX_RAW:
            return Unreadable("larger than 25 MB")
        process = self._running()
        deadline = time.monotonic() + self._time_limit_s
        try:
            _send(process, len(raw).to_bytes(_LENGTH_BYTES, "big") + raw, deadline)
            answer = json.loads(_received(process, _length(process, deadline), deadline))
            if "unreadable" in answer:
                return Unreadable(answer["unreadable"])
            sizes = [attachment["size"] for attachment in answer["attachments"]]
            contents = [_received(process, size, deadline) for size in sizes]
        except TimeoutError as error:
            self._kill()
            raise ParserDied(f"reading took longer than {self._time_limit_s:g} s") from error
        except (OSError, EOFError, ValueError) as error:
            self._kill()
            raise ParserDied("the reader ended before it was done") from error
        return ParsedMail.from_json(answer, contents)

    @property
    def pid(self) -> int | None:
        """The process id of the child that runs now."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """Ends the child. A later `parse` starts another."""
        self._kill()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._mails >= _MAILS_PER_CHILD or (self._process and self._process.poll() is not None):
            self._kill()
        if self._process is None:
            self._process = _started()
            self._mails = 0
        self._mails += 1
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()


def _started() -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "intake.mail.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd=_ROOT,
        env={"LC_ALL": "C.UTF-8"},
    )
    for number in _pipes(process):
        os.set_blocking(number, False)
    return process


def _pipes(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    if process.stdin is None or process.stdout is None:
        raise OSError("the child has no pipes")
    return process.stdin.fileno(), process.stdout.fileno()


def _send(process: subprocess.Popen[bytes], frame: bytes, deadline: float) -> None:
    number, _ = _pipes(process)
    rest = memoryview(frame)
    while rest:
        _wait(number, select.POLLOUT, deadline)
        rest = rest[os.write(number, rest[:65_536]) :]


def _length(process: subprocess.Popen[bytes], deadline: float) -> int:
    length = int.from_bytes(_received(process, _LENGTH_BYTES, deadline), "big")
    if length > _MAX_ANSWER:
        raise ValueError("an answer of impossible length")
    return length


def _received(process: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
    _, number = _pipes(process)
    found = bytearray()
    while len(found) < length:
        _wait(number, select.POLLIN, deadline)
        piece = os.read(number, min(length - len(found), 1_048_576))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)


def _wait(number: int, event: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    poll = select.poll()
    poll.register(number, event)
    if left <= 0 or not poll.poll(left * 1_000):
        raise TimeoutError


def _limit() -> None:
    """What the kernel enforces on the child."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _read_exactly(number: int, length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        piece = os.read(number, min(length - len(found), 1_048_576))
        if not piece:
            raise EOFError
        found += piece
    return bytes(found)


def _write_all(number: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(number, rest) :]


def _answer(raw: bytes) -> list[bytes]:
    mail = parse_safely(raw)
    if isinstance(mail, Unreadable):
        return [json.dumps({"unreadable": mail.reason}).encode("utf-8")]
    return [json.dumps(mail.to_json()).encode("utf-8"), *mail.contents()]


def main() -> None:
    """The child: reads mails from its standard input until that ends."""
    _limit()
    output = os.dup(1)
    os.dup2(2, 1)  # nothing that a library prints gets between the frames
    while True:
        try:
            raw = _read_exactly(0, int.from_bytes(_read_exactly(0, _LENGTH_BYTES), "big"))
        except EOFError:
            return
        signal.alarm(TIME_LIMIT_S + 5)  # should the parent be gone while this hangs
        head, *contents = _answer(raw)
        _write_all(output, len(head).to_bytes(_LENGTH_BYTES, "big") + head)
        for content in contents:
            _write_all(output, content)
        signal.alarm(0)


if __name__ == "__main__":
    main()
