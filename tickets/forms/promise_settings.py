"""The desk's rules for promises, as a form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from promises.services.setting import LONGEST_GRACE, Rules


class PromiseSettingsForm(forms.Form):
    """Contact hours, grace, and each reminder that can be switched."""

    contact_from = forms.TimeField(
        label=_("From"),
        input_formats=["%H:%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    contact_until = forms.TimeField(
        label=_("Until"),
        input_formats=["%H:%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    grace_working_days = forms.IntegerField(
        label=_("Working days until an overdue promise is closed as missed"),
        min_value=1,
        max_value=LONGEST_GRACE,
        help_text=_("It counts as broken from the moment its time has passed."),
    )
    remind_24h = forms.BooleanField(
        label=_("24 hours before, if promised more than 36 hours ahead"), required=False
    )
    remind_shift_start = forms.BooleanField(
        label=_("At the start of the owner’s working day"), required=False
    )
    remind_60min = forms.BooleanField(label=_("60 minutes before"), required=False)
    remind_before = forms.BooleanField(
        label=_("Shortly before: 10 minutes before “at”, 15 before the end of “by”"),
        required=False,
    )
    remind_at_from = forms.BooleanField(
        label=_("At the time itself, where the reminder shortly before was skipped"),
        required=False,
    )
    remind_before_end = forms.BooleanField(
        label=_("15 minutes before the end, owner and lead, if nobody tried yet"),
        required=False,
    )

    def rules(self) -> Rules:
        """What was filled in."""
        return Rules(**self.cleaned_data)
