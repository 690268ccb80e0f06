"""The child reads as the parent would, within its limits, and its death is told apart."""

import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from intake.mail.child import MEMORY_LIMIT, ParserChild, ParserDied
from intake.mail.parse import parse
from intake.mail.records import Unreadable
from tests.mail.readings import raw_of


def test_a_child_reads_many_mails_as_the_parent_does() -> None:
    names = ["gmail_web_reply", "files_names", "bounce_postfix", "authentication", "charset_koi8r"]
    with ParserChild() as child:
        for name in names:
            assert child.parse(raw_of(name)) == parse(raw_of(name))


def test_large_attachments_come_through_whole() -> None:
    content = os.urandom(3_000_000)
    raw = (
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        b"Content-Type: application/octet-stream; name=a.bin\n\n" + content + b"\n--x--\n"
    )
    with ParserChild() as child:
        assert child.parse(raw) == parse(raw)


def test_an_unreadable_mail_is_told() -> None:
    with ParserChild() as child:
        assert child.parse(b"\n") == Unreadable("the message is empty")
        assert child.parse(b"x" * 26_214_401) == Unreadable("larger than 25 MB")


def test_a_killed_child_is_reported_and_replaced() -> None:
    with ParserChild() as child:
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        with suppress(ParserDied):  # unless its death was noticed before
            child.parse(raw_of("gmail_web_reply"))
        assert child.parse(raw_of("gmail_web_reply")) == parse(raw_of("gmail_web_reply"))


def test_a_child_that_hangs_is_ended() -> None:
    with ParserChild(time_limit_s=0.2) as child:
        hung = child.pid
        assert hung is not None
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(ParserDied, match=r"longer than 0\.2 s"):
            child.parse(raw_of("gmail_web_reply"))
        assert not Path(f"/proc/{hung}").exists()


def test_the_child_has_limits_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    with ParserChild() as child:
        child.parse(raw_of("gmail_web_reply"))
        limits = Path(f"/proc/{child.pid}/limits").read_text("utf-8")
        environment = Path(f"/proc/{child.pid}/environ").read_bytes()
    assert f"Max address space         {MEMORY_LIMIT}" in limits
    assert b"DATABASE_URL" not in environment


def test_no_child_is_left_behind() -> None:
    with ParserChild() as child:
        left = child.pid
    assert not Path(f"/proc/{left}").exists()
