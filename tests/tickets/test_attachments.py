"""Files: only for those who see the ticket, never shown as they came, headers exact."""

import base64
import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from accounts.models import Team, User
from core import pictures
from core.defaults import storage_key
from customers.models import Person
from tests.cast import NOW
from tests.screens.browsing import as_
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db

PLAIN = b"<script>alert(1)</script>"
REFUSED = 404


def png(width: int = 40, height: int = 30, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), "red").save(out, "PNG")
    return out.getvalue()


def attach(ticket: Ticket, content: bytes, **fields: object) -> Attachment:
    """A stored file on the ticket's first message."""
    key = default_storage.save(storage_key(), ContentFile(content))
    given: dict[str, object] = {
        "message": ticket.messages.get(),
        "key": key,
        "name": "file.bin",
        "content_type": "application/octet-stream",
        "size": len(content),
    }
    return Attachment.objects.create(**{**given, **fields})


def address(file: Attachment) -> str:
    return f"/files/{file.key.rpartition('/')[2]}/"


def body(browser: Client, path: str) -> bytes:
    return b"".join(browser.get(path))


# ---- download


@pytest.mark.parametrize(
    ("name", "stored_type", "sent_type", "disposition"),
    [
        ("a.txt", "text/plain", "text/plain", 'attachment; filename="a.txt"'),
        ("a.html", "text/html", "application/octet-stream", 'attachment; filename="a.html"'),
        ("a.svg", "image/svg+xml", "application/octet-stream", 'attachment; filename="a.svg"'),
        ("a.pdf", "application/pdf", "application/pdf", 'attachment; filename="a.pdf"'),
        ("a.js", "text/javascript", "application/octet-stream", 'attachment; filename="a.js"'),
        ('a".txt', "text/plain", "text/plain", 'attachment; filename="a\\".txt"'),
        ("é.txt", "text/plain", "text/plain", "attachment; filename*=utf-8''%C3%A9.txt"),
    ],
)
def test_a_download_has_exactly_these_headers(
    name: str, stored_type: str, sent_type: str, disposition: str, agent: User, ticket: Ticket
) -> None:
    file = attach(ticket, PLAIN, name=name, content_type=stored_type)
    response = as_(agent).get(address(file))
    assert b"".join(response) == PLAIN
    assert response["Content-Type"] == sent_type
    assert response["Content-Disposition"] == disposition
    assert response["Content-Length"] == str(len(PLAIN))
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"


def test_files_of_what_one_may_not_see_do_not_exist(
    agent: User, outsider: User, team: Team, ticket: Ticket
) -> None:
    team.private = True
    team.save(update_fields=["private"])
    file = attach(ticket, PLAIN)
    assert body(as_(agent), address(file)) == PLAIN
    for path in (address(file), address(file) + "preview/"):
        assert as_(outsider).get(path).status_code == REFUSED
    assert Client().get(address(file)).status_code == 302


@pytest.mark.parametrize("name", ["x", "a" * 32, "a" * 400, "..", "0" * 32])
def test_unknown_names_are_not_found(name: str, agent: User) -> None:
    assert as_(agent).get(f"/files/{name}/").status_code == REFUSED


def test_a_file_that_has_gone_from_the_store_is_not_found(agent: User, ticket: Ticket) -> None:
    file = attach(ticket, PLAIN)
    default_storage.delete(file.key)
    assert as_(agent).get(address(file)).status_code == REFUSED


# ---- preview


def test_a_preview_is_drawn_anew(agent: User, ticket: Ticket) -> None:
    original = png(3000, 300) + b"<script>alert(1)</script>"
    file = attach(ticket, original, name="a.png", content_type="image/png")
    response = as_(agent).get(address(file) + "preview/")
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"script" not in response.content
    with Image.open(io.BytesIO(response.content)) as drawn:
        assert drawn.size == (1600, 160)


