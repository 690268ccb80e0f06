"""The sentence of a notice, in the language and on the clock now in force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, format_time
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from notifications.models import Notification

NameOf = Callable[[int | None], str]

_DUE = {
    "call": lazy("Call %(who)s, %(when)s"),
    "email": lazy("Write to %(who)s, %(when)s"),
    "visit": lazy("Visit %(who)s, %(when)s"),
}
_OVERDUE = {
    "call": lazy("The call promised to %(who)s is overdue (%(when)s)"),
    "email": lazy("The message promised to %(who)s is overdue (%(when)s)"),
    "visit": lazy("The visit promised to %(who)s is overdue (%(when)s)"),
}
_STILL_OVERDUE = {
    "call": lazy("%(who)s has waited half an hour for a promised call (%(when)s)"),
    "email": lazy("%(who)s has waited half an hour for a promised message (%(when)s)"),
    "visit": lazy("%(who)s has waited half an hour for a promised visit (%(when)s)"),
}
_MISSED = {
    "call": lazy("The call promised to %(who)s was never made (%(when)s)"),
    "email": lazy("The message promised to %(who)s was never written (%(when)s)"),
    "visit": lazy("The visit promised to %(who)s was never made (%(when)s)"),
}
_GIVEN = {
    "call": lazy("%(by)s promised that you call %(who)s, %(when)s"),
    "email": lazy("%(by)s promised that you write to %(who)s, %(when)s"),
    "visit": lazy("%(by)s promised that you visit %(who)s, %(when)s"),
}
_HANDED_OVER = {
    "call": lazy("%(by)s handed over to you: call %(who)s, %(when)s"),
    "email": lazy("%(by)s handed over to you: write to %(who)s, %(when)s"),
    "visit": lazy("%(by)s handed over to you: visit %(who)s, %(when)s"),
}
_UNOWNED = {
    "call": lazy("Nobody has taken on: call %(who)s, %(when)s"),
    "email": lazy("Nobody has taken on: write to %(who)s, %(when)s"),
    "visit": lazy("Nobody has taken on: visit %(who)s, %(when)s"),
}
_BY_CHANNEL: Mapping[str, Mapping[str, LazyText]] = {
    "promise.due": _DUE,
    "promise.overdue": _OVERDUE,
    "promise.still_overdue": _STILL_OVERDUE,
    "promise.missed": _MISSED,
    "promise.given": _GIVEN,
    "promise.handed_over": _HANDED_OVER,
    "promise.unowned": _UNOWNED,
}
_PLAIN: Mapping[str, LazyText] = {
    "promise.moved_often": lazy("A promise to %(who)s was moved for the third time"),
    "ticket.assigned": lazy("%(by)s assigned to you: %(subject)s"),
    "ticket.replied": lazy("%(who)s replied: %(subject)s"),
    "ticket.flagged": lazy("Somebody who takes no part wrote on: %(subject)s"),
    "ticket.delivery_failed": lazy("A mail to %(who)s did not arrive: %(subject)s"),
    "background.stopped": lazy("Work was given up: see Settings, Background work"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says: one line, and what else there is to know."""

    title: str
    details: tuple[str, ...] = ()


def words(notice: Notification, *, name_of: NameOf) -> Words:
    """The notice in words. It has its ticket at hand; `name_of` gives colleagues' names by id."""
    ticket = notice.ticket
    values = {
        "who": (ticket.requester_name if ticket else "") or _("the customer"),
        "subject": ticket.subject if ticket else "",
        "by": name_of(notice.data.get("by_id")) or _("The desk"),
        "when": when(notice.data, now=notice.at) if "until_at" in notice.data else "",
    }
    by_channel = _BY_CHANNEL.get(notice.kind)
    sentence = by_channel[notice.data["channel"]] if by_channel else _PLAIN[notice.kind]
    return Words(str(sentence) % values, tuple(_details(notice, name_of)))


def when(facts: Mapping[str, object], *, now: datetime) -> str:
    """15:00, by 15:00, by the end of Friday 20 November; the day is named if it is another."""
    is_at = facts["shape"] == "at"
    told = datetime.fromisoformat(str(facts["from_at"] if is_at else facts["until_at"]))
    if facts["shape"] == "by_day":
        there = told.astimezone(ZoneInfo(str(facts["zone"])))
        # A business day that ends at midnight is the day before.
        return _("by the end of %(day)s") % {"day": _day(there - timedelta(seconds=1))}
    time = _time(timezone.localtime(told), now)
    return time if is_at else _("by %(time)s") % {"time": time}


def _details(notice: Notification, name_of: NameOf) -> list[str]:
    facts = notice.data
    found = []
    if facts.get("step") == "due_now":
        found.append(_("It is time now."))
    if facts.get("instead_of_id"):
        found.append(
            _("%(name)s is off duty, so this comes to you.")
            % {"name": name_of(facts["instead_of_id"])}
        )
    elif notice.is_task and facts.get("owner_id") and facts["owner_id"] != notice.user_id:
        found.append(_("Promised for %(name)s.") % {"name": name_of(facts["owner_id"])})
    if facts.get("delayed"):
        found.append(_("This comes late: the desk could not remind you in time."))
    return found


def _time(local: datetime, now: datetime) -> str:
    time = str(format_time(local.time(), "short", locale=_locale()))
    if local.date() == timezone.localtime(now).date():
        return time
    return _("%(day)s, %(time)s") % {"day": _day(local), "time": time}


def _day(local: datetime) -> str:
    """The day with its name written out. Babel knows the order of the parts only when short."""
    short = str(_locale().datetime_skeletons["MMMEd"].pattern)
    pattern = short.replace("E", "EEEE", 1).replace("MMM", "MMMM")
    return str(format_datetime(local.replace(tzinfo=None), pattern, locale=_locale()))


def _locale() -> Locale:
    return Locale.parse(to_locale(get_language() or "en-gb"))
