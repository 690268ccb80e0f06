"""Doors of one's own preferences."""

from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from accounts import queries, services
from accounts.forms.people import ChangePasswordForm, PreferencesForm
from accounts.gate import StaffRequest, staff
from accounts.models import User
from accounts.views.answers import done, posted, see_other, status_of
from core import clock


@staff
def preferences(request: StaffRequest) -> HttpResponse:
    """Name, language, zone, working hours, and how the screen looks and listens."""
    user = request.user
    form = PreferencesForm(
        posted(request), initial=_present(user), calendars=queries.calendar_choices()
    )
    if form.is_bound and done(form, lambda: _save(request, form)):
        with override(form.cleaned_data["locale"]):
            messages.success(request, _("Saved."))
        return see_other("preferences")
    return _page(request, form, ChangePasswordForm(), status=status_of(form))


@require_POST
@staff
def change_password(request: StaffRequest) -> HttpResponse:
    """A new password; every other session of mine ends."""
    limited: HttpResponse | None = consume_or_429(
        request, action="change_password", user=request.user
    )
    if limited is not None:
        return limited
    form = ChangePasswordForm(request.POST)
    changed: list[User] = []
    if done(form, lambda: changed.append(_change(request, form))):
        update_session_auth_hash(request, changed[0])
        messages.success(
            request, _("Your password is changed. Everywhere else you are signed out.")
        )
        return see_other("preferences")
    own = PreferencesForm(initial=_present(request.user), calendars=queries.calendar_choices())
    return _page(request, own, form, status=status_of(form))


def _page(
    request: StaffRequest, form: PreferencesForm, password: ChangePasswordForm, *, status: int
) -> HttpResponse:
    context = {"form": form, "password_form": password}
    return render(request, "accounts/preferences.html", context, status=status)


def _present(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "locale": user.locale,
        "zone": user.zone,
        "calendar": user.calendar_id,
        "theme": user.theme,
        "density": user.density,
        "single_keys": user.single_keys,
    }


def _save(request: StaffRequest, form: PreferencesForm) -> None:
    wanted = dict(form.cleaned_data)
    services.set_profile(
        request.user.pk,
        calendar_id=wanted.pop("calendar"),
        **wanted,
        actor=request.actor,
        at=clock.now(),
    )


def _change(request: StaffRequest, form: ChangePasswordForm) -> User:
    return services.change_password(
        request.user.pk,
        old=form.cleaned_data["old"],
        new=form.cleaned_data["new"],
        actor=request.actor,
        at=clock.now(),
    )
