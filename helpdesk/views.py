"""Doors of the desk itself: health, errors, reports of the content policy."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = logging.getLogger(__name__)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere; what was typed stays in the browser."""
    return render(request, "403_csrf.html", status=403)


@csrf_exempt
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """A browser tells that a page broke the content policy."""
    log.warning("content policy report: %s", request.body[:2000].decode("utf-8", "replace"))
    return HttpResponse(status=204)
