"""Doors through which a promise ends, moves or changes hands. Each calls one verb."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

import promises.services
from accounts.gate import StaffRequest, staff
from accounts.views.answers import posted
from core import clock
from core.errors import Refused
from promises import rules
from promises.models import Promise
from promises.services import contacts
from tickets.forms.promises import RenegotiateForm
from tickets.forms.settling import (
    AgreementForm,
    AttemptForm,
    BreakForm,
    CancelForm,
    ContactForm,
    HandOverForm,
    KeepForm,
    SupersedeForm,
    VoidForm,
    apology,
)
from tickets.queries.contacts import ContactLine, Fits, contact_lines
from tickets.queries.directory import Colleague
from tickets.queries.promise_cards import PromiseCard
from tickets.queries.promise_story import promise_card
from tickets.queries.promise_terms import Terms, terms
from tickets.services import callbacks
from tickets.views.dialogs import show_dialog, status_of, went_well
from tickets.views.parts import Context

Sent = ContactForm | VoidForm | HandOverForm
door = require_http_methods(["GET", "HEAD", "POST"])
# What a refusal may be about that stands in the form of the new time.
_OF_THE_TIME = {"shape", "near", "on", "time", "zone", "channel", "owner", "team", "on_duty"}
_OF_THE_TIME |= {"consent", "topic"}


@dataclass(frozen=True, slots=True)
class Wording:
    """What a dialog says: its title, what follows from it, and what its button does."""

    title: str
    button: str
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A dialog: the promise, the form, where needed the form of a new time, and the verb.

    The verb answers what is said when it went well. `time_counts`: whether the new time is asked
    for at all.
    """

    request: StaffRequest
    card: PromiseCard
    wording: Wording
    form: Sent
    verb: Callable[[], str]
    time: RenegotiateForm | None = None
    time_counts: bool = True

    @property
    def sent(self) -> Sequence[forms.Form]:
        """The forms that count."""
        return [self.form, self.time] if self.time and self.time_counts else [self.form]


@door
@staff
def kept(request: StaffRequest, promise_id: int) -> HttpResponse:
    """The promised contact took place."""
    card = _card(request, promise_id)
    fits = partial(contacts.require_kept_by, channel_accepted=True)
    form = KeepForm(posted(request), lines=_lines(card, fits), channel=card.promise.channel)

    def verb() -> str:
        promise = callbacks.keep(
            promise_id,
            contact=form.needed(),
            channel_accepted=form.cleaned_data["channel_accepted"],
            actor=request.actor,
            at=clock.now(),
        )
        late = promise.state == Promise.State.KEPT_LATE
        return _("Kept late: it counts as broken.") if late else _("Promise kept.")

    wording = Wording(_("Promise kept"), _("Kept"))
    return _answer(Door(request, card, wording, form, verb))


@door
@staff
def attempt(request: StaffRequest, promise_id: int) -> HttpResponse:
    """A call that did not get through; perhaps the last one."""
    card = _card(request, promise_id)
    form = AttemptForm(posted(request), lines=_lines(card, contacts.require_attempt))
    time = _time_form(request, card, prefix="next")

    def verb() -> str:
        ends = form.cleaned_data["ends"]
        callbacks.attempt(
            promise_id,
            contact=form.needed(),
            follow_up=time.draft() if ends else None,
            actor=request.actor,
            at=clock.now(),
        )
        return _("Attempted as agreed, and promised anew.") if ends else _("Attempt noted.")

    wording = Wording(
        _("Tried, not reached"), _("Note the attempt"), _("The promise stays open for now.")
    )
    counts = "ends" in request.POST
    return _answer(Door(request, card, wording, form, verb, time, time_counts=counts))


