"""What is filled in when a promise is settled: by which contact, and how."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import promises.services
from accounts.forms.fields import TextField
from accounts.models import User
from calendars import arithmetic
from core.errors import Refused
from promises.models import Promise
from promises.rules import times
from tickets.models import Message, Ticket
from tickets.queries.contacts import ContactLine
from tickets.queries.directory import Colleague
from tickets.services import wording
from tickets.services.callbacks import Call, Letter, MessageLink

CALL, THEIR_CALL, VISIT, LETTER, NONE = "call", "their-call", "visit", "letter", "none"
WAYS: dict[str, LazyText] = {
    CALL: gettext_lazy("A call that has just ended"),
    THEIR_CALL: gettext_lazy("The customer has just called"),
    VISIT: gettext_lazy("A visit that has just ended"),
    LETTER: gettext_lazy("Write to the customer now"),
    NONE: gettext_lazy("No contact to name"),
}
OUTCOMES = {
    Message.CallOutcome.CONNECTED: gettext_lazy("Reached"),
    Message.CallOutcome.VOICEMAIL: gettext_lazy("Left a voicemail"),
    Message.CallOutcome.NOT_REACHED: gettext_lazy("Not reached"),
}
Contact = Call | MessageLink


class ContactForm(forms.Form):
    """The contact: one that stands on the ticket, or a call that is written down now."""

    ways: Sequence[str] = (CALL,)
    outcomes: Sequence[str] = ()
    asks: LazyText = gettext_lazy("By which contact")
    # P-5: a contact that stands on the ticket is proposed; a person confirms it.
    proposes = True

    contact = forms.ChoiceField(widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), required=False, widget=forms.RadioSelect
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        required=False,
        min_value=0,
        max_value=1440,
        help_text=gettext_lazy("The contact counts from its beginning."),
    )
    said = TextField(
        label=gettext_lazy("What was said"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    use_required_attribute = False

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        lines: Sequence[ContactLine] = (),
        channel: str = Promise.Channel.CALL,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        on_site = channel == Promise.Channel.VISIT
        ways = [VISIT if on_site and way == CALL else way for way in self.ways]
        # A contact may have gone another way than the promised one.
        self.asks_way = bool(lines) or channel != Promise.Channel.CALL
        choices = [*((str(line.message_id), line.words) for line in lines)]
        choices += [(way, str(WAYS[way])) for way in ways]
        contact = self.fields["contact"]
        outcome = self.fields["outcome"]
        if isinstance(contact, forms.ChoiceField) and isinstance(outcome, forms.ChoiceField):
            contact.choices = choices
            outcome.choices = [(key, OUTCOMES[Message.CallOutcome(key)]) for key in self.outcomes]
        contact.label = str(self.asks)
        contact.initial = (self.proposes and _proposed(lines)) or next(iter(ways), "")
        contact.required = bool(choices)
        if self.outcomes:
            outcome.initial = self.outcomes[0]
        else:
            del self.fields["outcome"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        is_call = given.get("contact") in (CALL, THEIR_CALL, VISIT)
        if is_call and self.outcomes and not given.get("outcome"):
            self.add_error("outcome", _("Say whether you reached the customer."))
        return given

    def chosen(self) -> Contact | None:
        """The contact that was chosen; None if none is named."""
        given = self.cleaned_data
        contact = given["contact"]
        if contact in ("", NONE, LETTER):
            return None
        if contact.isdecimal():
            return MessageLink(int(contact))
        return Call(
            outcome=given.get("outcome") or Message.CallOutcome.CONNECTED,
            minutes=given["minutes"] or 0,
            said=given["said"],
            direction=Message.Direction.IN if contact == THEIR_CALL else Message.Direction.OUT,
            channel="visit" if contact == VISIT else "phone",
        )

    def needed(self) -> Contact:
        """The contact, where the form offers no way without one."""
        contact = self.chosen()
        if contact is None:
            raise ValueError("this form always has a contact")
        return contact

    def refuse(self, refused: Refused) -> None:
        """The rule's sentence stands beside its field."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)


