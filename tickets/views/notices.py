"""Doors of notices: the list, what has been read, and what just came up."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import StaffRequest, staff
from core import clock
from core.errors import NotFound
from notifications.services import mark_all_read, mark_read
from tickets.queries.notices import notices, told, urgent_since
from tickets.views.dialogs import forget_figures
from tickets.views.parts import see_other, wants_part


@require_safe
@staff
def show(request: StaffRequest) -> HttpResponse:
    """What the person was told, tasks first."""
    page = notices(request.actor, after=request.GET.get("after", ""))
    part = "notifications/_list.html" if wants_part(request) else "notifications/list.html"
    return render(request, part, {"page": page})


@require_POST
@staff
def opened(request: StaffRequest, notice_id: int) -> HttpResponse:
    """The person goes to what the notice is about; he has read it."""
    notice = told(request.actor).filter(pk=notice_id).first()
    if notice is None:
        raise NotFound(f"notice {notice_id}")
    mark_read([notice_id], actor=request.actor, at=clock.now())
    forget_figures(request)
    if notice.ticket is None:
        return see_other(reverse("notifications"))
    return see_other(reverse("ticket", args=[notice.ticket.number]))


@require_POST
@staff
def read(request: StaffRequest) -> HttpResponse:
    """The person has read one notice, or all of them."""
    given = request.POST.get("notice", "")
    if given == "all":
        mark_all_read(actor=request.actor, at=clock.now())
    elif given.isdecimal():
        mark_read([int(given)], actor=request.actor, at=clock.now())
    forget_figures(request)
    if not wants_part(request):
        return see_other(reverse("notifications"))
    return render(request, "notifications/_list.html", {"page": notices(request.actor)})


@require_safe
@staff
def toasts(request: StaffRequest) -> HttpResponse:
    """What became urgent since the Event that the page knows of; adds itself to the stack."""
    since = request.GET.get("since", "")
    known = int(since) if since.isdecimal() and len(since) < 19 else 0
    fresh = urgent_since(request.actor, known)
    newest = max([known, *(line.event_id for line in fresh)])
    return render(request, "notifications/_toasts.html", {"fresh": fresh, "since": newest})
