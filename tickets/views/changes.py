"""Doors of the ticket's fields: owner, team, priority, status. Each calls one verb."""

from collections.abc import Callable
from http import HTTPStatus

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.fields import tell
from accounts.gate import StaffRequest, sending_needs, staff
from core import clock
from core.errors import NotFound, Refused
from tickets import services
from tickets.forms.writing import CustomersTurnForm, HoldForm
from tickets.queries.page import TicketHead, ticket_head
from tickets.views.parts import Place, as_number, changed, place_of, put, show_ticket, wants_part

NOBODY = "nobody"


@require_POST
@staff
def assignee(request: StaffRequest, number: int) -> HttpResponse:
    """Give the ticket to somebody, or to nobody."""
    head = ticket_head(number, actor=request.actor)
    given = request.POST.get("assignee", "")
    to = None if given == NOBODY else _id(given)
    return _change(
        request,
        head,
        lambda: services.assign(
            head.ticket.pk, assignee_id=to, actor=request.actor, at=clock.now()
        ),
    )


@require_POST
@staff
def team(request: StaffRequest, number: int) -> HttpResponse:
    """Transfer the ticket to another team."""
    head = ticket_head(number, actor=request.actor)
    to = _id(request.POST.get("team", ""))
    return _change(
        request,
        head,
        lambda: services.transfer(head.ticket.pk, team_id=to, actor=request.actor, at=clock.now()),
    )


@require_POST
@staff
def priority(request: StaffRequest, number: int) -> HttpResponse:
    """Set how soon it should be seen to."""
    head = ticket_head(number, actor=request.actor)
    to = request.POST.get("priority", "")
    return _change(
        request,
        head,
        lambda: services.set_priority(
            head.ticket.pk, priority=to, actor=request.actor, at=clock.now()
        ),
    )


@require_POST
@staff
def taking_up(request: StaffRequest, number: int) -> HttpResponse:
    """Work again on what waited."""
    head = ticket_head(number, actor=request.actor)
    return _change(
        request,
        head,
        lambda: services.take_up(head.ticket.pk, actor=request.actor, at=clock.now()),
    )


@require_POST
@staff
def reopening(request: StaffRequest, number: int) -> HttpResponse:
    """Open a solved ticket again."""
    head = ticket_head(number, actor=request.actor)
    return _change(
        request,
        head,
        lambda: services.reopen(head.ticket.pk, actor=request.actor, at=clock.now()),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff
@sending_needs("ticket.hold")
def hold(request: StaffRequest, number: int) -> HttpResponse:
    """Let the ticket wait for something else than its customer."""
    head = ticket_head(number, actor=request.actor)
    form = HoldForm(request.POST if request.method == "POST" else None)
    return _by_form(
        request,
        head,
        form,
        lambda: services.hold(
            head.ticket.pk,
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            at=clock.now(),
        ),
        title=_("Put on hold"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def customers_turn(request: StaffRequest, number: int) -> HttpResponse:
    """Let the ticket wait for its customer."""
    head = ticket_head(number, actor=request.actor)
    form = CustomersTurnForm(request.POST if request.method == "POST" else None)
    return _by_form(
        request,
        head,
        form,
        lambda: services.wait_for_customer(
            head.ticket.pk, note=form.cleaned_data["note"], actor=request.actor, at=clock.now()
        ),
        title=_("It is the customer’s turn"),
    )


def _id(given: str) -> int:
    """The number of a colleague or a team; NotFound if it can be none."""
    number = as_number(given)
    if number is None:
        raise NotFound(given[:20])
    return number


def _change(request: StaffRequest, head: TicketHead, verb: Callable[[], object]) -> HttpResponse:
    """Call the verb; its no stands under the ticket's head."""
    place = place_of(request, head.ticket.number)
    try:
        verb()
    except Refused as refused:
        return show_refused(request, place, refused)
    return changed(request, place)


def show_refused(request: StaffRequest, place: Place, refused: Refused) -> HttpResponse:
    """The ticket as it is, with the rule's sentence."""
    response = show_ticket(request, place, status=HTTPStatus.CONFLICT, more={"refused": refused})
    return put(response, "#convo", "morph") if wants_part(request) else response


def _by_form(
    request: StaffRequest,
    head: TicketHead,
    form: forms.Form,
    verb: Callable[[], object],
    *,
    title: str,
) -> HttpResponse:
    """A small form, as a dialog or a page of its own."""
    place = place_of(request, head.ticket.number)
    status = HTTPStatus.OK
    if form.is_bound and form.is_valid():
        try:
            verb()
        except Refused as refused:
            tell(form, refused)
        else:
            return changed(request, place)
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "head": head, "place": place, "title": title}
    template = "tickets/_small_form.html" if wants_part(request) else "tickets/small_form.html"
    return render(request, template, context, status=status)
