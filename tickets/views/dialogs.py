"""How these doors answer: a form as a dialog or as a page, and what follows when it went well."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import reswap, trigger_client_event

from accounts.gate import StaffRequest
from tickets.queries import badges, counts
from tickets.views.parts import Context, see_other, wants_part


def show_dialog(
    request: StaffRequest, part: str, context: Context, *, title: str, status: int = HTTPStatus.OK
) -> HttpResponse:
    """The form: for a script the dialog's content, else a page of its own."""
    if wants_part(request):
        return render(request, part, context, status=status)
    whole: Context = {**context, "part": part, "title": title}
    return render(request, "promises/page.html", whole, status=status)


def status_of(*sent: forms.BaseForm) -> int:
    """200 for a form not yet sent; 422 if a field is wrong, 409 if a rule says no to the whole."""
    wrong = [form for form in sent if form.errors]
    if not wrong:
        return HTTPStatus.OK
    alone = all(set(form.errors) <= {NON_FIELD_ERRORS} for form in wrong)
    return HTTPStatus.CONFLICT if alone else HTTPStatus.UNPROCESSABLE_ENTITY


def went_well(request: StaffRequest, *, said: str, ticket_id: int, to: str) -> HttpResponse:
    """What was done in words; open parts of the page fetch themselves again. Else: on to `to`."""
    forget_figures(request)
    messages.success(request, said, extra_tags="promise")
    if not wants_part(request):
        return see_other(to)
    response: HttpResponse = reswap(render(request, "promises/_said.html"), "none")
    for event in (f"live:ticket-{ticket_id}", "live:promise", "live:notification", "dialog-close"):
        trigger_client_event(response, event, after="settle")
    return response


def forget_figures(request: StaffRequest) -> None:
    """The navigation of this person counts anew: he has just changed something."""
    counts.forget(request.actor)
    badges.forget(request.user.pk)
