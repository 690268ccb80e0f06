"""Files are stored under random keys, and named, typed and limited before any work."""

import hashlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from core.errors import Refused
from tickets.services import files


def _upload(name: str, content: bytes = b"x", kind: str = "text/plain") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


def test_a_file_is_kept_whole_under_a_random_key() -> None:
    stored = files.store(_upload("invoice.pdf", b"%PDF-1.7 ...", "application/pdf"))
    assert "invoice" not in stored.key
    with default_storage.open(stored.key) as file:
        assert file.read() == b"%PDF-1.7 ..."
    assert (stored.name, stored.content_type, stored.size) == ("invoice.pdf", "application/pdf", 12)
    assert stored.sha256 == hashlib.sha256(b"%PDF-1.7 ...").hexdigest()


def test_a_file_larger_than_a_chunk_is_kept_whole() -> None:
    content = bytes(range(256)) * 1000
    stored = files.store(_upload("a.bin", content))
    with default_storage.open(stored.key) as file:
        assert file.read() == content


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "empty_file"), (b"x" * (20 * 1024 * 1024 + 1), "file_too_large")]
)
def test_an_empty_or_giant_file_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        files.store(_upload("scan.png", content))
    assert (refused.value.code, refused.value.field) == (code, "files")
    assert "scan.png" in refused.value.sentence


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.doc", "a.doc"),
        ("a\u200b.htaccess", "a.htaccess"),
        (".htaccess", "htaccess"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("a\x00b\r\nc.txt", "ab c.txt"),
        ("", "file"),
        ("..", "file"),
        ("CON", "CON"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("Ünïcode 山.txt", "Ünïcode 山.txt"),
    ],
)
def test_names_are_only_ever_shown_and_made_harmless(name: str, clean: str) -> None:
    assert files.clean_name(name) == clean


@pytest.mark.parametrize(
    ("declared", "name", "kind"),
    [
        ("image/png", "a.png", "image/png"),
        ("IMAGE/PNG; charset=x", "a.png", "image/png"),
        ("", "a.pdf", "application/pdf"),
        ("application/octet-stream", "a.csv", "text/csv"),
        ("text/html", "a.html", "application/octet-stream"),
        ("image/svg+xml", "a.svg", "application/octet-stream"),
        ("", "a.svg", "application/octet-stream"),
        ("application/x-msdownload", "a.exe", "application/octet-stream"),
        ("nonsense", "a", "application/octet-stream"),
    ],
)
def test_browsers_are_told_known_types_only(declared: str, name: str, kind: str) -> None:
    assert files.content_type(declared, name) == kind


def test_what_came_by_mail_is_kept_as_it_came() -> None:
    stored = files.store_bytes(
        b"", name="empty.txt", declared_type="text/plain", inline=True, content_id="a\r\nb"
    )
    assert (stored.size, stored.inline, stored.content_id) == (0, True, "a b")
    with default_storage.open(stored.key) as file:
        assert file.read() == b""
