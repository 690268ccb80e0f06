"""Doors of the settings pages about the desk and its mailboxes, and of the first steps."""

import shlex

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import queries, services
from accounts.access import has_right
from accounts.forms.desk import DeskForm, MailboxForm
from accounts.gate import StaffRequest, needs, sending_needs, staff
from accounts.views.answers import done, posted, read_only, see_other, status_of
from accounts.views.hours import week_lines
from core import clock, desk

DESK_RIGHT = "settings.edit"
MAILBOX_RIGHT = "mailbox.manage"


@require_safe
@staff
def index(request: StaffRequest) -> HttpResponse:
    """What can be set, each with one sentence."""
    return render(request, "settings/index.html")


@staff
@sending_needs(DESK_RIGHT)
def desk_page(request: StaffRequest) -> HttpResponse:
    """The desk's name, zone, language and currency."""
    row = desk.current()
    present = {
        "name": row.name,
        "zone": row.zone,
        "locale": row.locale,
        "currency": row.currency,
    }
    form = DeskForm(posted(request), initial=present)
    if form.is_bound and done(
        form,
        lambda: services.set_desk(**form.cleaned_data, actor=request.actor, at=clock.now()),
    ):
        messages.success(request, _("Saved."))
        return see_other("settings_desk")
    may_edit = has_right(request.actor, DESK_RIGHT)
    if not may_edit:
        read_only(form)
    context = {"form": form, "may_edit": may_edit}
    return render(request, "settings/desk.html", context, status=status_of(form))


@require_safe
@staff
def mailboxes(request: StaffRequest) -> HttpResponse:
    """The addresses of the desk."""
    return render(request, "settings/mailboxes.html", {"pages": queries.mailboxes()})


@staff
@sending_needs(MAILBOX_RIGHT)
def mailbox(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """One address: how its mail comes in and leaves."""
    page = queries.mailbox(mailbox_id, test_key=services.test_key(mailbox_id))
    form = MailboxForm(posted(request), initial=_present(page), teams=queries.team_choices())
    if form.is_bound and done(form, lambda: _set_mailbox(request, mailbox_id, form)):
        messages.success(request, _("Saved."))
        return see_other("settings_mailbox", mailbox_id)
    may_edit = has_right(request.actor, MAILBOX_RIGHT)
    if not may_edit:
        read_only(form)
    context = {
        "page": page,
        "form": form,
        "may_edit": may_edit,
        "alias": alias_line(page.mailbox.address),
    }
    return render(request, "settings/mailbox.html", context, status=status_of(form))


@require_POST
@staff
@needs(MAILBOX_RIGHT)
def mailbox_test(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Send myself a mail by the mailbox's settings."""
    services.send_test_mail(
        mailbox_id, to_user_id=request.user.pk, actor=request.actor, at=clock.now()
    )
    messages.success(
        request, _("A test mail is on its way to %(email)s.") % {"email": request.user.email}
    )
    return see_other("settings_mailbox", mailbox_id)


@require_safe
@staff
@needs(DESK_RIGHT)
def welcome(request: StaffRequest) -> HttpResponse:
    """The first steps of a new desk."""
    steps = queries.first_steps()
    context = {"steps": steps, "week": week_lines(steps.default_hours)}
    return render(request, "accounts/welcome.html", context)


def alias_line(address: str) -> str:
    """The line for a mail server's alias file that pipes the mail for `address` to us."""
    command = shlex.join(
        [
            str(settings.BASE_DIR / "bin" / "manage"),
            "--data",
            str(settings.DATA_DIR),
            "receive_email",
            "--json",
        ]
    )
    return f'{address.partition("@")[0]}: "|{command}"'


def _present(page: queries.MailboxPage) -> dict[str, object]:
    row = page.mailbox
    return {
        "name": row.name,
        "address": row.address,
        "team": page.team_id,
        "smtp_host": row.smtp_host,
        "smtp_port": row.smtp_port,
        "smtp_security": row.smtp_security,
        "smtp_user": row.smtp_user,
    }


def _set_mailbox(request: StaffRequest, mailbox_id: int, form: MailboxForm) -> None:
    wanted = dict(form.cleaned_data)
    services.set_mailbox(
        mailbox_id,
        wanted=services.MailboxSettings(
            team_id=wanted.pop("team"),
            smtp_password=wanted.pop("smtp_password") or None,
            **wanted,
        ),
        actor=request.actor,
        at=clock.now(),
    )
