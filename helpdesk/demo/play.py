"""Play the stories: every step is the desk's own verb, at the time it is told to have happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

import promises.services
import tickets.services
from core.actor import Actor
from core.errors import Refused
from core.models import Announcement, Desk, Event
from customers.models import Person
from helpdesk.demo import company, script
from helpdesk.demo.company import Company
from helpdesk.demo.stories import MACHINES
from helpdesk.demo.stories_contracts import CONTRACTS
from promises.models import Promise
from tickets.models import Ticket
from tickets.services import callbacks
from tickets.services import files as stored_files
from tickets.services.records import Body, Correspondent, Incoming, StoredFile

# Events older than this are history: nobody is told of them when the demo begins.
_NEWS = timedelta(minutes=15)
_SATURDAY = 5


@dataclass
class _Scene:
    """A story while it is played."""

    story: script.Story
    company: Company
    now: datetime
    ticket_id: int = 0

    @property
    def requester(self) -> Person:
        return self.company.people[self.story.requester]

    def at(self, ago: int) -> datetime:
        return self.now - timedelta(minutes=ago)

    def actor(self, key: str) -> Actor:
        return Actor.user(self.company.users[key].pk)

    def open_promise(self) -> Promise:
        return Promise.objects.open().get(ticket_id=self.ticket_id)


@transaction.atomic
def load(*, now: datetime) -> int:
    """The desk holds the demo; how many tickets were made: none if it is there already.

    All or nothing. Refused `production`, or `not_empty` on a desk that is in use.
    """
    if settings.PRODUCTION:
        raise Refused("Demo accounts are refused in production.", code="production")
    desk = Desk.objects.select_for_update().get(pk=1)
    if desk.is_demo:
        return 0
    if Ticket.objects.exists() or Person.objects.exists():
        raise Refused(
            "This desk is in use. Load the demo into an empty one: bin/start --data DIR.",
            code="not_empty",
        )
    kestrel = company.found(now)
    stories = sorted((*MACHINES, *CONTRACTS), key=lambda story: -story.steps[0].ago)
    for story in stories:
        scene = _Scene(story, kestrel, now)
        for step in story.steps:
            _PLAY[type(step)](scene, step)
    history = Event.objects.filter(at__lt=now - _NEWS).values("pk")
    Announcement.objects.filter(event_id__in=history).delete()
    return len(stories)


def _customer_writes(scene: _Scene, step: script.CustomerWrites) -> None:
    incoming = _mail(scene, step)
    actor, at = Actor.customer(scene.requester.pk), scene.at(step.ago)
    if scene.ticket_id:
        tickets.services.receive_reply(scene.ticket_id, incoming=incoming, actor=actor, at=at)
        return
    ticket = tickets.services.open(
        requester_id=scene.requester.pk,
        subject=scene.story.subject,
        body=incoming.body,
        channel=Ticket.Channel.EMAIL,
        actor=actor,
        at=at,
        mailbox_id=scene.company.mailbox_id,
        team_id=scene.company.teams[scene.story.team].pk,
        type=scene.story.type,
        language=scene.story.language,
        incoming=incoming,
    )
    scene.ticket_id = ticket.pk


def _mail(scene: _Scene, step: script.CustomerWrites) -> Incoming:
    address = scene.requester.addresses.get().address
    return Incoming(
        body=Body.plain(step.text),
        author_id=scene.requester.pk,
        author_name=scene.requester.name,
        author_address=address,
        subject=scene.story.subject,
        rfc_message_id=f"{scene.story.requester}.{step.ago}@{address.rpartition('@')[2]}",
        recipients=[Correspondent(company.ADDRESS, "Kestrel Service")],
        files=[_file(name) for name in step.files],
        language=scene.story.language,
    )


def _file(name: str) -> StoredFile:
    content, content_type = company.sample_file(name)
    return stored_files.store_bytes(content, name=name, declared_type=content_type)


def _replies(scene: _Scene, step: script.Replies) -> None:
    tickets.services.reply(
        scene.ticket_id,
        text_md=step.text,
        actor=scene.actor(step.by),
        at=scene.at(step.ago),
        then=step.then,
    )


def _notes(scene: _Scene, step: script.Notes) -> None:
    tickets.services.add_note(
        scene.ticket_id, text_md=step.text, actor=scene.actor(step.by), at=scene.at(step.ago)
    )


def _assigns(scene: _Scene, step: script.Assigns) -> None:
    tickets.services.assign(
        scene.ticket_id,
        assignee_id=scene.company.users[step.to].pk,
        actor=scene.actor(step.by),
        at=scene.at(step.ago),
    )


def _sets_priority(scene: _Scene, step: script.SetsPriority) -> None:
    tickets.services.set_priority(
        scene.ticket_id,
        priority=step.priority,
        actor=scene.actor(step.by),
        at=scene.at(step.ago),
    )


def _holds(scene: _Scene, step: script.Holds) -> None:
    tickets.services.hold(
        scene.ticket_id, reason=step.reason, actor=scene.actor(step.by), at=scene.at(step.ago)
    )


def _solves(scene: _Scene, step: script.Solves) -> None:
    tickets.services.solve(scene.ticket_id, actor=scene.actor(step.by), at=scene.at(step.ago))


def _closes(scene: _Scene, step: script.Closes) -> None:
    tickets.services.close(scene.ticket_id, actor=Actor.system(), at=scene.at(step.ago))


def _promises(scene: _Scene, step: script.Promises) -> None:
    promises.services.make(
        scene.ticket_id,
        draft=_draft(scene, step.topic, step.due_in, step.shape, step.channel, step.check_back),
        actor=scene.actor(step.by),
        at=scene.at(step.ago),
    )


def _draft(
    scene: _Scene,
    topic: str,
    due_in: int,
    shape: str = Promise.Shape.BY,
    channel: str = Promise.Channel.CALL,
    check_back: bool = False,
) -> promises.services.Draft:
    """The demo may be started at any hour, so its times are the customer's own wish."""
    due = _round(scene.now + timedelta(minutes=due_in), minutes=5 if abs(due_in) < 120 else 30)
    while shape == Promise.Shape.BY_DAY and due.weekday() >= _SATURDAY:
        due += timedelta(days=1)
    on, time = company.local_day_and_time(due, scene.requester.zone)
    return promises.services.Draft(
        topic=topic,
        shape=shape,
        on=on,
        time="" if shape == Promise.Shape.BY_DAY else time,
        channel=channel,
        consent=True,
        customer_requested_time=True,
        is_check_back=check_back,
        owner_confirms=True,
    )


