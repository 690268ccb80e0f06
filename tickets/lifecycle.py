"""Which status may follow which; nothing else assigns `status`. Source: domain 1.4."""

from collections.abc import Mapping

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


def may_move(ticket: Ticket, to: str) -> bool:
    """Whether the table allows this move."""
    return to in MOVES[ticket.status]


def require_move(ticket: Ticket, to: str) -> None:
    """Refused `no_such_move` (or `closed`) unless the table allows the move."""
    if may_move(ticket, to):
        return
    if ticket.status == Status.CLOSED:
        raise Refused(
            _("This ticket is closed. Open a follow-up instead."),
            code="closed",
        )
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