class KeepForm(ContactForm):
    """The promised contact took place."""

    channel_accepted = forms.BooleanField(
        label=gettext_lazy("The customer accepted another way than the promised one"),
        required=False,
    )


class AttemptForm(ContactForm):
    """A call that did not get through; with `ends` another time is promised in its place."""

    outcomes = (Message.CallOutcome.VOICEMAIL, Message.CallOutcome.NOT_REACHED)

    ends = forms.BooleanField(
        label=gettext_lazy("That was the last attempt: promise another time"),
        required=False,
        help_text=gettext_lazy(
            "After two attempts 15 minutes apart and a message left, the promise counts as kept."
        ),
    )


class AgreementForm(ContactForm):
    """The contact in which the customer agreed to another time."""

    ways = (CALL, THEIR_CALL)
    asks = gettext_lazy("The contact in which the customer agreed")


class BreakForm(ContactForm):
    """How the customer is told that we cannot keep it, and why."""

    ways = (LETTER, CALL)
    asks = gettext_lazy("How the customer hears it")
    proposes = False
    outcomes = (Message.CallOutcome.CONNECTED, Message.CallOutcome.VOICEMAIL)

    reason = TextField(
        label=gettext_lazy("Why it cannot be kept"),
        max_length=500,
        error_messages={"required": gettext_lazy("Say why in a few words.")},
        help_text=gettext_lazy("For the team; the customer reads the letter below."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text_md = TextField(
        label=gettext_lazy("Letter to the customer"),
        error_messages={"required": gettext_lazy("Write what the customer reads.")},
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["text_md"].required = data is None or data.get("contact") == LETTER

    def told(self) -> Contact | Letter:
        """By what the customer is told."""
        return self.chosen() or Letter(self.cleaned_data["text_md"])


class CancelForm(ContactForm):
    """The customer no longer wants it."""

    ways = (THEIR_CALL, NONE)
    asks = gettext_lazy("The contact in which the customer said so")

    reason = TextField(
        label=gettext_lazy("What the customer said"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SupersedeForm(ContactForm):
    """The customer had the answer before the promised time."""

    ways = ()
    asks = gettext_lazy("The contact that answered it")


class VoidForm(forms.Form):
    """It was never promised."""

    reason = TextField(
        label=gettext_lazy("Why it was a mistake"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def refuse(self, refused: Refused) -> None:
        """The rule's sentence stands beside its field."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)


class HandOverForm(forms.Form):
    """Who keeps it from now on."""

    to = forms.TypedChoiceField(label=gettext_lazy("Who keeps it from now on"), coerce=int)

    def __init__(
        self, data: QueryDict | None = None, *, colleagues: Sequence[Colleague], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        to = self.fields["to"]
        if isinstance(to, forms.ChoiceField):
            named = [(one.id, one.name) for one in colleagues]
            to.choices = [("", _("Choose a colleague")), *named]

    def refuse(self, refused: Refused) -> None:
        """The rule's sentence stands beside its field."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)


def apology(ticket: Ticket, promise: Promise, writer: User) -> str:
    """A letter to begin with, in the customer's language; its blank is for the writer to fill."""
    with wording.in_language(promises.services.language_of(ticket)):
        return _(
            "Hello %(name)s,\n\n"
            "I promised to be in touch by %(time)s about: %(topic)s. I cannot keep that, and I am"
            " sorry.\n\n"
            "\n\n"
            "%(writer)s"
        ) % {
            "name": promise.person.name or ticket.requester_name,
            "time": times.day_and_clock(_told(promise)),
            "topic": promise.topic,
            "writer": writer.name,
        }


def _told(promise: Promise) -> datetime:
    at = promise.from_at if promise.shape == Promise.Shape.AT else promise.until_at
    return arithmetic.wall_of(at, promise.zone)


def _proposed(lines: Sequence[ContactLine]) -> str:
    """The newest contact before the promised time had passed."""
    return next((str(line.message_id) for line in lines if line.in_time), "")
