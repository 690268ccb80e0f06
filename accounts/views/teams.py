"""Doors of the settings pages about teams."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import queries, services
from accounts.access import has_right
from accounts.forms.people import NewTeamForm, TeamForm
from accounts.gate import StaffRequest, sending_needs, staff
from accounts.models import Team
from accounts.views.answers import done, posted, read_only, see_other, status_of
from core import clock

RIGHT = "user.manage"


@staff
@sending_needs(RIGHT)
def teams(request: StaffRequest) -> HttpResponse:
    """The teams, and the form by which one more begins."""
    form = NewTeamForm(posted(request))
    made: list[Team] = []

    def act() -> None:
        made.append(services.make_team(**form.cleaned_data, actor=request.actor, at=clock.now()))

    if form.is_bound and done(form, act):
        return see_other("settings_team", made[0].pk)
    context = {
        "teams": queries.teams(),
        "form": form,
        "may_edit": has_right(request.actor, RIGHT),
    }
    return render(request, "settings/teams.html", context, status=status_of(form))


@staff
@sending_needs(RIGHT)
def team(request: StaffRequest, team_id: int) -> HttpResponse:
    """All there is to one team."""
    row = queries.team(team_id)
    form = TeamForm(
        posted(request),
        initial=_present(row),
        colleagues=queries.colleague_choices(),
        calendars=queries.calendar_choices(),
    )
    if form.is_bound and done(form, lambda: _change(request, team_id, form)):
        messages.success(request, _("Saved."))
        return see_other("settings_team", team_id)
    may_edit = has_right(request.actor, RIGHT)
    if not may_edit:
        read_only(form)
    context = {"team": row, "form": form, "may_edit": may_edit}
    return render(request, "settings/team.html", context, status=status_of(form))


def _present(row: Team) -> dict[str, object]:
    return {
        "name": row.name,
        "members": [user.pk for user in row.members.all()],
        "lead": row.lead_id,
        "calendar": row.calendar_id,
        "private": row.private,
    }


def _change(request: StaffRequest, team_id: int, form: TeamForm) -> None:
    wanted = form.cleaned_data
    services.change_team(
        team_id,
        name=wanted["name"],
        member_ids=wanted["members"],
        lead_id=wanted["lead"],
        calendar_id=wanted["calendar"],
        private=wanted["private"],
        actor=request.actor,
        at=clock.now(),
    )
