"""Who hears of a promise: reminders, lateness, hand-overs. A consumer of promises' Events.

Idempotent by the Event, and of use only while its promise stands as the Event says: what was
announced late, or twice, tells nobody anything wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core import desk
from core.actor import Actor, ActorKind
from core.models import Event
from customers.models import PersonPhone
from notifications.audience import Roster, above, lead_for, on_duty_or_lead
from notifications.services import Notice, mail, notify, reading_as, settle
from promises.events import ENDINGS, Kind
from promises.models import Promise
from promises.rules import LATENESS, Step
from promises.services.drafts import may_own
from tickets.access import visible_to
from tickets.models import Ticket

URGENT = frozenset({Step.DUE_NOW, Step.BEFORE_END, Step.OVERDUE, Step.STILL_OVERDUE})
# Notices of one aspect replace each other.
_ASPECTS = {
    "promise.given": "owner",
    "promise.handed_over": "owner",
    "promise.unowned": "owner",
    "promise.due": "due",
    "promise.overdue": "due",
    "promise.still_overdue": "late",
    "promise.missed": "missed",
}
# A mail that could not leave for so long is of no use any more.
MAIL_LASTS = timedelta(hours=12)
MOVED_TOO_OFTEN = 3

_KNOWN = Promise.objects.select_related("ticket__requester", "team__lead", "owner__reports_to")


@dataclass(frozen=True, slots=True)
class Telling:
    """To whom, which sentence, whether it stays as a task, and whether a mail goes out too."""

    user: User
    kind: str
    is_task: bool = False
    by_mail: bool = False
    instead_of_id: int | None = None


def promise_notices(event: Event) -> None:
    """Whoever should know what happened to the promise knows it."""
    if event.kind in ENDINGS:
        settle("promise", event.subject_id, event_id=event.pk, at=event.at)
    tell = _HANDLERS.get(event.kind)
    if tell is None:
        return
    tell(event, _KNOWN.get(pk=event.subject_id))


def we_are_late(promise: Promise) -> str:
    """What we could write to the customer while he waits, in his language if we speak it."""
    with translation.override(language_of(promise.ticket)):
        return _(
            "We promised to be in touch with you by now, and we are late. I am sorry."
            " I am looking into it and will tell you today how it goes on."
        )


def language_of(ticket: Ticket) -> str:
    """The language for letters on this ticket: the requester's, the ticket's, else the desk's."""
    for wanted in (ticket.requester.locale, ticket.language, desk.current().locale):
        try:
            return translation.get_supported_language_variant(wanted)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def _made(event: Event, promise: Promise) -> None:
    if not _stands(event, promise):
        return
    if promise.owner is None:
        lead = lead_for(promise.team, None)
        telling = Telling(lead, "promise.unowned", is_task=True, by_mail=True) if lead else None
    elif _did(event, promise.owner):
        telling = None
    else:
        telling = Telling(promise.owner, "promise.given")
    if telling:
        _tell(event, promise, [telling])


def _handed_over(event: Event, promise: Promise) -> None:
    before = event.data.get("from_id")
    settle("promise", promise.pk, event_id=event.pk, at=event.at, kinds={"promise.unowned"})
    if isinstance(before, int):
        # Whoever leads the team keeps his task: that it is late has not changed.
        settle("promise", promise.pk, event_id=event.pk, at=event.at, user_id=before, tasks=False)
    if promise.owner and _stands(event, promise) and not _did(event, promise.owner):
        telling = Telling(promise.owner, "promise.handed_over", by_mail=True)
        _tell(event, promise, [telling], lines=_story)


def _reminded(event: Event, promise: Promise) -> None:
    step = Step(str(event.data["step"]))
    if not promise.is_open or not _holds_still(event, promise, step):
        return
    told = _AUDIENCE.get(step, _owner_or_fallback)(event, promise)
    lines = _late_lines if step == Step.STILL_OVERDUE else _story
    _tell(event, promise, told, lines=lines)