def _round(instant: datetime, *, minutes: int) -> datetime:
    """The next time of day that somebody would say aloud."""
    past = timedelta(
        minutes=instant.minute % minutes, seconds=instant.second, microseconds=instant.microsecond
    )
    return instant - past + timedelta(minutes=minutes)


def _keeps(scene: _Scene, step: script.Keeps) -> None:
    callbacks.keep(
        scene.open_promise().pk,
        contact=callbacks.Call(outcome="connected", minutes=step.minutes, said=step.said),
        actor=scene.actor(step.by),
        at=scene.at(step.ago),
    )


def _moves(scene: _Scene, step: script.Moves) -> None:
    promise = scene.open_promise()
    callbacks.renegotiate(
        promise.pk,
        draft=_draft(scene, promise.topic, step.due_in, channel=promise.channel),
        contact=callbacks.Call(outcome="connected", minutes=2, said=step.said),
        actor=scene.actor(step.by),
        at=scene.at(step.ago),
    )


def _breaks_openly(scene: _Scene, step: script.BreaksOpenly) -> None:
    callbacks.break_openly(
        scene.open_promise().pk,
        reason=step.reason,
        contact=callbacks.Letter(step.text),
        actor=scene.actor(step.by),
        at=scene.at(step.ago),
    )


_PLAY: dict[type, Callable[[_Scene, Any], None]] = {
    script.CustomerWrites: _customer_writes,
    script.Replies: _replies,
    script.Notes: _notes,
    script.Assigns: _assigns,
    script.SetsPriority: _sets_priority,
    script.Holds: _holds,
    script.Solves: _solves,
    script.Closes: _closes,
    script.Promises: _promises,
    script.Keeps: _keeps,
    script.Moves: _moves,
    script.BreaksOpenly: _breaks_openly,
}
