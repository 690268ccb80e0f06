"""Doors of one-time links: the first administrator sets the desk up, a colleague joins."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import queries, services
from accounts.forms.sign_in import JoinForm, SetUpForm
from accounts.models import OneTimeLink, User
from accounts.views.answers import (
    done,
    posted,
    secret_address,
    see_other,
    sign_in_as,
    status_of,
)
from core import clock, desk
from core.errors import NotFound

GONE = 410


@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest, token: str) -> HttpResponse:
    """The desk gets its name and its first administrator, who is signed in."""
    if queries.is_set_up():
        raise NotFound  # with the first administrator the page is gone
    if queries.link_works(OneTimeLink.Purpose.SETUP, token, at=clock.now()) is None:
        return render(request, "accounts/setup_gone.html", status=GONE)
    form = SetUpForm(posted(request), initial={"zone": desk.current().zone})
    made: list[User] = []
    if form.is_bound and done(
        form,
        lambda: made.append(services.set_up_desk(token, **form.cleaned_data, at=clock.now())),
    ):
        sign_in_as(request, made[0])
        return see_other("welcome")
    return render(request, "accounts/setup.html", {"form": form}, status=status_of(form))


@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invited colleague chooses his password and is signed in."""
    link = queries.link_works(OneTimeLink.Purpose.INVITATION, token, at=clock.now())
    if link is None or link.user is None:
        return render(request, "accounts/invitation_gone.html", status=GONE)
    form = JoinForm(posted(request), initial={"name": link.user.name})
    made: list[User] = []
    if form.is_bound and done(
        form,
        lambda: made.append(services.accept_invitation(token, **form.cleaned_data, at=clock.now())),
    ):
        sign_in_as(request, made[0])
        messages.success(request, _("You are in. Your preferences are under your name."))
        return see_other("/")
    context = {"form": form, "invited": link.user}
    return render(request, "accounts/join.html", context, status=status_of(form))
