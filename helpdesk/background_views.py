"""Doors of the background page."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import has_right
from accounts.gate import StaffRequest, staff
from core import clock
from core.errors import Refused
from helpdesk import background


@require_safe
@staff
def page(request: StaffRequest) -> HttpResponse:
    """What has come to a stop, and who is alive."""
    may_manage = has_right(request.actor, background.RIGHT)
    context = {
        "page": background.page(request.actor, may_manage=may_manage),
        "may_manage": may_manage,
    }
    return render(request, "settings/background.html", context)


RETRIES = {
    "timer": background.retry_timer,
    "mail": background.retry_mail,
    "announcement": background.retry_announcement,
    "inbound": background.retry_inbound,
}


@require_POST
@staff
def attempt(request: StaffRequest, what: str, key: int) -> HttpResponse:
    """Try it again now."""
    try:
        RETRIES[what](key, actor=request.actor, at=clock.now())
    except Refused as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("It is being tried again."))
    return redirect("settings_background")


@require_safe
@staff
def raw(request: StaffRequest, mail_id: int) -> FileResponse:
    """A mail in quarantine as it came, for download only."""
    mail = background.quarantined_raw(mail_id, actor=request.actor)
    response = FileResponse(
        default_storage.open(mail.raw_path),
        as_attachment=True,
        filename=f"mail-{mail.pk}.eml",
        content_type="application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
