"""Doors of the desk itself: health, errors, reports of the content policy."""

import logging
import sys

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.gate import StaffRequest, needs, staff
from accounts.views.answers import see_other
from core import clock, desk
from helpdesk.demo import play

log = logging.getLogger(__name__)


RETRY_AFTER_S = "60"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What came cannot be read; if it is too much, the page says so with its own status."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The person may not do that."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing, or nothing that this person may see: the same page."""
    return render(request, "404.html", status=404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A limit of requests is reached; it frees itself within a minute or more."""
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = RETRY_AFTER_S
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, with the number under which it stands in the log.

    503 if it is only the database that does not answer just now; so the page asks it nothing.
    """
    page = loader.render_to_string("500.html", {"request_id": getattr(request, "request_id", "")})
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER_S})
    return HttpResponse(page, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere; what was typed stays in the browser."""
    return render(request, "403_csrf.html", status=403)


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser tells that a page broke the content policy."""
    log.warning("content policy report: %s", request.body[:2000].decode("utf-8", "replace"))
    return HttpResponse(status=204)


@require_POST
@staff
@needs("settings.edit")
def sample_company(request: StaffRequest) -> HttpResponse:
    """The empty desk is filled with the demo, to look around in."""
    play.load(now=clock.now())
    desk.forget()
    messages.success(request, _("The sample company is here."))
    return see_other("/home/")
