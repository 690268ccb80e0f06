"""Whose ticket it is, and how soon it should be seen to."""

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import roles_with
from accounts.models import Team, User
from core import events as core_events
from core.actor import Actor
from core.errors import NotFound, Refused
from promises.models import Promise
from promises.services import hand_over
from tickets import access, events, lifecycle
from tickets.models import Ticket

Status = Ticket.Status
PromisesTo = Literal["keep", "move"]


@transaction.atomic
def assign(
    ticket_id: int,
    *,
    assignee_id: int | None,
    actor: Actor,
    at: datetime,
    promises_to: PromisesTo = "keep",
) -> Ticket:
    """The ticket is this colleague's, or nobody's; assigning opens a new one.

    With `promises_to` "move" he also keeps the open promises of whoever had it before, and those
    that nobody owned; with "keep" they stay where they are. Raises NotFound or Forbidden as
    `access.lock` does; Refused `closed`, `already_assigned`, `not_assignable` unless he is
    active, sees the ticket and may reply to customers, `promise_needs_owner` if promises are to
    move to nobody, and as `promises.services.hand_over` does.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.assign")
    at = max(at, ticket.last_event_at)
    lifecycle.require_not_closed(ticket)
    if ticket.assignee_id == assignee_id:
        raise Refused(_("The ticket is already with them."), code="already_assigned")
    facts: core_events.Data = {"assignee_was": ticket.assignee_id, "assignee_id": assignee_id}
    if assignee_id is not None:
        require_assignable(ticket, assignee_id)
    if promises_to == "move":
        _hand_over(ticket, assignee_id, actor=actor, at=at)
    facts |= _give(ticket, assignee_id, at=at)
    ticket.save(update_fields=["assignee", "assigned_at", *lifecycle.STATUS_FIELDS])
    events.record(ticket, events.Kind.ASSIGNED, actor=actor, at=at, data=facts)
    return ticket


@transaction.atomic
def transfer(ticket_id: int, *, team_id: int, actor: Actor, at: datetime) -> Ticket:
    """The ticket is this team's; its assignee keeps it only if he is in the team.

    Promises stay with their owners. Raises NotFound or Forbidden as `access.lock` does, NotFound
    for an unknown team; Refused `closed`, `same_team`, `team_archived`, or `promise_needs_owner`
    (facts: `promise_ids`) if the team is private and the owner of an open promise not in it.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.transfer")
    at = max(at, ticket.last_event_at)
    lifecycle.require_not_closed(ticket)
    if ticket.team_id == team_id:
        raise Refused(_("The ticket is already with this team."), code="same_team")
    team = active_team(team_id)
    facts: core_events.Data = {
        "team_was": ticket.team_id,
        "team_id": team_id,
        "assignee_was": ticket.assignee_id,
    }
    ticket.team = team
    if ticket.assignee_id and not team.members.filter(pk=ticket.assignee_id).exists():
        _give(ticket, None, at=at)
    facts["assignee_id"] = ticket.assignee_id
    ticket.save(update_fields=["team", "assignee", "assigned_at"])
    if team.private:
        _require_owners_see(ticket)
    events.record(ticket, events.Kind.TRANSFERRED, actor=actor, at=at, data=facts)
    return ticket


@transaction.atomic
def set_priority(ticket_id: int, *, priority: str, actor: Actor, at: datetime) -> Ticket:
    """The ticket has this priority.

    Raises NotFound or Forbidden as `access.lock` does; Refused `closed`, `bad_priority` or
    `same_priority`.
    """
    ticket = access.lock(ticket_id, actor=actor, right="ticket.set_priority")
    at = max(at, ticket.last_event_at)
    lifecycle.require_not_closed(ticket)
    if priority not in Ticket.Priority.values:
        raise Refused(
            _("Choose one of: %(choices)s.")
            % {"choices": ", ".join(str(label) for label in Ticket.Priority.labels)},
            code="bad_priority",
            field="priority",
        )
    if ticket.priority == priority:
        raise Refused(
            _("The priority is already “%(priority)s”.")
            % {"priority": ticket.get_priority_display()},
            code="same_priority",
        )
    facts: core_events.Data = {"priority_was": ticket.priority, "priority": priority}
    ticket.priority = priority
    ticket.save(update_fields=["priority"])
    events.record(ticket, events.Kind.PRIORITY_SET, actor=actor, at=at, data=facts)
    return ticket


def require_assignable(ticket: Ticket, user_id: int) -> None:
    """Refused `not_assignable` unless this colleague can work on the ticket."""
    colleague = Actor.user(user_id)
    active = User.objects.filter(pk=user_id, is_active=True).exists()
    works = active and roles_with(colleague, "ticket.reply").exists()
    if not works or not access.visible_to(colleague).filter(pk=ticket.pk).exists():
        raise Refused(
            _("Only an active colleague who sees this ticket and may reply can have it."),
            code="not_assignable",
            field="assignee",
        )


def active_team(team_id: int) -> Team:
    """The team. NotFound if there is none; Refused `team_archived`."""
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise NotFound(f"team {team_id}")
    if team.archived_at is not None:
        raise Refused(_("This team is archived."), code="team_archived", field="team")
    return team


def _hand_over(ticket: Ticket, assignee_id: int | None, *, actor: Actor, at: datetime) -> None:
    """Refused `promise_needs_owner` for nobody. Each hand-over is recorded by itself."""
    before = Q(owner_id=ticket.assignee_id) | Q(owner__isnull=True)
    open_ones = Promise.objects.open().filter(before, ticket=ticket)
    promise_ids = list(open_ones.order_by("pk").values_list("pk", flat=True))
    if promise_ids and assignee_id is None:
        raise _ownerless(promise_ids)
    for promise_id in promise_ids:
        hand_over(promise_id, to_id=assignee_id or 0, actor=actor, at=at)
    if promise_ids:
        # The hand-overs have raised the version of the row, not of this copy.
        ticket.refresh_from_db()


def _require_owners_see(ticket: Ticket) -> None:
    """The ticket, already saved, can be seen by whoever has promised something on it."""
    open_ones = Promise.objects.open().filter(ticket=ticket, owner__isnull=False)
    blind = [
        promise.pk
        for promise in open_ones.order_by("pk")
        if not access.visible_to(Actor.user(promise.owner_id or 0)).filter(pk=ticket.pk).exists()
    ]
    if blind:
        raise _ownerless(blind)


def _ownerless(promise_ids: list[int]) -> Refused:
    return Refused(
        _("A promise on this ticket would be left without anybody who can keep it. Hand it over."),
        code="promise_needs_owner",
        facts={"promise_ids": promise_ids},
    )


def _give(ticket: Ticket, assignee_id: int | None, *, at: datetime) -> core_events.Data:
    """Unsaved; answers the change of status, if it is one."""
    ticket.assignee_id = assignee_id
    ticket.assigned_at = at if assignee_id is not None else None
    if assignee_id is not None and ticket.status == Status.NEW:
        return lifecycle.move(ticket, Status.OPEN, at=at)
    return {}