def _missed(event: Event, promise: Promise) -> None:
    lead = lead_for(promise.team, promise.owner)
    told = [Telling(user, "promise.missed") for user in (promise.owner, lead) if user]
    _tell(event, promise, told)


def _renegotiated(event: Event, promise: Promise) -> None:
    """P-2: from the third time on that we moved it, the lead knows."""
    lead = lead_for(promise.team, promise.owner)
    times = event.data.get("times")
    ours = event.data.get("moved_by") == Promise.MovedBy.AGENT
    if lead and ours and isinstance(times, int) and times >= MOVED_TOO_OFTEN:
        first = promise.chain_first_id or promise.pk
        notice = Notice(
            kind="promise.moved_often",
            cause=f"promise:{first}:moved",
            event_id=event.pk,
            at=event.at,
            ticket_id=promise.ticket_id,
            subject_kind="promise_chain",
            subject_id=first,
            data={"times": times},
        )
        notify(lead, notice)


# ---- the audience of each step


def _owner_or_fallback(event: Event, promise: Promise) -> list[Telling]:
    """The owner while he is on duty, or has said that he will do it; else the team's lead.

    The lead too in place of an owner who has left, or may no longer work on the ticket.
    """
    owner = promise.owner
    user = owner if owner and may_own(owner, promise.ticket) else None
    if user is None:
        user = lead_for(promise.team, owner)
    elif not promise.owner_confirmed_off_hours:
        user = on_duty_or_lead(user, team=promise.team, at=event.at, roster=Roster())
    if user is None:
        return []
    instead_of = promise.owner_id if user.pk != promise.owner_id else None
    return [Telling(user, "promise.due", by_mail=True, instead_of_id=instead_of)]


def _owner_and_lead(event: Event, promise: Promise) -> list[Telling]:
    lead = lead_for(promise.team, promise.owner)
    told = _owner_or_fallback(event, promise)
    if lead and all(telling.user.pk != lead.pk for telling in told):
        told.append(Telling(lead, "promise.due", by_mail=True))
    return told


def _lead_as_task(event: Event, promise: Promise) -> list[Telling]:
    """The lead as a task; the owner is informed, by mail only while he works."""
    told = []
    lead = lead_for(promise.team, promise.owner)
    if lead:
        told.append(Telling(lead, "promise.overdue", is_task=True, by_mail=True))
    if promise.owner and promise.owner_id != (lead.pk if lead else None):
        works = Roster().is_on_duty(promise.owner, event.at)
        told.append(Telling(promise.owner, "promise.overdue", by_mail=works))
    return told


def _one_above_the_lead(event: Event, promise: Promise) -> list[Telling]:
    """One level above the lead; the lead and the owner too if they have not heard of it yet.

    With nobody above him it is the lead again.
    """
    lead = lead_for(promise.team, promise.owner)
    boss = (above(lead) or lead) if lead else None
    told = [] if event.data.get("lead_knows") else _lead_as_task(event, promise)
    if boss and all(telling.user.pk != boss.pk for telling in told):
        told.append(Telling(boss, "promise.still_overdue", by_mail=True))
    return told


_AUDIENCE: dict[Step, Callable[[Event, Promise], list[Telling]]] = {
    Step.BEFORE_END: _owner_and_lead,
    Step.OVERDUE: _lead_as_task,
    Step.STILL_OVERDUE: _one_above_the_lead,
}
_HANDLERS: dict[str, Callable[[Event, Promise], None]] = {
    Kind.MADE: _made,
    Kind.HANDED_OVER: _handed_over,
    Kind.REMINDED: _reminded,
    Kind.MISSED: _missed,
    Kind.RENEGOTIATED: _renegotiated,
}


# ---- telling


