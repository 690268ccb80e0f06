"""Which status may follow which; nothing else assigns `status`. Source: domain 1.4."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import Refused
from tickets.models import Ticket

Status = Ticket.Status

MOVES: Mapping[str, frozenset[str]] = {
    Status.NEW: frozenset({Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED}),
    Status.OPEN: frozenset({Status.PENDING, Status.ON_HOLD, Status.SOLVED}),
    Status.PENDING: frozenset({Status.OPEN, Status.ON_HOLD, Status.SOLVED}),
    Status.ON_HOLD: frozenset({Status.OPEN, Status.PENDING, Status.SOLVED}),
    Status.SOLVED: frozenset({Status.OPEN, Status.CLOSED}),
    Status.CLOSED: frozenset(),
}
# Only what waits is taken up, and only what is solved is reopened; both end in "open".
WAITING = frozenset({Status.PENDING, Status.ON_HOLD})
STATUS_FIELDS = ("status", "solved_at", "closed_at", "hold_reason", "customer_wrote_on_hold")


def may_move(ticket: Ticket, to: str) -> bool:
    """Whether the table allows this move."""
    return to in MOVES[ticket.status]


def require_move(ticket: Ticket, to: str) -> None:
    """Refused `no_such_move` (or `closed`) unless the table allows the move."""
    require_not_closed(ticket)
    if may_move(ticket, to):
        return
    if ticket.status == to:
        raise Refused(
            _("This ticket is already “%(status)s”.") % {"status": ticket.get_status_display()},
            code="no_such_move",
        )
    raise Refused(
        _("A ticket that is “%(a)s” cannot become “%(b)s”.")
        % {"a": ticket.get_status_display(), "b": Status(to).label},
        code="no_such_move",
    )


def require_not_closed(ticket: Ticket) -> None:
    """Refused `closed` if the ticket is: closed is final."""
    if ticket.status == Status.CLOSED:
        raise Refused(_("This ticket is closed. Open a follow-up instead."), code="closed")


def require_waiting(ticket: Ticket) -> None:
    """Refused `no_such_move` unless the ticket waits for somebody."""
    require_not_closed(ticket)
    if ticket.status not in WAITING:
        raise Refused(
            _("Only a ticket that waits can be taken up; this one is “%(status)s”.")
            % {"status": ticket.get_status_display()},
            code="no_such_move",
        )


def require_solved(ticket: Ticket) -> None:
    """Refused `no_such_move` unless the ticket is solved."""
    require_not_closed(ticket)
    if ticket.status != Status.SOLVED:
        raise Refused(
            _("Only a solved ticket can be reopened; this one is “%(status)s”.")
            % {"status": ticket.get_status_display()},
            code="no_such_move",
        )


def move(ticket: Ticket, to: str, *, at: datetime) -> dict[str, object]:
    """Give the ticket its new status with the stamps that belong to it, unsaved.

    Answers `from` and `to` for the Event. The caller saves `STATUS_FIELDS`. Refused as
    `require_move` does.
    """
    require_move(ticket, to)
    before = ticket.status
    ticket.status = to
    if to != Status.CLOSED:
        ticket.solved_at = at if to == Status.SOLVED else None
    ticket.closed_at = at if to == Status.CLOSED else None
    if to != Status.ON_HOLD:
        ticket.hold_reason = ""
        ticket.customer_wrote_on_hold = False
    return {"from": before, "to": to}
