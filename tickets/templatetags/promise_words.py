"""Promises in words: when, on which day, what became of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import phonenumbers
from babel.dates import format_date, format_skeleton
from django import template
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, gettext, gettext_lazy, pgettext, to_locale

from core import clock as clocks
from core.templatetags.ui import clock_time, day_and_time, near
from promises.models import Promise
from promises.rules import Word, times
from tickets.queries.promise_cards import PromiseCard

register = template.Library()

WEEK_DAYS = 6
State = Promise.State
_OUTCOMES: dict[str, LazyText] = {
    State.KEPT: gettext_lazy("Kept"),
    State.ATTEMPTED: gettext_lazy("Kept: attempted as agreed"),
    State.SUPERSEDED: gettext_lazy("Kept: answered earlier"),
    State.KEPT_LATE: gettext_lazy("Broken: kept late"),
    State.BROKEN: gettext_lazy("Broken: told openly"),
    State.MISSED: gettext_lazy("Broken: missed"),
    State.RENEGOTIATED: gettext_lazy("Renegotiated"),
    State.CANCELLED: gettext_lazy("Cancelled by the customer"),
    State.VOIDED: gettext_lazy("Void: entered by mistake"),
}
_ICONS = {
    Word.OPEN: "handshake",
    Word.KEPT: "check",
    Word.BROKEN: "triangle-alert",
    Word.RENEGOTIATED: "arrow-left-right",
    Word.CANCELLED: "circle-x",
    Word.VOID: "minus",
}
_STATES = {Word.OPEN: "promise", Word.KEPT: "ok", Word.BROKEN: "late"}


@register.filter
def phone(number: str) -> str:
    """+31 20 555 0142; what is no number stays as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.filter
def promise_when(card: PromiseCard) -> str:
    """15:00, by 15:00, or by Fri: as the customer was told, on the reader's clock."""
    if card.is_by_day:
        return _by(_day_name(card))
    time = clock_time(card.said_at)
    return time if card.is_at else _by(time)


@register.filter
def promise_line(card: PromiseCard) -> str:
    """The same where nothing else names the day: by 15:00 today, else by Mon 11:40."""
    if card.is_by_day:
        return promise_when(card)
    time = clock_time(card.said_at) if card.days_away == 0 else day_and_time(card.said_at)
    return time if card.is_at else _by(time)


@register.filter
def promise_day(card: PromiseCard) -> str:
    """today, tomorrow, yesterday, else the date: Mon 23 Nov"""
    names = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}
    return names.get(card.days_away) or _date(timezone.localtime(card.said_at))


@register.filter
def promise_full(card: PromiseCard) -> str:
    """With its day, named once: by 15:00, today; by the end of Tue 24 Nov"""
    if card.is_by_day:
        return gettext("by the end of %(day)s") % {"day": promise_day(card)}
    return f"{promise_when(card)}, {promise_day(card)}"


@register.filter
def there(card: PromiseCard) -> str:
    """What the customer's clock shows then: 17:00 there"""
    with timezone.override(card.there.tzinfo):
        return gettext("%(time)s there") % {"time": clock_time(card.said_at)}


@register.filter
def promise_outcome(card: PromiseCard) -> str:
    """What became of it; of an open one, whether its time has passed."""
    if card.is_open:
        return gettext("Overdue") if card.is_overdue else gettext("Open")
    return str(_OUTCOMES[card.promise.state])


@register.filter
def count_of(held: Mapping[str, int], slug: str) -> int:
    """How many tickets a view holds."""
    return held.get(slug, 0)


@register.filter
def ended(cards: Iterable[PromiseCard]) -> list[PromiseCard]:
    """Those that wait no longer."""
    return [card for card in cards if not card.is_open]


@register.filter
def clock(at: datetime) -> str:
    """15:00"""
    return clock_time(at)


@register.filter
def wall(shown: datetime) -> str:
    """What a clock somewhere shows: 15:00"""
    return times.clock(shown.time())


@register.filter
def verdict_for(chosen: Mapping[str, str] | str, card: PromiseCard) -> str:
    """What was chosen for this promise in the form of solving; a check-back stays one."""
    given = chosen.get(f"promise-{card.promise.pk}", "") if isinstance(chosen, Mapping) else ""
    return given or ("check_back" if card.promise.is_check_back else "")


@register.filter
def word_icon(word: Word) -> str:
    """The icon that stands for an outcome."""
    return _ICONS[word]


@register.filter
def word_state(word: Word) -> str:
    """The state of the colours; empty where no colour belongs."""
    return _STATES.get(word, "paused")


@register.filter
def outcome_name(word: Word) -> str:
    """kept, broken, renegotiated, cancelled, void: for lists of squares."""
    names = {
        Word.OPEN: gettext("open"),
        Word.KEPT: gettext("kept"),
        Word.BROKEN: gettext("broken"),
        Word.RENEGOTIATED: gettext("renegotiated"),
        Word.CANCELLED: gettext("cancelled"),
        Word.VOID: gettext("void"),
    }
    return names[word]


@register.filter
def share(kept: int, decided: int) -> str:
    """A share as screens show it (G-4, G-5): "–", "18 of 19", from 20 on "95.9 %" as well, cut."""
    if decided == 0:
        return "–"
    counted = gettext("%(kept)s of %(decided)s") % {"kept": kept, "decided": decided}
    if decided < 20:
        return counted
    tenths = kept * 1000 // decided
    return gettext("%(counted)s, %(percent)s %%") % {
        "counted": counted,
        "percent": f"{tenths // 10}.{tenths % 10}",
    }


@register.filter
def ago(at: datetime) -> str:
    """at 13:58, on Mon 11:40, on 1 Dec: for "promised ..." """
    if timezone.localtime(at).date() == timezone.localtime(clocks.now()).date():
        return gettext("at %(time)s") % {"time": near(at)}
    return gettext("on %(day)s") % {"day": near(at)}


def _by(what: str) -> str:
    return pgettext("a promised time", "by %(time)s") % {"time": what}


def _day_name(card: PromiseCard) -> str:
    """Fri within the week, else 1 Dec, on the customer's clock."""
    if abs(card.days_away) <= WEEK_DAYS:
        return str(format_date(card.there, "EEE", locale=_locale()))
    return str(format_skeleton("MMMd", card.there, locale=_locale()))


def _date(local: datetime) -> str:
    return str(format_skeleton("MMMEd", local, locale=_locale()))


def _locale() -> str:
    return to_locale(get_language() or "en-gb")
