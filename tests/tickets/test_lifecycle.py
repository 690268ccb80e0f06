"""Every status with every verb: what the table of the domain says, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from core.actor import Actor
from core.errors import Refused
from core.models import Event
from tests.cast import NOW, actor
from tickets import services
from tickets.models import Ticket
from tickets.services import Body, Incoming

LATER = NOW + timedelta(hours=1)
SYSTEM = Actor.system()
MAIL = Incoming(body=Body.plain("x"))
Verb = Callable[[int, Actor], object]

VERBS: dict[str, Verb] = {
    "reply": lambda t, by: services.reply(t, text_md="x", actor=by, at=LATER),
    "reply_open": lambda t, by: services.reply(t, text_md="x", actor=by, at=LATER, then="open"),
    "reply_pending": lambda t, by: services.reply(
        t, text_md="x", actor=by, at=LATER, then="pending"
    ),
    "reply_solved": lambda t, by: services.reply(t, text_md="x", actor=by, at=LATER, then="solved"),
    "note": lambda t, by: services.add_note(t, text_md="x", actor=by, at=LATER),
    "assign": lambda t, by: services.assign(t, assignee_id=by.id, actor=by, at=LATER),
    "wait": lambda t, by: services.wait_for_customer(t, actor=by, at=LATER, note="x"),
    "hold": lambda t, by: services.hold(t, reason="x", actor=by, at=LATER),
    "take_up": lambda t, by: services.take_up(t, actor=by, at=LATER),
    "solve": lambda t, by: services.solve(t, actor=by, at=LATER),
    "reopen": lambda t, by: services.reopen(t, actor=by, at=LATER),
    "close": lambda t, by: services.close(t, actor=SYSTEM, at=LATER),
    "customer": lambda t, by: services.receive_reply(t, incoming=MAIL, actor=SYSTEM, at=LATER),
    "machine": lambda t, by: services.receive_reply(
        t,
        incoming=Incoming(body=Body.plain("x"), auto_generated=True),
        actor=SYSTEM,
        at=LATER,
    ),
}
STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
# What each verb makes of new, open, pending, on_hold, solved, closed; "-" is refused.
TABLE = {
    "reply": "open open pending on_hold open -",
    "reply_open": "open open open open open -",
    "reply_pending": "pending pending pending pending pending -",
    "reply_solved": "solved solved solved solved solved -",
    "note": "new open pending on_hold solved -",
    "assign": "open open pending on_hold solved -",
    "wait": "pending pending - pending - -",
    "hold": "on_hold on_hold on_hold - - -",
    "take_up": "- - open open - -",
    "solve": "solved solved solved solved - -",
    "reopen": "- - - - open -",
    "close": "- - - - closed -",
    "customer": "new open open on_hold open closed",
    "machine": "new open pending on_hold solved closed",
}
CASES = [
    (status, verb, after)
    for verb, row in TABLE.items()
    for status, after in zip(STATUSES, row.split(), strict=True)
]


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(VERBS)


@pytest.mark.parametrize(("status", "verb", "after"), CASES)
def test_the_status_after_each_verb(
    ticket: Ticket, agent: User, status: str, verb: str, after: str
) -> None:
    Ticket.objects.update(
        status=status,
        assignee=None,
        solved_at=NOW if status in {"solved", "closed"} else None,
        closed_at=NOW if status == "closed" else None,
    )
    is_refused = after == "-"
    if is_refused:
        with pytest.raises(Refused) as refused:
            VERBS[verb](ticket.pk, actor(agent))
        assert refused.value.code == ("closed" if status == "closed" else "no_such_move")
        assert not Event.objects.exists()
        after = status
    else:
        VERBS[verb](ticket.pk, actor(agent))
        assert Event.objects.exists()
    ticket.refresh_from_db()
    assert ticket.status == after
    assert (ticket.solved_at is not None) == (after in {"solved", "closed"})
    assert (ticket.closed_at is not None) == (after == "closed")
    assert bool(ticket.hold_reason) == (verb == "hold" and not is_refused)
