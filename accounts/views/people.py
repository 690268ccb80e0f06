"""Doors of the settings pages about people and teams."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import queries, services
from accounts.access import has_right
from accounts.forms.people import InviteForm, ProfileForm, ReportsToForm, RolesForm
from accounts.gate import StaffRequest, needs, sending_needs, staff
from accounts.models import User
from accounts.views.answers import done, posted, read_only, see_other, status_of
from core import clock
from core.errors import Refused

RIGHT = "user.manage"


@staff
@sending_needs(RIGHT)
def people(request: StaffRequest) -> HttpResponse:
    """Who works here, and the form by which one more is invited."""
    may_edit = has_right(request.actor, RIGHT)
    form = InviteForm(posted(request), roles=queries.role_choices(), teams=queries.team_choices())
    if form.is_bound and done(form, lambda: _invite(request, form)):
        messages.success(
            request, _("The invitation is on its way to %(email)s.") % form.cleaned_data
        )
        return see_other("settings_people")
    context = {"members": queries.members(), "form": form, "may_edit": may_edit}
    return render(request, "settings/people.html", context, status=status_of(form))


@require_safe
@staff
def person(request: StaffRequest, user_id: int) -> HttpResponse:
    """All that is set for one colleague."""
    return _page(request, user_id)


@require_POST
@staff
@needs(RIGHT)
def roles(request: StaffRequest, user_id: int) -> HttpResponse:
    """Which roles he holds; his sessions end, but not the one in which he sets his own."""
    form = RolesForm(request.POST, roles=queries.role_choices())
    changed: list[User] = []

    def act() -> None:
        wanted = form.cleaned_data["roles"]
        changed.append(
            services.set_roles(user_id, roles=wanted, actor=request.actor, at=clock.now())
        )

    if not done(form, act):
        return _page(request, user_id, roles_form=form)
    if user_id == request.user.pk:
        update_session_auth_hash(request, changed[0])
    return _saved(request, user_id)


@require_POST
@staff
@needs(RIGHT)
def reports_to(request: StaffRequest, user_id: int) -> HttpResponse:
    """To whom he reports."""
    form = ReportsToForm(request.POST, colleagues=queries.colleague_choices(without=user_id))
    if not done(
        form,
        lambda: services.set_reports_to(
            user_id,
            reports_to_id=form.cleaned_data["reports_to"],
            actor=request.actor,
            at=clock.now(),
        ),
    ):
        return _page(request, user_id, reports_to_form=form)
    return _saved(request, user_id)


@require_POST
@staff
@needs(RIGHT)
def profile(request: StaffRequest, user_id: int) -> HttpResponse:
    """His name, language, zone and working hours."""
    form = ProfileForm(request.POST, calendars=queries.calendar_choices())
    if not done(form, lambda: _set_profile(request, user_id, form.cleaned_data)):
        return _page(request, user_id, profile_form=form)
    return _saved(request, user_id)


@require_POST
@staff
@needs(RIGHT)
def invitation(request: StaffRequest, user_id: int) -> HttpResponse:
    """Send the invitation again."""
    return _about_invitation(
        request,
        user_id,
        lambda: services.send_invitation_again(user_id, actor=request.actor, at=clock.now()),
        said=_("A new invitation is on its way."),
        go_on=("settings_person", user_id),
    )


@require_POST
@staff
@needs(RIGHT)
def withdrawal(request: StaffRequest, user_id: int) -> HttpResponse:
    """Withdraw the invitation."""
    return _about_invitation(
        request,
        user_id,
        lambda: services.withdraw_invitation(user_id, actor=request.actor, at=clock.now()),
        said=_("The invitation is withdrawn."),
        go_on=("settings_people",),
    )


def _about_invitation(
    request: StaffRequest,
    user_id: int,
    act: Callable[[], None],
    *,
    said: str,
    go_on: tuple[Any, ...],
) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        return _page(request, user_id, refused=refused)
    messages.success(request, said)
    return see_other(*go_on)


def _invite(request: StaffRequest, form: InviteForm) -> User:
    wanted = form.cleaned_data
    return services.invite(
        email=wanted["email"],
        name=wanted["name"],
        roles=wanted["roles"],
        team_ids=wanted.get("teams", []),
        actor=request.actor,
        at=clock.now(),
    )


def _set_profile(request: StaffRequest, user_id: int, wanted: dict[str, Any]) -> None:
    user, _line = queries.member(user_id)
    services.set_profile(
        user_id,
        name=wanted["name"],
        locale=wanted["locale"],
        zone=wanted["zone"],
        calendar_id=wanted["calendar"],
        theme=user.theme,
        density=user.density,
        single_keys=user.single_keys,
        actor=request.actor,
        at=clock.now(),
    )


def _saved(request: StaffRequest, user_id: int) -> HttpResponse:
    messages.success(request, _("Saved."))
    return see_other("settings_person", user_id)


def _page(
    request: StaffRequest,
    user_id: int,
    *,
    roles_form: RolesForm | None = None,
    reports_to_form: ReportsToForm | None = None,
    profile_form: ProfileForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    user, line = queries.member(user_id)
    held = [role.slug for role in user.roles.all()]
    all_forms: dict[str, forms.Form] = {
        "roles_form": roles_form
        or RolesForm(initial={"roles": held}, roles=queries.role_choices()),
        "reports_to_form": reports_to_form
        or ReportsToForm(
            initial={"reports_to": user.reports_to_id},
            colleagues=queries.colleague_choices(without=user_id),
        ),
        "profile_form": profile_form
        or ProfileForm(initial=_present(user), calendars=queries.calendar_choices()),
    }
    may_edit = has_right(request.actor, RIGHT)
    if not may_edit:
        read_only(*all_forms.values())
    context = {"member": line, "may_edit": may_edit, "refused": refused, **all_forms}
    status = 409 if refused else max(status_of(form) for form in all_forms.values())
    return render(request, "settings/person.html", context, status=status)


def _present(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "locale": user.locale,
        "zone": user.zone,
        "calendar": user.calendar_id,
    }
