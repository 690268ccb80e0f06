"""Fields that say in our words what cannot be stored, and how a rule's no reaches its field."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.rules import zones
from core.errors import Refused
from core.text import require_storable

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as Words

Choices = list[tuple[int | str, str]]
NOTHING = "none"


class TextField(forms.CharField):
    """Text as a person types it; length and emptiness are checked, the rest is the verb's."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return require_storable(text)
        except Refused as refused:
            raise ValidationError(refused.sentence, code=refused.code) from refused


class PasswordField(TextField):
    """A password as it is typed, blanks and all; never sent back to the browser."""

    def __init__(self, *, label: "Words", new: bool, **kwargs: Any) -> None:
        autocomplete = "new-password" if new else "current-password"
        super().__init__(
            label=label,
            strip=False,
            max_length=1024,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
            **kwargs,
        )


class ZoneField(forms.ChoiceField):
    """A time zone, by the name of a place in it."""

    default_error_messages = {
        "invalid_choice": _("Choose a time zone by its place, such as Europe/Amsterdam.")
    }

    def __init__(self, *, label: "Words") -> None:
        super().__init__(label=label, choices=_zone_choices)


class IdField(forms.TypedChoiceField):
    """One of the things offered; nothing is a choice of its own, with its own words."""

    def __init__(self, *, label: "Words", help_text: "Words" = "") -> None:
        super().__init__(label=label, help_text=help_text, coerce=_id_or_none)

    def offer(self, choices: Choices, *, nothing: "Words") -> None:
        """Set what may be chosen; `nothing` is what choosing none is called."""
        self.choices = [(NOTHING, nothing), *choices]

    def prepare_value(self, value: Any) -> Any:
        return NOTHING if value is None else value


class IdsField(forms.TypedMultipleChoiceField):
    """Any of the things offered, each with its own box."""

    def __init__(self, *, label: "Words", help_text: "Words" = "") -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


def _id_or_none(value: str) -> int | None:
    return None if value == NOTHING else int(value)


def _zone_choices() -> Choices:
    return [(zone, zone.replace("_", " ")) for zone in zones()]


def tell(form: forms.BaseForm, refused: Refused) -> None:
    """Show a rule's sentence at the field it is about, or above the form."""
    form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
