"""Forms of everybody who is not signed in yet."""

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.forms.fields import PasswordField, TextField, ZoneField
from accounts.models import User
from accounts.rules import ADDRESS_LENGTH, NAME_LENGTH
from core import clock

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words


def _address_field(label: "Words", autocomplete: str = "username") -> TextField:
    widget = forms.EmailInput(attrs={"autocomplete": autocomplete})
    return TextField(label=label, max_length=ADDRESS_LENGTH, widget=widget)


class SignInForm(LoginForm):  # type: ignore[misc]  # the library is untyped
    """Address and password. Whatever is wrong, the answer is the same sentence."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = _address_field(_("Work email"))
        self.fields["password"] = PasswordField(label=_("Password"), new=False)
        self.fields["login"].widget.attrs["autofocus"] = True

    def clean_login(self) -> str:
        return str(self.cleaned_data["login"]).strip().lower()

    def user_credentials(self) -> dict[str, str]:
        """Under `login` the lock-out counts the failures of an address."""
        credentials: dict[str, str] = super().user_credentials()
        return {**credentials, "login": credentials["email"]}

    def clean(self) -> dict[str, Any]:
        if self.errors:
            # An overlong password or a NUL is a wrong password like any other.
            self.errors.clear()
            raise get_adapter().validation_error("email_password_mismatch")
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class ResetForm(forms.Form):
    """Which account needs a new password."""

    email = _address_field(_("Work email"))

    def save(self, request: HttpRequest) -> None:
        """Called by the library's view once its limits allow it."""
        services.ask_for_password_reset(self.cleaned_data["email"], at=clock.now())


class NewPasswordForm(forms.Form):
    """The new password of somebody with a reset link."""

    password = PasswordField(
        label=_("New password"), new=True, help_text=_("At least 12 characters.")
    )

    def __init__(
        self, *args: Any, user: User | None = None, temp_key: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)


class JoinForm(forms.Form):
    """An invited colleague chooses his password."""

    name = TextField(
        label=_("Your name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = PasswordField(label=_("Password"), new=True, help_text=_("At least 12 characters."))


class SetUpForm(forms.Form):
    """The first administrator and the desk."""

    desk_name = TextField(
        label=_("Name of the desk"),
        max_length=NAME_LENGTH,
        help_text=_("What customers know you by, for example your company’s name."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    zone = ZoneField(label=_("Time zone"))
    name = TextField(
        label=_("Your name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = _address_field(_("Your work email"))
    password = PasswordField(label=_("Password"), new=True, help_text=_("At least 12 characters."))
    password_again = PasswordField(label=_("Password again"), new=True)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        again = cleaned.pop("password_again", None)
        if again and "password" in cleaned and cleaned["password"] != again:
            self.add_error("password_again", _("The two passwords differ."))
        return cleaned
