"""Doors of the settings pages about calendars."""

from itertools import groupby
from operator import itemgetter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

import calendars.services
from accounts import queries, services
from accounts.access import has_right
from accounts.forms.desk import (
    HoursForm,
    NewCalendarForm,
    SpecialDayForm,
    read_hours,
    write_hours,
)
from accounts.gate import StaffRequest, needs, sending_needs, staff
from accounts.views.answers import done, posted, read_only, see_other, status_of
from calendars.models import Calendar
from core import clock
from core.errors import Refused

RIGHT = "calendar.manage"


@staff
@sending_needs(RIGHT)
def calendar_list(request: StaffRequest) -> HttpResponse:
    """The calendars, and the form by which one more begins with the desk's own hours."""
    pages = queries.calendars_in_use()
    form = NewCalendarForm(posted(request))
    made: list[Calendar] = []
    may_edit = has_right(request.actor, RIGHT)
    if form.is_bound and done(form, lambda: made.append(_create(request, form, pages[0]))):
        return see_other("settings_calendar", made[0].pk)
    context = {
        "pages": [(page, week_lines(page)) for page in pages],
        "form": form,
        "may_edit": may_edit,
    }
    return render(request, "settings/calendars.html", context, status=status_of(form))


@staff
@sending_needs(RIGHT)
def calendar(request: StaffRequest, calendar_id: int) -> HttpResponse:
    """The hours of a week, and the dates with others."""
    form = HoursForm(posted(request))
    if form.is_bound and done(
        form,
        lambda: services.set_business_hours(
            calendar_id,
            zone=form.cleaned_data["zone"],
            windows=form.windows(),
            actor=request.actor,
            at=clock.now(),
        ),
    ):
        messages.success(request, _("Saved. The hours are in force from now on."))
        return see_other("settings_calendar", calendar_id)
    return _page(request, calendar_id, form=form if form.is_bound else None)


@require_POST
@staff
@needs(RIGHT)
def special_days(request: StaffRequest, calendar_id: int) -> HttpResponse:
    """A holiday, or other hours on one date."""
    form = SpecialDayForm(request.POST)
    if not done(form, lambda: _add_day(request, calendar_id, form)):
        return _page(request, calendar_id, day_form=form)
    return see_other("settings_calendar", calendar_id)


@require_POST
@staff
@needs(RIGHT)
def special_day_removal(request: StaffRequest, calendar_id: int, on: str) -> HttpResponse:
    """The date is an ordinary day again."""
    at = clock.now()
    try:
        calendars.services.remove_holiday(calendar_id, on=on, actor=request.actor, at=at)
        calendars.services.remove_special_hours(calendar_id, on=on, actor=request.actor, at=at)
    except Refused as refused:
        return _page(request, calendar_id, refused=refused)
    return see_other("settings_calendar", calendar_id)


def week_lines(page: queries.CalendarPage) -> list[str]:
    """The week in words, days with the same hours together: "Monday to Friday 09:00-17:00"."""
    lines: list[str] = []
    days = [(WEEKDAYS[number], write_hours(page.week[day])) for number, day in enumerate(page.week)]
    for hours, group in groupby(days, key=itemgetter(1)):
        names = [name for name, _hours in group]
        if hours and len(names) > 1:
            words = {"first": names[0], "last": names[-1], "hours": hours}
            lines.append(_("%(first)s to %(last)s %(hours)s") % words)
        elif hours:
            lines.append(_("%(day)s %(hours)s") % {"day": names[0], "hours": hours})
    return lines


def _create(request: StaffRequest, form: NewCalendarForm, like: queries.CalendarPage) -> Calendar:
    return calendars.services.create(
        form.cleaned_data["name"],
        zone=like.zone,
        windows=[window for windows in like.week.values() for window in windows],
        actor=request.actor,
        at=clock.now(),
    )


def _add_day(request: StaffRequest, calendar_id: int, form: SpecialDayForm) -> None:
    on, name, hours = (form.cleaned_data[field] for field in ("on", "name", "hours"))
    at = clock.now()
    if hours.strip():
        calendars.services.set_special_hours(
            calendar_id, on=on, windows=read_hours(hours), actor=request.actor, at=at
        )
    else:
        calendars.services.add_holiday(calendar_id, on=on, name=name, actor=request.actor, at=at)


def _page(
    request: StaffRequest,
    calendar_id: int,
    *,
    form: HoursForm | None = None,
    day_form: SpecialDayForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    page = queries.calendar(calendar_id, at=clock.now())
    form = form or HoursForm(initial=_present(page))
    day_form = day_form or SpecialDayForm()
    may_edit = has_right(request.actor, RIGHT)
    if not may_edit:
        read_only(form, day_form)
    context = {
        "page": page,
        "form": form,
        "day_form": day_form,
        "days": [(day, write_hours(day.windows)) for day in page.coming],
        "may_edit": may_edit,
        "refused": refused,
    }
    status = 409 if refused else max(status_of(form), status_of(day_form))
    return render(request, "settings/calendar.html", context, status=status)


def _present(page: queries.CalendarPage) -> dict[str, object]:
    hours = {day: write_hours(windows) for day, windows in page.week.items()}
    return {"zone": page.zone, **hours}
