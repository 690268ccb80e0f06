"""Doors of Home and of the navigation."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import mailboxes.services
from accounts.gate import StaffRequest, staff
from core import clock
from core.errors import NotFound, Refused
from tickets.access import visible_to
from tickets.queries import badges, counts
from tickets.queries.home import desk_is_empty, home, most_urgent
from tickets.queries.shift import shift_of
from tickets.services.taking import take
from tickets.views.dialogs import forget_figures
from tickets.views.parts import Context, see_other, wants_part


@require_safe
@staff
def show(request: StaffRequest) -> HttpResponse:
    """What to do next, in one look; a new desk's administrator is led to the first steps."""
    rights = badges.badges(request.user, at=clock.now()).rights
    if "settings.edit" in rights and desk_is_empty():
        return see_other(reverse("welcome"))
    return _show(request, rights)


@require_safe
@staff
def start(request: StaffRequest) -> HttpResponse:
    """On to the person's own ticket that is due first."""
    number = most_urgent(request.actor, at=clock.now())
    if number is None:
        return see_other(reverse("queue", args=["my-open"]))
    return see_other(reverse("queue_ticket", args=["my-open", number]))


@require_POST
@staff
def taking(request: StaffRequest, number: int) -> HttpResponse:
    """Take a ticket that nobody has."""
    ticket = visible_to(request.actor).filter(number=number).only("pk").first()
    if ticket is None:
        raise NotFound(f"ticket number {number}")
    try:
        take(ticket.pk, actor=request.actor, at=clock.now())
    except Refused as refused:
        messages.error(request, refused.sentence)
        status = HTTPStatus.CONFLICT
    else:
        messages.success(request, _("#%(number)d is yours now.") % {"number": number})
        status = HTTPStatus.OK
    forget_figures(request)
    rights = badges.badges(request.user, at=clock.now()).rights
    if wants_part(request) or status == HTTPStatus.CONFLICT:
        return _show(request, rights, status=status)
    return see_other(reverse("home"))


@require_safe
@staff
def rail(request: StaffRequest) -> HttpResponse:
    """The navigation alone, counted anew: a hint said that something has changed."""
    forget_figures(request)
    return render(request, "_rail.html")


def _show(
    request: StaffRequest, rights: frozenset[str], *, status: int = HTTPStatus.OK
) -> HttpResponse:
    at = clock.now()
    page = home(
        request.user, actor=request.actor, at=at, sees_team="promise.hand_over_any" in rights
    )
    context: Context = {
        "page": page,
        "at": at,
        "shift": shift_of(request.user, at=at),
        "held": counts.counts(request.actor, at=at),
        "rights": rights,
        "may_settle": "promise.settle" in rights,
        "mail_banner": _mail_banner(),
    }
    part = "home/_home.html" if wants_part(request) else "home/home.html"
    return render(request, part, context, status=status)


def _mail_banner() -> Context | None:
    """What is said while replies are kept in files, and whose settings change that."""
    try:
        mailbox = mailboxes.services.active()
    except NotFound:
        return None
    text = mailboxes.services.not_connected(mailbox)
    return {"text": text, "mailbox_id": mailbox.pk} if text else None
