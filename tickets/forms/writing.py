"""What is typed on a ticket's page: a reply, a note, a reason."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import TextField
from core.errors import Refused
from tickets.services.files import MOST_FILES

THEN = (
    ("open", _("Send, keep open")),
    ("pending", _("Send, customer’s turn")),
    ("solved", _("Send and solve")),
)


class ManyFilesInput(forms.ClearableFileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, also none; whether each can be kept is said when it is stored."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> "Sequence[UploadedFile[Any]]":
        return list(data or ())[: MOST_FILES + 1]


class WritingForm(forms.Form):
    """A text with files."""

    text_md = TextField(label=_("Text"), required=False, strip=False)
    uploads = FilesField(label=_("Attach files"), required=False)

    def refuse(self, refused: Refused) -> None:
        """The rule's sentence stands at what it is about."""
        field = "uploads" if refused.field == "files" else refused.field
        self.add_error(field if field in self.fields else None, refused.sentence)


class NoteForm(WritingForm):
    """What only the team sees."""


class ReplyForm(WritingForm):
    """What the customer gets, and what becomes of the ticket then.

    Without `then` the ticket stays open. `last_seen` is the last message its author has read;
    `anyway` sends although somebody has written since, `as_note` keeps the text as a note.
    """

    cc = TextField(label=_("Cc"), required=False, max_length=10_000)
    then = forms.ChoiceField(label=_("Then"), choices=THEN, required=False)
    last_seen = forms.IntegerField(
        required=False, min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput
    )
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)
    as_note = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_then(self) -> str:
        return self.cleaned_data["then"] or "open"

    def copies(self) -> list[str]:
        """The addresses under Cc, one by one."""
        given = self.cleaned_data["cc"].replace(";", ",").replace("\n", ",").split(",")
        return [address.strip() for address in given if address.strip()]


class HoldForm(forms.Form):
    """Why a ticket waits for something else than its customer."""

    reason = TextField(
        label=_("What does it wait for?"),
        error_messages={"required": _("Say what the ticket waits for.")},
        help_text=_("For example a spare part, a supplier, another team."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class CustomersTurnForm(forms.Form):
    """Why it is the customer's turn although he has not been answered since he wrote."""

    note = TextField(
        label=_("Why is it the customer’s turn?"),
        required=False,
        strip=False,
        help_text=_("Only your team sees this. Not needed if you have answered the customer."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