def _tell(
    event: Event,
    promise: Promise,
    told: Sequence[Telling],
    *,
    lines: Callable[[Promise], list[str]] | None = None,
) -> None:
    """One notice per person, promise and aspect of it; `lines` are added to a mail."""
    step = str(event.data.get("step", ""))
    for telling in _who_may_know(told, promise):
        row = notify(telling.user, _notice(event, promise, telling, step))
        if row is None or not telling.by_mail:
            continue
        with reading_as(telling.user):
            added = lines(promise) if lines else []
        mail(
            row,
            key=_mail_key(event, promise, telling, step),
            lines=added,
            not_after=_useful_until(telling, promise, event.at),
        )


def _who_may_know(told: Sequence[Telling], promise: Promise) -> list[Telling]:
    """Those who see the ticket, each once; a manager, who sees all, for a lead who does not.

    An owner who has lost sight of it is not told: whoever was to be told with him is.
    """
    knowing: dict[int, Telling] = {}
    for telling in told:
        seen = visible_to(Actor.user(telling.user.pk)).filter(pk=promise.ticket_id)
        if seen.exists():
            knowing.setdefault(telling.user.pk, telling)
            continue
        manager = lead_for(None, None)
        if manager is not None and telling.user.pk != promise.owner_id:
            knowing.setdefault(manager.pk, replace(telling, user=manager))
    return list(knowing.values())


def _mail_key(event: Event, promise: Promise, telling: Telling, step: str) -> str:
    what = step or _ASPECTS[telling.kind]
    return f"promise:{promise.pk}:{event.data['version']}:{what}:{telling.user.pk}"


def _notice(event: Event, promise: Promise, telling: Telling, step: str) -> Notice:
    by_user = event.actor_kind == ActorKind.USER
    return Notice(
        kind=telling.kind,
        cause=f"promise:{promise.pk}:{_ASPECTS[telling.kind]}",
        event_id=event.pk,
        at=event.at,
        ticket_id=promise.ticket_id,
        subject_kind="promise",
        subject_id=promise.pk,
        data={
            "channel": promise.channel,
            "shape": promise.shape,
            "zone": promise.zone,
            "from_at": promise.from_at.isoformat(),
            "until_at": promise.until_at.isoformat(),
            "owner_id": promise.owner_id,
            "by_id": event.actor_id if by_user else None,
            "instead_of_id": telling.instead_of_id,
            "step": step,
            "delayed": bool(event.data.get("delayed")),
        },
        is_task=telling.is_task,
        is_urgent=telling.is_task or step in URGENT,
    )


def _useful_until(telling: Telling, promise: Promise, at: datetime) -> datetime:
    return promise.until_at if telling.kind == "promise.due" else at + MAIL_LASTS


def _stands(event: Event, promise: Promise) -> bool:
    """Whether the promise is open and still his to whom it was given."""
    return promise.is_open and promise.owner_id == event.data.get("owner_id")


def _holds_still(event: Event, promise: Promise, step: Step) -> bool:
    """Whether the reminder is of the present version, or tells of lateness, which stays true."""
    if promise.version == event.data["version"]:
        return True
    return step in LATENESS and promise.until_at <= event.at


def _did(event: Event, user: User) -> bool:
    return event.actor_kind == ActorKind.USER and event.actor_id == user.pk


def _story(promise: Promise) -> list[str]:
    """What is known at a glance: the topic, the number to call, and how often it was tried."""
    lines = [promise.topic]
    phone = PersonPhone.objects.filter(person_id=promise.person_id).order_by("-is_primary", "pk")
    number = phone.values_list("number", flat=True).first()
    if number and promise.channel == Promise.Channel.CALL:
        lines.append(_("Phone: %(number)s") % {"number": number})
    attempts = promise.attempts.count()
    if attempts:
        text = ngettext("Tried once so far.", "Tried %(n)d times so far.", attempts)
        lines.append(text % {"n": attempts})
    return lines


def _late_lines(promise: Promise) -> list[str]:
    """The story, and what could be written to the customer now, in his language."""
    suggestion = _("You could write to the customer now:")
    return [*_story(promise), suggestion, we_are_late(promise)]