@door
@staff
def renegotiate(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Another time, agreed with the customer."""
    card = _card(request, promise_id)
    form = AgreementForm(posted(request), lines=_lines(card, contacts.require_agreed_in))
    time = _time_form(request, card, prefix="next")

    def verb() -> str:
        callbacks.renegotiate(
            promise_id,
            draft=time.draft(),
            contact=form.needed(),
            actor=request.actor,
            at=clock.now(),
        )
        return _("Another time is promised.")

    lead = ""
    if card.is_overdue:
        lead = _("The time has passed, so the old promise counts as kept late: broken.")
    wording = Wording(_("Renegotiate"), _("Promise the new time"), lead)
    return _answer(Door(request, card, wording, form, verb, time))


@door
@staff
def break_openly(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Tell the customer that it cannot be kept."""
    card = _card(request, promise_id)
    ticket = card.promise.ticket
    form = BreakForm(
        posted(request),
        lines=_lines(card, contacts.require_told_in),
        initial={"text_md": apology(ticket, card.promise, request.user)},
    )

    def verb() -> str:
        callbacks.break_openly(
            promise_id,
            reason=form.cleaned_data["reason"],
            contact=form.told(),
            actor=request.actor,
            at=clock.now(),
        )
        return _("The customer knows. It counts as broken.")

    wording = Wording(
        _("Tell that we cannot keep it"),
        _("Tell the customer"),
        _(
            "It counts as broken, but the customer hears it from us. If you agree on another time,"
            " renegotiate instead."
        ),
    )
    return _answer(Door(request, card, wording, form, verb))


@door
@staff
def cancel(request: StaffRequest, promise_id: int) -> HttpResponse:
    """The customer no longer wants it."""
    card = _card(request, promise_id)
    form = CancelForm(posted(request), lines=_lines(card, contacts.require_cancelled_in))

    def verb() -> str:
        callbacks.cancel_by_customer(
            promise_id,
            contact=form.chosen(),
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            at=clock.now(),
        )
        return _("Cancelled by the customer.")

    wording = Wording(
        _("The customer cancelled it"),
        _("Cancel the promise"),
        _("It counts neither as kept nor as broken."),
    )
    return _answer(Door(request, card, wording, form, verb))


@door
@staff
def supersede(request: StaffRequest, promise_id: int) -> HttpResponse:
    """The customer had the answer before the promised time."""
    card = _card(request, promise_id)
    fits = partial(contacts.require_kept_by, channel_accepted=True)
    form = SupersedeForm(posted(request), lines=_lines(card, fits))

    def verb() -> str:
        link = form.chosen()
        promises.services.supersede(
            promise_id,
            message_id=link.message_id if isinstance(link, callbacks.MessageLink) else None,
            actor=request.actor,
            at=clock.now(),
        )
        return _("Superseded: answered earlier, so it counts as kept.")

    wording = Wording(
        _("Superseded: answered earlier"),
        _("It was answered"),
        _("The customer had the answer from us before the promised time. It counts as kept."),
    )
    return _answer(Door(request, card, wording, form, verb))


@door
@staff
def void(request: StaffRequest, promise_id: int) -> HttpResponse:
    """It was entered by mistake."""
    card = _card(request, promise_id)
    form = VoidForm(posted(request))

    def verb() -> str:
        promises.services.void(
            promise_id,
            reason=form.cleaned_data["reason"],
            actor=request.actor,
            at=clock.now(),
        )
        return _("The promise is void.")

    wording = Wording(
        _("Entered by mistake"),
        _("Make it void"),
        _(
            "Within ten minutes by whoever entered it, later by a supervisor with a reason. It"
            " counts nowhere."
        ),
    )
    return _answer(Door(request, card, wording, form, verb))


@door
@staff
def hand_over(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Somebody else keeps it; the customer's time stays."""
    card = _card(request, promise_id)
    form = HandOverForm(posted(request), colleagues=_takers(request, card))

    def verb() -> str:
        promises.services.hand_over(
            promise_id, to_id=form.cleaned_data["to"], actor=request.actor, at=clock.now()
        )
        return _("Handed over. The new owner is told.")

    wording = Wording(
        _("Hand over"),
        _("Hand it over"),
        _("The customer’s time stays as it is."),
    )
    return _answer(Door(request, card, wording, form, verb))


def _answer(asked: Door) -> HttpResponse:
    """The verb's answer, or the form: with what is wrong in it, or for the first time."""
    request, card = asked.request, asked.card
    # Each form is looked at, so that all that is wrong is said at once.
    valid = [form.is_valid() for form in asked.sent]
    if all(valid):
        try:
            said = asked.verb()
        except Refused as refused:
            _refuse(asked, refused)
        else:
            to = reverse("ticket", args=[card.ticket_number])
            return went_well(request, said=said, ticket_id=card.promise.ticket_id, to=to)
    elif request.method != "POST" and not card.is_open:
        return _ended(request, card)
    context: Context = {
        "card": card,
        "wording": asked.wording,
        "form": asked.form,
        "time_form": asked.time,
        "terms": asked.time.terms if asked.time else None,
        "url": request.path,
        "back": reverse("ticket", args=[card.ticket_number]),
    }
    status = status_of(*asked.sent)
    title = asked.wording.title
    return show_dialog(request, "promises/_settle.html", context, title=title, status=status)


def _refuse(asked: Door, refused: Refused) -> None:
    if asked.time and asked.time_counts and refused.field in _OF_THE_TIME:
        asked.time.refuse(refused)
    else:
        asked.form.refuse(refused)


def _ended(request: StaffRequest, card: PromiseCard) -> HttpResponse:
    """Somebody else was quicker: say what became of it."""
    try:
        rules.require_open(card.promise, now=card.at)
    except Refused as refused:
        context: Context = {
            "card": card,
            "refused": refused,
            "back": reverse("promise", args=[card.promise.pk]),
        }
        title = card.promise.topic
        return show_dialog(request, "promises/_ended.html", context, title=title, status=409)
    raise AssertionError("an open promise has a form")


def _card(request: StaffRequest, promise_id: int) -> PromiseCard:
    return promise_card(promise_id, actor=request.actor, at=clock.now())


def _lines(card: PromiseCard, fits: Fits) -> Sequence[ContactLine]:
    return contact_lines(card.promise, fits) if card.is_open else []


def _time_form(request: StaffRequest, card: PromiseCard, *, prefix: str) -> RenegotiateForm:
    """The form of another time, on the clock on which the first one was promised."""
    promise = card.promise
    known = terms(promise.ticket, actor=request.actor, at=card.at)
    asked: Terms = replace(known, zone=promise.zone, zone_assumed=False)
    initial = {"channel": promise.channel, "shape": promise.shape}
    return RenegotiateForm(posted(request), terms=asked, prefix=prefix, initial=initial)


def _takers(request: StaffRequest, card: PromiseCard) -> list[Colleague]:
    """Everybody who could keep it but its owner, the reader first."""
    known = terms(card.promise.ticket, actor=request.actor, at=card.at, in_composer=True)
    me = Colleague(request.user.pk, _("I myself"), works=True)
    return [one for one in (me, *known.colleagues) if one.id != card.promise.owner_id]
