"""One promise with everything that happened to it, and to those before and after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import promises.access
from core.actor import Actor, ActorKind
from core.errors import NotFound
from core.models import Event
from promises.events import Kind
from promises.models import Promise
from promises.rules import Step
from tickets.models import Message
from tickets.queries.directory import Directory, directory
from tickets.queries.promise_cards import PromiseCard, cards

LONGEST = 200
_STEPS: dict[str, LazyText] = {
    Step.DAY_BEFORE: gettext_lazy("Reminded a day before"),
    Step.SHIFT_START: gettext_lazy("Reminded at the start of the working day"),
    Step.HOUR_BEFORE: gettext_lazy("Reminded an hour before"),
    Step.SHORTLY_BEFORE: gettext_lazy("Reminded shortly before"),
    Step.DUE_NOW: gettext_lazy("Reminded at the promised time"),
    Step.BEFORE_END: gettext_lazy("Reminded before the end of the window"),
    Step.OVERDUE: gettext_lazy("The time passed: the lead was told"),
    Step.STILL_OVERDUE: gettext_lazy("Half an hour late: the level above was told"),
    Step.MISSED: gettext_lazy("Missed: the time of grace is over"),
}


@dataclass(frozen=True, slots=True)
class StoryLine:
    """Something that happened; `said` is the contact's text, if one belongs to it."""

    words: str
    who: str
    at: datetime
    icon: str
    said: str = ""
    delayed: bool = False


@dataclass(frozen=True, slots=True)
class PromiseStory:
    """The promise, its chain oldest first (itself included), and its lines oldest first."""

    card: PromiseCard
    chain: Sequence[PromiseCard]
    lines: Sequence[StoryLine]


def promise_story(promise_id: int, *, actor: Actor, at: datetime) -> PromiseStory:
    """The story as the actor may see it; NotFound if there is no such promise for him."""
    chain = _chain(promise_id, actor, at)
    card = next((one for one in chain if one.promise.pk == promise_id), None)
    if card is None:
        raise NotFound(f"promise {promise_id}")
    events = Event.objects.filter(subject_kind="promise", subject_id=promise_id)
    found = list(events.order_by("id")[:LONGEST])
    said = _texts(found)
    known = directory()
    return PromiseStory(card, chain, [_line(event, said, known) for event in found])


def promise_card(promise_id: int, *, actor: Actor, at: datetime) -> PromiseCard:
    """The promise with its ticket and person at hand; NotFound if there is none for the actor."""
    found = promises.access.visible_to(actor).filter(pk=promise_id)
    whole = found.select_related("ticket__requester__organisation", "ticket__team", "person")
    card = next(cards(whole, at=at), None)
    if card is None:
        raise NotFound(f"promise {promise_id}")
    return card


def _chain(promise_id: int, actor: Actor, at: datetime) -> list[PromiseCard]:
    """All of the chain in one statement: those that share the first one, or are it."""
    first = Promise.objects.filter(pk=promise_id).values("chain_first_id")
    same = Q(pk=promise_id) | Q(chain_first_id=promise_id)
    same |= Q(pk__in=first) | Q(chain_first_id__in=first)
    return list(cards(promises.access.visible_to(actor).filter(same).order_by("pk"), at=at))


def _texts(events: Sequence[Event]) -> Mapping[int, str]:
    """What was said in the contacts that the events name."""
    ids = {event.data.get("message_id") for event in events} - {None}
    if not ids:
        return {}
    return dict(Message.objects.filter(pk__in=ids).values_list("pk", "new_part_text"))


def _line(event: Event, said: Mapping[int, str], known: Directory) -> StoryLine:
    words, icon = _SENTENCES.get(event.kind, (lambda _event, _known: event.kind, "info"))
    message_id = event.data.get("message_id")
    return StoryLine(
        words=words(event, known),
        who=_who(event, known),
        at=event.at,
        icon=icon,
        said=said.get(message_id, "") if isinstance(message_id, int) else "",
        delayed=bool(event.data.get("delayed")),
    )


def _who(event: Event, known: Directory) -> str:
    if event.actor_kind == ActorKind.USER:
        return known.name_of(event.actor_id)
    return _("Customer") if event.actor_kind == ActorKind.CUSTOMER else _("Helpdesk")


def _reminded(event: Event, known: Directory) -> str:
    return str(_STEPS.get(str(event.data.get("step")), _("Reminded")))


def _tried(event: Event, known: Directory) -> str:
    if event.data.get("outcome") == Message.CallOutcome.VOICEMAIL:
        return _("Called and left a voicemail")
    return _("Called, not reached")


def _handed_over(event: Event, known: Directory) -> str:
    owner = event.data.get("owner_id")
    name = known.name_of(owner if isinstance(owner, int) else None)
    return _("Handed over to %(name)s") % {"name": name}


def _renegotiated(event: Event, known: Directory) -> str:
    if event.data.get("moved_by") == Promise.MovedBy.CUSTOMER:
        return _("The customer chose another time")
    return _("Another time was agreed with the customer")


def _plain(sentence: LazyText) -> Callable[[Event, Directory], str]:
    return lambda event, known: str(sentence)


_Sentence = tuple[Callable[[Event, Directory], str], str]
_SENTENCES: dict[str, _Sentence] = {
    Kind.MADE: (_plain(gettext_lazy("Promised")), "handshake"),
    Kind.TRIED: (_tried, "phone-missed"),
    Kind.REMINDED: (_reminded, "bell"),
    Kind.KEPT: (_plain(gettext_lazy("Kept")), "check"),
    Kind.KEPT_LATE: (_plain(gettext_lazy("Kept late: counts as broken")), "triangle-alert"),
    Kind.ATTEMPTED: (_plain(gettext_lazy("Attempted as agreed: counts as kept")), "check"),
    Kind.RENEGOTIATED: (_renegotiated, "arrow-left-right"),
    Kind.BROKEN: (_plain(gettext_lazy("Told that we cannot keep it")), "triangle-alert"),
    Kind.CANCELLED: (_plain(gettext_lazy("The customer no longer wanted it")), "circle-x"),
    Kind.SUPERSEDED: (
        _plain(gettext_lazy("Superseded: answered earlier, counts as kept")),
        "check-check",
    ),
    Kind.VOIDED: (_plain(gettext_lazy("Void: it was entered by mistake")), "minus"),
    Kind.MISSED: (_plain(gettext_lazy("Missed: nobody was in touch")), "triangle-alert"),
    Kind.HANDED_OVER: (_handed_over, "user-plus"),
    Kind.TURNED_CHECK_BACK: (_plain(gettext_lazy("Turned into a check-back")), "history"),
    Kind.ZONE_FOLLOWED: (_plain(gettext_lazy("The zone’s rules changed: same wall time")), "clock"),
}
