"""Doors of one ticket: beside a queue, alone, its customer, its history."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import StaffRequest, staff
from core import clock
from core.errors import Refused
from tickets import services
from tickets.queries.conversation import conversation
from tickets.queries.fixed_views import FixedView
from tickets.queries.history import history
from tickets.queries.page import promises_of, ticket_head, ticket_page
from tickets.views.parts import (
    Place,
    as_number,
    known_view,
    own_query,
    place_of,
    queue_context,
    see_other,
    show_ticket,
    ticket_context,
    wants_part,
)
from tickets.views.queue import not_allowed


@require_safe
@staff
def workspace(request: StaffRequest, slug: str, number: int) -> HttpResponse:
    """Queue, conversation and context."""
    view = known_view(slug)
    try:
        if wants_part(request) and request.htmx.target == "queue":
            return _queue_part(request, view, number)
        return _show(request, Place(number, view, own_query(request.GET)))
    except Refused as refused:
        return not_allowed(request, slug, refused)


@require_safe
@staff
def alone(request: StaffRequest, number: int) -> HttpResponse:
    """The ticket by itself: the link to give to others."""
    return _show(request, Place(number))


@require_safe
@staff
def customer(request: StaffRequest, number: int) -> HttpResponse:
    """What stands beside the conversation, as the page of a narrow screen."""
    return show_ticket(request, Place(number), more={"pane": "ctx"})


@require_safe
@staff
def show_history(request: StaffRequest, number: int) -> HttpResponse:
    """Who changed what, the latest first."""
    at = clock.now()
    page = ticket_page(number, actor=request.actor, at=at)
    before = as_number(request.GET.get("before"))
    context = ticket_context(request, Place(number), page, at)
    context["history"] = history(page.ticket, page.head.directory, page.promises, before=before)
    return render(request, "tickets/history.html", context)


@require_POST
@staff
def read(request: StaffRequest, number: int) -> HttpResponse:
    """The reader has read the ticket up to a message."""
    head = ticket_head(number, actor=request.actor)
    last = as_number(request.POST.get("last"))
    if last is not None:
        services.mark_read(
            head.ticket.pk, last_message_id=last, actor=request.actor, at=clock.now()
        )
    if wants_part(request):
        return HttpResponse(status=204)
    return see_other(place_of(request, number).url)


def _show(request: StaffRequest, place: Place) -> HttpResponse:
    before = as_number(request.GET.get("before"))
    if wants_part(request) and request.htmx.target == f"older-{place.number}":
        return _older_part(request, place, before)
    return show_ticket(request, place, before=before, since=as_number(request.GET.get("since")))


def _queue_part(request: StaffRequest, view: FixedView, number: int) -> HttpResponse:
    at = clock.now()
    context = queue_context(request, view, at)
    context |= {"at": at, "current": number}
    return render(request, "tickets/_queue.html", context)


def _older_part(request: StaffRequest, place: Place, before: int | None) -> HttpResponse:
    head = ticket_head(place.number, actor=request.actor)
    promises = promises_of(head.ticket, at=clock.now())
    context = {
        "head": head,
        "conversation": conversation(head.ticket, head.directory, promises, before=before),
        "place": place,
    }
    return render(request, "tickets/_older.html", context)
