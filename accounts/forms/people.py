"""Forms about members of staff and teams."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import Choices, IdField, IdsField, PasswordField, TextField, ZoneField
from accounts.models import User
from accounts.rules import ADDRESS_LENGTH, NAME_LENGTH


class RolesForm(forms.Form):
    """Which roles somebody holds."""

    roles = forms.MultipleChoiceField(label=_("Roles"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, roles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = roles  # type: ignore[attr-defined]  # a choice field
        self.fields["roles"].error_messages["required"] = _("Choose at least one role.")


class InviteForm(RolesForm):
    """A new colleague."""

    name = TextField(label=_("Name"), max_length=NAME_LENGTH)
    email = TextField(label=_("Work email"), max_length=ADDRESS_LENGTH, widget=forms.EmailInput())
    teams = IdsField(label=_("Teams"))
    field_order = ["name", "email", "roles", "teams"]

    def __init__(self, *args: Any, teams: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["teams"].choices = teams  # type: ignore[attr-defined]  # a choice field
        if not teams:
            del self.fields["teams"]


class ReportsToForm(forms.Form):
    """The colleague one level up."""

    reports_to = IdField(
        label=_("Reports to"),
        help_text=_("One level up goes here; if empty, to the team’s lead, then to a manager."),
    )

    def __init__(self, *args: Any, colleagues: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reports_to"].offer(colleagues, nothing=_("Nobody"))  # type: ignore[attr-defined]


class ProfileForm(forms.Form):
    """How somebody is called and works."""

    name = TextField(label=_("Name"), max_length=NAME_LENGTH)
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    zone = ZoneField(label=_("Time zone"))
    calendar = IdField(
        label=_("Working hours"),
        help_text=_("Promises outside these hours ask who keeps them."),
    )

    def __init__(self, *args: Any, calendars: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].offer(  # type: ignore[attr-defined]  # our own field
            calendars, nothing=_("As the desk")
        )


class PreferencesForm(ProfileForm):
    """What somebody sets for himself: also how the screen looks and listens."""

    theme = forms.ChoiceField(
        label=_("Light or dark"),
        choices=[
            (User.Theme.SYSTEM, _("As the device")),
            (User.Theme.LIGHT, _("Light")),
            (User.Theme.DARK, _("Dark")),
        ],
        widget=forms.RadioSelect,
    )
    density = forms.ChoiceField(
        label=_("Rows"),
        choices=[(User.Density.COMPACT, _("Compact")), (User.Density.ROOMY, _("Roomy"))],
        widget=forms.RadioSelect,
    )
    single_keys = forms.BooleanField(
        label=_("Single keys act"),
        required=False,
        help_text=_("R replies, J and K move, while no field has the focus."),
    )


class ChangePasswordForm(forms.Form):
    """A new password, by whoever knows the old one."""

    old = PasswordField(label=_("Present password"), new=False)
    new = PasswordField(label=_("New password"), new=True, help_text=_("At least 12 characters."))


class NewTeamForm(forms.Form):
    """A team begins with its name."""

    name = TextField(label=_("Name of the new team"), max_length=NAME_LENGTH)


class TeamForm(forms.Form):
    """All there is to a team."""

    name = TextField(label=_("Name"), max_length=NAME_LENGTH)
    members = IdsField(label=_("Members"))
    lead = IdField(label=_("Lead"), help_text=_("Hears when a promise of the team is late."))
    calendar = IdField(label=_("Working hours"))
    private = forms.BooleanField(
        label=_("Private"),
        required=False,
        help_text=_("Only members and managers see the tickets of a private team."),
    )

    def __init__(self, *args: Any, colleagues: Choices, calendars: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].choices = colleagues  # type: ignore[attr-defined]
        self.fields["lead"].offer(colleagues, nothing=_("Nobody"))  # type: ignore[attr-defined]
        self.fields["calendar"].offer(  # type: ignore[attr-defined]  # our own field
            calendars, nothing=_("As the desk")
        )
