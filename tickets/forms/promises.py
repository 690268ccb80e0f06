"""What is filled in when a time is promised, and what is offered when a rule says no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_date
from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from accounts.forms.fields import TextField, ZoneField
from core.errors import Refused
from promises.models import Promise
from promises.rules import times
from promises.services import Draft
from tickets.queries.promise_terms import Terms

WEEK_DAYS = 6
# No colleague and no team is named: whoever promises, or who had it before.
UNCHANGED = "unchanged"
SHAPES = (
    (Promise.Shape.AT, gettext_lazy("at")),
    (Promise.Shape.BY, gettext_lazy("by")),
    (Promise.Shape.BY_DAY, gettext_lazy("by the end of")),
)
# A rule names what it is about; the form has one field for owner and team.
_FIELDS = {"owner": "who", "team": "who", "confirmed_for": "time"}


class PromiseForm(forms.Form):
    """A time for a contact. `near` is one of the offered times, or empty for `on` and `time`.

    `take` is a time offered after a refusal, in the place of whatever else was chosen.
    `owner_confirms` and `lead_confirms` hold for the time named in `confirmed_for` alone.
    """

    topic = TextField(
        label=gettext_lazy("What about"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say in a few words what it is about.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=Promise.Channel.choices,
        initial=Promise.Channel.CALL,
        widget=forms.RadioSelect,
    )
    shape = forms.ChoiceField(
        label=gettext_lazy("Said as"),
        choices=SHAPES,
        initial=Promise.Shape.BY,
        widget=forms.RadioSelect,
    )
    near = forms.ChoiceField(
        label=gettext_lazy("When"), required=False, initial="", widget=forms.RadioSelect
    )
    on = TextField(
        label=gettext_lazy("Day"), required=False, widget=forms.TextInput(attrs={"type": "date"})
    )
    time = TextField(
        label=gettext_lazy("Time"), required=False, widget=forms.TextInput(attrs={"type": "time"})
    )
    who = forms.ChoiceField(label=gettext_lazy("Who keeps it"), initial=UNCHANGED)
    zone = ZoneField(label=gettext_lazy("The customer’s time zone"))
    consent = forms.BooleanField(label=gettext_lazy("The customer agreed to wait"), required=False)
    customer_requested_time = forms.BooleanField(
        label=gettext_lazy("The customer asked for this time"), required=False
    )
    is_check_back = forms.BooleanField(
        label=gettext_lazy("Check-back: ask whether it still works"),
        required=False,
        help_text=gettext_lazy("The ticket can be solved meanwhile; it closes afterwards."),
    )
    on_duty = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    owner_confirms = forms.BooleanField(required=False)
    lead_confirms = forms.BooleanField(required=False)
    confirmed_for = TextField(required=False)

    def __init__(
        self, data: QueryDict | None = None, *, terms: Terms, nobody: str = "", **kwargs: Any
    ) -> None:
        self.taken_name = f"{kwargs['prefix']}-take" if "prefix" in kwargs else "take"
        super().__init__(_with_taken(data, self.taken_name), **kwargs)
        self.terms = terms
        _offer(self, "near", _near_choices(terms, self.data.get(self.add_prefix("near"), "")))
        _offer(self, "who", _who_choices(terms, nobody or _("I myself")))
        self.fields["zone"].required = False
        self.fields["zone"].initial = terms.zone
        self.offers = Offers()
        # The time that was asked for: what a confirmation is about.
        self.key = ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        near = given.get("near")
        if near:
            given["on"], _t, given["time"] = near.partition("T")
        if given.get("shape") == Promise.Shape.BY_DAY:
            given["time"] = ""
            if not given.get("on"):
                self.add_error("on", _("Give the day."))
        elif not (given.get("on") and given.get("time")):
            field = "time" if given.get("on") else "on"
            self.add_error(field, _("Choose one of the times, or give day and time."))
        self.key = " ".join(str(given.get(name, "")) for name in ("shape", "on", "time"))
        return given

    def draft(self) -> Draft:
        """What is to be promised; the form is valid."""
        given = self.cleaned_data
        kind, _dash, chosen = given.get("who", UNCHANGED).partition("-")
        confirmed = given["confirmed_for"] == self.key
        return Draft(
            topic=given["topic"],
            shape=given["shape"],
            on=given["on"],
            time=given["time"],
            channel=given["channel"],
            zone=given["zone"],
            owner_id=int(chosen) if kind == "user" else None,
            team_id=int(chosen) if kind == "team" else None,
            consent=given["consent"],
            customer_requested_time=given["customer_requested_time"],
            is_check_back=given["is_check_back"],
            on_duty_id=given["on_duty"] if confirmed else None,
            owner_confirms=given["owner_confirms"] and confirmed,
            lead_confirms=given["lead_confirms"] and confirmed,
        )

    def refuse(self, refused: Refused) -> None:
        """The rule's sentence stands beside its field, with what may be promised instead."""
        field = _FIELDS.get(refused.field, refused.field)
        self.add_error(field if field in self.fields else None, refused.sentence)
        self.offers = Offers.of(refused, now=self.terms.now_there)


