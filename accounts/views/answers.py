"""How these doors answer: go on elsewhere, show the form again, keep a secret address secret."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import resolve_url

from accounts.forms.fields import tell
from accounts.models import User
from core.errors import Refused

P = ParamSpec("P")
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# Nothing of the address leaves the page, yet its own form is known as such: without any
# referrer a browser sends `Origin: null`, which the guard against forged forms refuses.
ORIGIN_ONLY = "strict-origin"


def see_other(to: str, *args: object) -> HttpResponse:
    """Go on at this address or name; a reload of that page repeats nothing."""
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": resolve_url(to, *args)})


def posted(request: HttpRequest) -> QueryDict | None:
    """What to fill a form with: nothing as long as nobody has sent it."""
    return request.POST if request.method == "POST" else None


def status_of(form: forms.BaseForm) -> int:
    """422 for a form with errors, so that scripts show it in place; else 200."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def read_only(*all_forms: forms.Form) -> None:
    """Show the forms to somebody who may not send them."""
    for form in all_forms:
        for field in form.fields.values():
            field.disabled = True


def done(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """Whether the form is right and the verb has said yes; its no stands in the form."""
    try:
        if form.is_valid():
            act()
    except Refused as refused:
        tell(form, refused)
    _lead_to_first_wrong(form)
    return not form.errors


def _lead_to_first_wrong(form: forms.BaseForm) -> None:
    """The page comes back with the focus in the field to mend, with scripts or without."""
    wrong = next((field for name, field in form.fields.items() if name in form.errors), None)
    if wrong:
        wrong.widget.attrs["autofocus"] = True


def secret_address(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The page's address holds a one-time token: no other page is told where one came from."""

    @wraps(view)
    def quiet(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = ORIGIN_ONLY
        return response

    return quiet


def sign_in_as(request: HttpRequest, user: User) -> None:
    """Begin a session for a user who has just proved who he is."""
    login(request, user, backend=BACKEND)
