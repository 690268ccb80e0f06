"""The door of the rules for promises."""

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import has_right
from accounts.gate import StaffRequest, staff
from accounts.views.answers import done, posted, read_only, see_other, status_of
from core import clock
from core.errors import Forbidden
from promises.models import PromiseSettings
from promises.services.setting import RIGHT, set_rules
from tickets.forms.promise_settings import PromiseSettingsForm

REMINDERS = (
    "remind_24h",
    "remind_shift_start",
    "remind_60min",
    "remind_before",
    "remind_at_from",
    "remind_before_end",
)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def show(request: StaffRequest) -> HttpResponse:
    """Contact hours, grace and reminders; administrators change them."""
    may_edit = has_right(request.actor, RIGHT)
    if request.method == "POST" and not may_edit:
        raise Forbidden(RIGHT)
    present = model_to_dict(PromiseSettings.objects.get(pk=1), exclude=["id"])
    form = PromiseSettingsForm(posted(request), initial=present)
    if form.is_bound and done(
        form, lambda: set_rules(wanted=form.rules(), actor=request.actor, at=clock.now())
    ):
        messages.success(request, _("Saved."))
        return see_other("settings_promises")
    if not may_edit:
        read_only(form)
    context = {
        "form": form,
        "may_edit": may_edit,
        "reminders": [form[name] for name in REMINDERS],
    }
    return render(request, "settings/promises.html", context, status=status_of(form))
