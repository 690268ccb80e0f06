"""Doors of the queue."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import StaffRequest, staff
from core import clock
from core.errors import Refused
from tickets.views.parts import known_view, queue_context, remember, wants_part

# Which part of the queue a script asks for, by the element that it replaces.
_PARTS = {"queue": "tickets/_queue.html", "more": "tickets/_more.html"}


@require_safe
@staff
def show(request: StaffRequest, slug: str) -> HttpResponse:
    """A view's tickets, a page at a time."""
    view = known_view(slug)
    at = clock.now()
    try:
        context = queue_context(request, view, at)
    except Refused as refused:
        return not_allowed(request, slug, refused)
    context |= {"at": at, "pane": "queue", "current": 0}
    if wants_part(request):
        part = _PARTS.get(request.htmx.target or "", "tickets/_queue.html")
        return render(request, part, context)
    return remember(render(request, "tickets/workspace.html", context), view)


def not_allowed(request: StaffRequest, slug: str, refused: Refused) -> HttpResponse:
    """The address asks for a filter, a sort or a page that does not exist."""
    context = {"view": known_view(slug), "refused": refused}
    return render(
        request,
        "tickets/filter_refused.html",
        context,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )
