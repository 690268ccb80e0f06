"""Doors of files: download, and a preview of pictures. Nothing foreign is shown as it came."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.gate import StaffRequest, staff
from core import pictures
from core.errors import NotFound
from tickets.models import Attachment
from tickets.queries.files import attachment
from tickets.services.files import KNOWN_TYPES, OCTETS
from tickets.views.parts import see_other

PREVIEW_SIDE = 1600
# A preview is drawn within a request; a larger file is for downloading.
LARGEST_PREVIEWED = 12_000_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@require_safe
@staff
def download(request: StaffRequest, name: str) -> HttpResponseBase:
    """The file as it came, to be saved and never to be shown by the browser."""
    file = attachment(name, actor=request.actor)
    headers = {
        **_HEADERS,
        "Content-Type": file.content_type if file.content_type in KNOWN_TYPES else OCTETS,
        "Content-Disposition": content_disposition_header(True, file.name) or "attachment",
        "Content-Length": str(file.size),
    }
    response = HttpResponse() if request.method == "HEAD" else _opened(file)
    for header, value in headers.items():
        response[header] = value
    return response


def _opened(file: Attachment) -> HttpResponseBase:
    try:
        return FileResponse(default_storage.open(file.key))
    except FileNotFoundError as missing:
        raise NotFound(f"file {file.key}") from missing


@require_safe
@staff
def preview(request: StaffRequest, name: str) -> HttpResponse:
    """A picture in our own encoding; anything else is for downloading."""
    file = attachment(name, actor=request.actor)
    picture = None
    if file.size <= LARGEST_PREVIEWED and default_storage.exists(file.key):
        with default_storage.open(file.key) as content:
            picture = pictures.redraw(content.read(), longest_side=PREVIEW_SIDE)
    if picture is None:
        return see_other(f"/files/{name}/")
    headers = {**_HEADERS, "Content-Disposition": "inline"}
    return HttpResponse(picture.content, content_type=picture.content_type, headers=headers)