@pytest.mark.parametrize("content", [PLAIN, b"", png()[:60], b"GIF89a" + b"\0" * 40])
def test_what_is_no_picture_is_for_downloading(content: bytes, agent: User, ticket: Ticket) -> None:
    file = attach(ticket, content, name="a.png", content_type="image/png")
    response = as_(agent).get(address(file) + "preview/")
    assert response.status_code == 303
    assert response["Location"] == address(file)


def test_a_flood_of_pixels_is_not_decoded() -> None:
    header = png(1, 1)
    flood = header[:16] + (50_000).to_bytes(4, "big") * 2 + header[24:]
    assert pictures.redraw(flood, longest_side=100) is None


def test_transparency_survives_and_data_about_the_camera_does_not() -> None:
    drawn = pictures.redraw(png(mode="RGBA"), longest_side=100)
    assert drawn is not None
    assert drawn.content_type == "image/png"
    with_exif = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (4, 4)).save(with_exif, "JPEG", exif=exif)
    redrawn = pictures.redraw(with_exif.getvalue(), longest_side=100)
    assert redrawn is not None
    assert b"taken at home" not in redrawn.content


# ---- the frame of a mail


def mail(ticket: Ticket, html: str, **fields: object) -> Message:
    """A mail whose layout needs the frame."""
    message = ticket.messages.get()
    given = {"new_part_html": html, "body_html": f"{html}<blockquote>old</blockquote>", **fields}
    for field, value in given.items():
        setattr(message, field, value)
    message.save()
    return message


def test_the_frame_has_a_policy_of_its_own(agent: User, ticket: Ticket) -> None:
    message = mail(ticket, '<p style="color:red">Hello</p>')
    response = as_(agent).get(f"/mail/{message.pk}/body/")
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline';"
        " sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self';"
        " base-uri 'none'; form-action 'none'"
    )
    assert "X-Frame-Options" not in response
    assert '<p style="color:red">Hello</p>' in response.content.decode()
    assert "<blockquote>old" not in response.content.decode()
    assert "<script" not in response.content.decode()


def test_pictures_from_elsewhere_come_only_when_asked_for(agent: User, ticket: Ticket) -> None:
    message = mail(ticket, '<p><img src="https://tracker.example/x.png"></p>')
    browser = as_(agent)
    shown = browser.get(f"/mail/{message.pk}/body/?images=1")
    assert "img-src 'self' data: https:;" in shown["Content-Security-Policy"]
    whole = browser.get(f"/mail/{message.pk}/body/?part=all")
    assert "img-src 'self' data:;" in whole["Content-Security-Policy"]
    assert "Pictures from elsewhere are not shown." in whole.content.decode()
    assert "<blockquote>old" in whole.content.decode()


def test_inline_pictures_are_drawn_anew_as_data(agent: User, ticket: Ticket) -> None:
    hostile = png() + b"<script>alert(1)</script>"
    attach(ticket, hostile, inline=True, content_id="logo@mail", content_type="image/png")
    message = mail(ticket, '<p><img src="cid:logo@mail"><img src="cid:missing"></p>')
    shown = as_(agent).get(f"/mail/{message.pk}/body/").content.decode()
    found = re.search(r'src="data:image/jpeg;base64,([^"]+)"', shown)
    assert found is not None
    assert b"script" not in base64.b64decode(found[1])
    assert 'src="cid:' not in shown


def test_the_mail_of_a_ticket_one_may_not_see_is_not_there(
    outsider: User, team: Team, ticket: Ticket
) -> None:
    team.private = True
    team.save(update_fields=["private"])
    message = mail(ticket, "<p>secret</p>")
    assert as_(outsider).get(f"/mail/{message.pk}/body/").status_code == REFUSED
    assert as_(outsider).get("/mail/9223372036854775808/body/").status_code == REFUSED


def test_erased_words_are_gone_from_the_frame(
    agent: User, ticket: Ticket, customer: Person
) -> None:
    message = mail(ticket, "<p>private</p>", redacted_at=NOW)
    assert "private" not in as_(agent).get(f"/mail/{message.pk}/body/").content.decode()
