"""What may be filled in about a person."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import TextField, ZoneField


class AddressForm(forms.Form):
    """One more mail address."""

    address = TextField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    primary = forms.BooleanField(label=_("Replies go to this address"), required=False)


class PhoneForm(forms.Form):
    """One more phone number."""

    number = TextField(
        label=_("Phone number"),
        max_length=40,
        help_text=_("With its country code, such as +31 20 555 0142."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )


class NameForm(forms.Form):
    """What the person is called."""

    name = TextField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class NoteForm(forms.Form):
    """What is good to know of the person."""

    note = TextField(
        label=_("Note"),
        required=False,
        max_length=2000,
        help_text=_("Only your colleagues read it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ZoneForm(forms.Form):
    """The zone that the person's times are meant in."""

    zone = ZoneField(label=_("Time zone"))


class LocaleForm(forms.Form):
    """The language of our letters to the person."""

    locale = forms.ChoiceField(label=_("Language of our letters"), choices=settings.LANGUAGES)