class RenegotiateForm(PromiseForm):
    """Another time for a promise; what is left empty stays as it was."""

    def __init__(self, data: QueryDict | None = None, *, terms: Terms, **kwargs: Any) -> None:
        super().__init__(data, terms=terms, nobody=_("As before"), **kwargs)
        for name in ("topic", "is_check_back"):
            self.fields[name].required = False


class ComposerPromiseForm(PromiseForm):
    """A promise that goes out with a reply; nothing in it counts unless `wanted` is ticked."""

    wanted = forms.BooleanField(label=gettext_lazy("Promise a time"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("How"), choices=Promise.Channel.choices)
    shape = forms.ChoiceField(
        label=gettext_lazy("Said as"), choices=SHAPES, initial=Promise.Shape.BY
    )

    use_required_attribute = False

    def __init__(self, data: QueryDict | None = None, *, terms: Terms) -> None:
        super().__init__(data, terms=terms, prefix="promise")
        self.fields["topic"].widget.attrs["placeholder"] = _("What about")
        del self.fields["who"]

    @property
    def wanted_now(self) -> bool:
        """Whether the reply carries a promise."""
        return bool(self.data.get(self.add_prefix("wanted")))


@dataclass(frozen=True, slots=True)
class Offer:
    """A time to promise instead; `value` is `YYYY-MM-DDTHH:MM`, or the day alone."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What a refused time leaves open."""

    code: str = ""
    times: Sequence[Offer] = ()
    on_duty: Sequence[tuple[int, str]] = ()
    owner_may_confirm: bool = False
    lead_may_confirm: bool = False
    lead_id: int = 0
    lead_name: str = ""

    @property
    def keeps_the_time(self) -> bool:
        """Whether the time may stand if somebody takes it upon himself."""
        return bool(self.on_duty) or self.owner_may_confirm or self.lead_may_confirm

    @classmethod
    def of(cls, refused: Refused, *, now: datetime) -> "Offers":
        """What the refusal's facts offer."""
        facts: dict[str, Any] = refused.facts
        lead = facts.get("lead") or {}
        return cls(
            code=refused.code,
            times=[Offer(value, wall_words(value, now)) for value in _offered(facts)],
            on_duty=[(one["id"], one["name"]) for one in facts.get("on_duty") or ()],
            owner_may_confirm=bool(facts.get("owner_may_confirm")),
            lead_may_confirm=bool(facts.get("lead_may_confirm")) or facts.get("why") == "too_long",
            lead_id=lead.get("id", 0),
            lead_name=lead.get("name", ""),
        )


def wall_words(value: str, now: datetime) -> str:
    """today 17:00, tomorrow 09:00, Monday 08:00, Thu 3 Dec, 12:00; on the customer's clock."""
    wall = datetime.fromisoformat(value)
    days = (wall.date() - now.date()).days
    clock = times.clock(wall.time()) if "T" in value else ""
    if not 0 <= days <= WEEK_DAYS:
        return times.day_and_clock(wall) if clock else times.day(wall.date())
    locale = to_locale(get_language() or "en-gb")
    names = {0: _("today"), 1: _("tomorrow")}
    day = names.get(days) or str(format_date(wall, "EEEE", locale=locale))
    return f"{day} {clock}".strip()


def _offered(facts: dict[str, Any]) -> list[str]:
    if facts.get("neighbours"):
        return list(facts["neighbours"])
    if not facts.get("nearest_on"):
        return []
    time = facts.get("nearest_time")
    return [f"{facts['nearest_on']}T{time}" if time else facts["nearest_on"]]


def _with_taken(data: QueryDict | None, name: str) -> QueryDict | None:
    """What was sent, with the offered time where one was taken."""
    taken = data.get(name) if data is not None else None
    if data is None or not taken:
        return data
    prefix = name.removesuffix("take")
    changed = data.copy()
    changed[f"{prefix}near"] = ""
    changed[f"{prefix}on"], _t, changed[f"{prefix}time"] = str(taken).partition("T")
    return changed


def _offer(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def _near_choices(terms: Terms, chosen: str) -> list[tuple[str, str]]:
    """The times that are near now, and the one that was near when the form was opened."""
    values = {f"{wall:%Y-%m-%dT%H:%M}" for wall in terms.near}
    if _is_wall(chosen):
        values.add(chosen)
    named = [(value, wall_words(value, terms.now_there)) for value in sorted(values)]
    return [*named, ("", _("Another time"))]


def _is_wall(text: str) -> bool:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%dT%H:%M}" == text
    except ValueError:
        return False


def _who_choices(terms: Terms, nobody: str) -> list[Any]:
    colleagues = [(f"user-{one.id}", one.name) for one in terms.colleagues]
    teams = [
        (f"team-{team.id}", _("Anybody in %(team)s") % {"team": team.name}) for team in terms.teams
    ]
    groups = [(_("Colleagues"), colleagues), (_("Teams"), teams)]
    return [(UNCHANGED, nobody), *(group for group in groups if group[1])]
