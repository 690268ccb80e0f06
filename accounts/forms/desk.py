"""Forms about the desk, its mailboxes and its hours."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

import calendars.services
from accounts.forms.fields import Choices, IdField, TextField, ZoneField
from accounts.rules import ADDRESS_LENGTH, NAME_LENGTH
from calendars.arithmetic import WEEK_DAYS, BadHours, parse_special, parse_weekly
from mailboxes.models import Mailbox

Window = dict[str, object]
_WINDOW = re.compile(r"\s*(\S+?)\s*[-–]\s*(\S+)\s*")
_HOURS_LENGTH = 200


class DeskForm(forms.Form):
    """The desk's name and what new people and tickets start with."""

    name = TextField(label=_("Name of the desk"), max_length=NAME_LENGTH)
    zone = ZoneField(label=_("Time zone"))
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    currency = TextField(
        label=_("Currency"),
        max_length=3,
        help_text=_("As a code of three letters, such as EUR."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )


class MailboxForm(forms.Form):
    """An address of ours and the server its mail leaves by."""

    name = TextField(
        label=_("Name shown to customers"),
        max_length=NAME_LENGTH,
        help_text=_("Stands before the address in every mail."),
    )
    address = TextField(label=_("Address"), max_length=ADDRESS_LENGTH, widget=forms.EmailInput())
    team = IdField(label=_("Tickets go to"))
    smtp_host = TextField(
        label=_("Server for outgoing mail (SMTP)"),
        max_length=253,
        required=False,
        help_text=_("Without one, replies are kept in files."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    smtp_port = forms.IntegerField(
        label=_("Port"),
        min_value=1,
        max_value=65535,
        error_messages=dict.fromkeys(
            ("min_value", "max_value", "invalid"), _("A port is a number from 1 to 65535.")
        ),
    )
    smtp_security = forms.ChoiceField(label=_("Encryption"), choices=Mailbox.Security.choices)
    smtp_user = TextField(
        label=_("User name"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    smtp_password = TextField(
        label=_("Password"),
        max_length=1024,
        required=False,
        strip=False,
        help_text=_("Stored encrypted and never shown. Empty keeps the stored one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, teams: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].offer(teams, nothing=_("No team"))  # type: ignore[attr-defined]


class HoursForm(forms.Form):
    """The hours of a week, one line a day."""

    zone = ZoneField(label=_("Time zone"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, day in enumerate(WEEK_DAYS):
            self.fields[day] = TextField(
                label=WEEKDAYS[number], required=False, max_length=_HOURS_LENGTH
            )

    def clean(self) -> dict[str, Any]:
        """What cannot be stands beside its day; the calendar looks at the week as a whole."""
        given = super().clean() or {}
        for day in WEEK_DAYS:
            try:
                parse_weekly(_windows_of(day, given.get(day, "")))
            except BadHours as error:
                self.add_error(day, calendars.services.sentence(error))
        return given

    def windows(self) -> list[Window]:
        """What the calendar is given."""
        return [window for day in WEEK_DAYS for window in _windows_of(day, self.cleaned_data[day])]


class NewCalendarForm(forms.Form):
    """A calendar begins with the desk's own hours and gets a name."""

    name = TextField(label=_("Name of the new calendar"), max_length=NAME_LENGTH)


class SpecialDayForm(forms.Form):
    """A holiday, or other hours on one date."""

    on = TextField(label=_("Date"), max_length=20, widget=forms.DateInput(attrs={"type": "date"}))
    name = TextField(label=_("Name"), required=False, max_length=NAME_LENGTH)
    hours = TextField(
        label=_("Open"),
        required=False,
        max_length=_HOURS_LENGTH,
        help_text=_("For example 10:00-14:00. Empty means closed all day."),
    )

    def clean_hours(self) -> str:
        hours: str = self.cleaned_data["hours"]
        try:
            parse_special(read_hours(hours))
        except BadHours as error:
            raise ValidationError(calendars.services.sentence(error), code=error.code) from error
        return hours


def _windows_of(day: str, hours: str) -> list[Window]:
    return [{"day": day, **window} for window in read_hours(hours)]


def read_hours(text: str) -> list[Window]:
    """Windows from "09:00-12:30, 13:30-17:00"; what is no window is passed on to be refused."""
    windows: list[Window] = []
    for part in filter(str.strip, re.split("[,;]", text)):
        found = _WINDOW.fullmatch(part)
        start, end = found.groups() if found else (part.strip(), "")
        windows.append({"start": start, "end": end})
    return windows


def write_hours(windows: list[dict[str, str]]) -> str:
    """The windows of one day as a person writes them."""
    return ", ".join(f"{window['start']}-{window['end']}" for window in windows)
