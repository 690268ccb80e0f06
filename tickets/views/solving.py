"""The door of solving: one dialog for every open promise, so that none is dropped."""

from http import HTTPStatus
from typing import get_args

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gate import StaffRequest, staff
from core import clock
from core.errors import Refused
from promises.services import Decision
from promises.services.solving import Verdict
from tickets import services
from tickets.queries.page import TicketHead, promises_of, ticket_head
from tickets.views.changes import show_refused
from tickets.views.parts import Place, changed, place_of, put, wants_part

_VERDICTS: dict[str, Verdict] = {verdict: verdict for verdict in get_args(Verdict)}


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def solve(request: StaffRequest, number: int) -> HttpResponse:
    """Solve the ticket; with open promises, say first what becomes of each."""
    head = ticket_head(number, actor=request.actor)
    place = place_of(request, number)
    if request.method != "POST":
        return _ask(request, head, place)
    try:
        services.solve(
            head.ticket.pk, promises=_decisions(request), actor=request.actor, at=clock.now()
        )
    except Refused as refused:
        if "asked" in request.POST or refused.code == "open_promise":
            return _ask(request, head, place, refused)
        return show_refused(request, place, refused)
    return changed(request, place)


def _decisions(request: StaffRequest) -> list[Decision]:
    """What was chosen for each promise: `promise-<id>` and, for a contact, `contact-<id>`."""
    decisions = []
    for field, value in request.POST.items():
        prefix, _dash, promise_id = field.partition("-")
        if prefix == "promise" and promise_id.isdecimal() and value in _VERDICTS:
            contact = str(request.POST.get(f"contact-{promise_id}", ""))
            decisions.append(
                Decision(
                    promise_id=int(promise_id),
                    verdict=_VERDICTS[str(value)],
                    message_id=int(contact) if contact.isdecimal() else None,
                )
            )
    return decisions


def _ask(
    request: StaffRequest, head: TicketHead, place: Place, refused: Refused | None = None
) -> HttpResponse:
    """The dialog, or a page of its own; what was chosen stays chosen."""
    promises = promises_of(head.ticket, at=clock.now())
    context = {
        "head": head,
        "place": place,
        "promises": [card for card in promises if card.is_open],
        "refused": refused,
        "chosen": {key: str(value) for key, value in request.POST.items()},
    }
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    if not wants_part(request):
        return render(request, "tickets/solve.html", context, status=status)
    response = render(request, "tickets/_solve.html", context, status=status)
    return put(response, "#dialog", "innerHTML")
