"""What one ticket's page shows. Seven statements, whatever the ticket holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, JSONField, OuterRef, Subquery

from accounts.models import Role
from core.actor import Actor
from core.errors import NotFound
from promises.models import Promise
from tickets.access import visible_to
from tickets.models import ReadMark, Ticket
from tickets.queries.conversation import Conversation, conversation
from tickets.queries.customer import CustomerView, customer
from tickets.queries.directory import Colleague, Directory, TeamEntry, directory
from tickets.queries.promise_cards import PromiseCard, cards

_HIGHEST_FIRST = tuple(reversed(Ticket.Priority.values))
_TURN = ("customers_turn", "ticket.wait_for_customer")
_HOLD = ("hold", "ticket.hold")
_TAKE_UP = ("taking_up", "ticket.take_up")
_SOLVE = ("solve", "ticket.solve")
_REOPEN = ("reopening", "ticket.reopen")
# By status, the doors that lead out of it, each with its right.
_DOORS: Mapping[str, Sequence[tuple[str, str]]] = {
    Ticket.Status.NEW: (_TURN, _HOLD, _SOLVE),
    Ticket.Status.OPEN: (_TURN, _HOLD, _SOLVE),
    Ticket.Status.PENDING: (_TAKE_UP, _HOLD, _SOLVE),
    Ticket.Status.ON_HOLD: (_TAKE_UP, _TURN, _SOLVE),
    Ticket.Status.SOLVED: (_REOPEN,),
}


@dataclass(frozen=True, slots=True)
class TicketHead:
    """A ticket as the reader may see it, with his rights on it."""

    ticket: Ticket
    rights: frozenset[str]
    read_up_to: int
    follow_ups: Sequence[int]
    directory: Directory
    actor: Actor

    def may(self, right: str) -> bool:
        return right in self.rights

    @property
    def teams(self) -> list[TeamEntry]:
        """The other teams it can be transferred to."""
        known = self.directory.teams_for(self.actor, sees_all=self.may("ticket.see_all"))
        return [team for team in known if team.id != self.ticket.team_id]

    @property
    def team_mates(self) -> list[Colleague]:
        """Who works in the ticket's team, the reader and the assignee excepted."""
        return [one for one in self._others() if one.id in self._team_members()]

    @property
    def other_colleagues(self) -> list[Colleague]:
        """Everybody else who may be given tickets; for a private team's ticket nobody."""
        team = self.directory.teams.get(self.ticket.team_id or 0)
        if team and team.private:
            return []
        return [one for one in self._others() if one.id not in self._team_members()]

    def _others(self) -> list[Colleague]:
        taken = {self.actor.id, self.ticket.assignee_id}
        return [one for one in self.directory.workers() if one.id not in taken]

    def _team_members(self) -> frozenset[int]:
        team = self.directory.teams.get(self.ticket.team_id or 0)
        return team.members if team else frozenset()


@dataclass(frozen=True, slots=True)
class TicketPage:
    """The ticket with its conversation and what stands beside it."""

    head: TicketHead
    conversation: Conversation
    customer: CustomerView
    promises: Sequence[PromiseCard]

    @property
    def ticket(self) -> Ticket:
        return self.head.ticket

    @property
    def may_write(self) -> bool:
        return self.head.may("ticket.reply") or self.head.may("ticket.note")

    @property
    def opens_reply(self) -> bool:
        """Whether the composer begins with the reply; who may not reply begins with the note."""
        return self.head.may("ticket.reply")

    @property
    def priorities(self) -> list[tuple[str, str]]:
        """The priorities, highest first."""
        return [(value, str(Ticket.Priority(value).label)) for value in _HIGHEST_FIRST]

    @property
    def status_moves(self) -> list[str]:
        """The doors that lead out of the ticket's status and that the reader may use."""
        return [door for door, right in _DOORS.get(self.ticket.status, ()) if self.head.may(right)]

    @property
    def undecided(self) -> list[PromiseCard]:
        """Open promises that must be decided before the ticket is solved."""
        return [card for card in self.open_promises if not card.promise.is_check_back]

    @property
    def open_promises(self) -> list[PromiseCard]:
        return [card for card in self.promises if card.is_open]


def ticket_head(number: int, *, actor: Actor) -> TicketHead:
    """The ticket of this number; NotFound if there is none the actor may see. Two statements."""
    mark = ReadMark.objects.filter(ticket=OuterRef("pk"), user_id=actor.id or 0)
    rights = Role.objects.filter(users__id=actor.id or 0, users__is_active=True).annotate(
        listed=Func(F("rights"), function="to_jsonb", output_field=JSONField())
    )
    ticket: Any = (
        visible_to(actor)
        .select_related("requester__organisation", "team", "assignee", "follow_up_of")
        .annotate(
            right_lists=ArraySubquery(rights.values("listed")),
            read_up_to=Subquery(mark.values("last_message_id")[:1]),
            follow_up_numbers=ArraySubquery(
                visible_to(actor).filter(follow_up_of=OuterRef("pk")).values("number")
            ),
        )
        .filter(number=number)
        .first()
    )
    if ticket is None:
        raise NotFound(f"ticket number {number}")
    return TicketHead(
        ticket=ticket,
        rights=frozenset(right for listed in ticket.right_lists for right in listed),
        read_up_to=ticket.read_up_to or 0,
        follow_ups=ticket.follow_up_numbers,
        directory=directory(),
        actor=actor,
    )


def ticket_page(
    number: int,
    *,
    actor: Actor,
    at: datetime,
    before: int | None = None,
    since: int | None = None,
) -> TicketPage:
    """Everything on the ticket's page; NotFound if there is none the actor may see."""
    head = ticket_head(number, actor=actor)
    promises = promises_of(head.ticket, at=at)
    return TicketPage(
        head=head,
        conversation=conversation(
            head.ticket, head.directory, promises, before=before, since=since
        ),
        customer=customer(head.ticket, actor=actor, at=at),
        promises=promises,
    )


def promises_of(ticket: Ticket, *, at: datetime) -> list[PromiseCard]:
    """The ticket's promises, open ones first by their time, ended ones latest first."""
    found = list(cards(Promise.objects.filter(ticket=ticket).order_by("-ended_at", "-id"), at=at))
    still_open = [card for card in found if card.is_open]
    still_open.sort(key=lambda card: card.promise.until_at)
    return still_open + [card for card in found if not card.is_open]
