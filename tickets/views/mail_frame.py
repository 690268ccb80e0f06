"""The body of a mail on a page of its own, for a sandboxed frame: no script, no cookie, no form.

Its policy is not the desk's: style attributes are allowed, and remote pictures once somebody
has asked for them.
"""

import base64
import re
from collections.abc import Sequence

from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from accounts.gate import StaffRequest, staff
from core import pictures
from tickets.models import Attachment
from tickets.queries.bodies import has_own_colours, has_remote_pictures, stored
from tickets.queries.files import mail

ONE_PICTURE, ALL_PICTURES = 2_000_000, 10_000_000
PICTURE_SIDE = 1200
_CID = re.compile(r'\bsrc="cid:([^"]*)"', re.I)
_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"


@require_safe
@staff
@xframe_options_exempt
def body(request: StaffRequest, message_id: int) -> HttpResponse:
    """What the mail looks like; `?part=all` with what it quotes, `?images=1` with its pictures.

    In a frame it cannot offer its pictures itself: a navigation that starts in the frame carries
    no cookie. The page around it does; the whole mail stands in a window of its own.
    """
    message, inline = mail(message_id, actor=request.actor)
    wants_all = request.GET.get("part") == "all"
    html = message.body_html if wants_all else message.new_part_html or message.body_html
    if message.redacted_at:
        html = ""
    with_images = request.GET.get("images") == "1"
    context = {
        "message": message,
        "html": stored(_with_pictures(html, inline)),
        "paper": has_own_colours(html),
        "whole": wants_all,
        "blocked": not with_images and has_remote_pictures(html),
    }
    response = render(request, "tickets/mail/body.html", context)
    response["Content-Security-Policy"] = _policy(with_images)
    return response


def _policy(with_images: bool) -> str:
    images = "'self' data: https:" if with_images else "'self' data:"
    return (
        f"default-src 'none'; img-src {images}; style-src 'unsafe-inline';"
        f" sandbox {_SANDBOX}; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )


def _with_pictures(html: str, files: Sequence[Attachment]) -> str:
    """The same with `cid:` pictures as data, because the frame sends no cookie to fetch them by."""
    by_id = {file.content_id.strip("<>"): file for file in files if file.content_id}
    left = ALL_PICTURES
    drawn: dict[str, str] = {}

    def source(found: re.Match[str]) -> str:
        nonlocal left
        name = found[1]
        if name not in drawn:
            data = _data_of(by_id.get(name), left)
            left -= len(data)
            drawn[name] = data
        return f'src="{drawn[name]}"'

    return _CID.sub(source, html)


def _data_of(file: Attachment | None, left: int) -> str:
    """The picture as a data address; empty if there is none that may be shown."""
    if file is None or file.size > ONE_PICTURE or not default_storage.exists(file.key):
        return ""
    with default_storage.open(file.key) as content:
        picture = pictures.redraw(content.read(), longest_side=PICTURE_SIDE)
    if picture is None or len(picture.content) > min(ONE_PICTURE, left):
        return ""
    encoded = base64.b64encode(picture.content).decode()
    return f"data:{picture.content_type};base64,{encoded}"
