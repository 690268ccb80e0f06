"""Doors of promises: their lists, one with its story, those of a ticket, and a new one."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import promises.services
from accounts.gate import StaffRequest, staff
from core import clock
from core.errors import Refused
from tickets.forms.promises import PromiseForm
from tickets.queries.badges import badges
from tickets.queries.page import TicketHead, promises_of, ticket_head
from tickets.queries.promise_pages import TABS, Cursor, Scope, promise_list, reader_of
from tickets.queries.promise_story import promise_story
from tickets.queries.promise_terms import Terms, terms
from tickets.views.dialogs import show_dialog, status_of, went_well
from tickets.views.parts import wants_part


@require_safe
@staff
def show(request: StaffRequest) -> HttpResponse:
    """The promises of the person, or of his teams, by what becomes of them."""
    tab = TABS.get(request.GET.get("tab", "today"))
    if tab is None:
        raise Http404
    after = request.GET.get("after")
    at = clock.now()
    rights = badges(request.user, at=at).rights
    reader = reader_of(
        request.user,
        actor=request.actor,
        at=at,
        sees_all_teams="ticket.see_all" in rights,
    )
    page = promise_list(
        tab,
        reader=reader,
        scope=_scope(request),
        after=Cursor.parse(after) if after else None,
    )
    context = {
        "page": page,
        "tabs": TABS.values(),
        "may_settle": "promise.settle" in rights,
        "hand_over": tab.slug == "hand-over",
    }
    part = "promises/_list.html" if wants_part(request) else "promises/list.html"
    return render(request, part, context)


@require_safe
@staff
def one(request: StaffRequest, promise_id: int) -> HttpResponse:
    """A promise with everything that happened to it."""
    story = promise_story(promise_id, actor=request.actor, at=clock.now())
    context = {"story": story, "head": ticket_head(story.card.ticket_number, actor=request.actor)}
    part = "promises/_story.html" if wants_part(request) else "promises/promise.html"
    return render(request, part, context)


@require_safe
@staff
def of_ticket(request: StaffRequest, number: int) -> HttpResponse:
    """The promises of a ticket: a part of its page."""
    head = ticket_head(number, actor=request.actor)
    page = {"head": head, "promises": promises_of(head.ticket, at=clock.now())}
    part = "promises/_panel.html" if wants_part(request) else "promises/of_ticket.html"
    return render(request, part, {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new(request: StaffRequest, number: int) -> HttpResponse:
    """Promise the customer a time."""
    head = ticket_head(number, actor=request.actor)
    asked = terms(head.ticket, actor=request.actor, at=clock.now())
    if request.method != "POST":
        form = PromiseForm(terms=asked, initial={"is_check_back": asked.is_solved})
        return _ask(request, head, asked, form)
    form = PromiseForm(request.POST, terms=asked)
    if not form.is_valid():
        return _ask(request, head, asked, form)
    try:
        promises.services.make(
            head.ticket.pk, draft=form.draft(), actor=request.actor, at=clock.now()
        )
    except Refused as refused:
        form.refuse(refused)
        return _ask(request, head, asked, form)
    return went_well(
        request,
        said=_("Promised. The customer gets it in writing."),
        ticket_id=head.ticket.pk,
        to=reverse("ticket", args=[number]),
    )


def _ask(request: StaffRequest, head: TicketHead, asked: Terms, form: PromiseForm) -> HttpResponse:
    number = head.ticket.number
    context = {
        "form": form,
        "terms": asked,
        "url": reverse("ticket_promise", args=[number]),
        "back": reverse("ticket", args=[number]),
    }
    return show_dialog(
        request,
        "promises/_form.html",
        context,
        title=_("Promise a time"),
        status=status_of(form),
    )


def _scope(request: StaffRequest) -> Scope:
    return "teams" if request.GET.get("whose") == "teams" else "mine"
