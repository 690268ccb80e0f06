"""Whatever is written on a ticket in whatever order: no internal word ever leaves."""

import base64
import email
from datetime import timedelta
from email.policy import default

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from core.actor import Actor
from core.models import Event
from outbox.models import OutboxMessage
from tests.cast import NOW, actor
from tickets import services
from tickets.models import Ticket
from tickets.services import Body, Incoming, letters

SECRET = "zq7secret"
STEPS = st.lists(
    st.sampled_from(["note", "flagged", "reply", "customer", "wait", "hold", "machine", "solve"]),
    min_size=1,
    max_size=8,
)


@given(steps=STEPS)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_internal_text_is_ever_in_the_outbox(
    ticket: Ticket, agent: User, steps: list[str]
) -> None:
    with transaction.atomic():
        for number, step in enumerate([*steps, "reply"]):
            _do(step, ticket.pk, actor(agent), minutes=number)
        for event in Event.objects.filter(ticket_id=ticket.pk):
            letters.post_message(event)
        assert OutboxMessage.objects.exists()
        assert SECRET not in "".join(map(_all_that_is_seen, OutboxMessage.objects.all()))
        transaction.set_rollback(True)


def _all_that_is_seen(row: OutboxMessage) -> str:
    mail = email.message_from_bytes(base64.b64decode(row.payload["raw"]), policy=default)
    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    return "".join([str(mail.items()), *parts])


def _do(step: str, ticket_id: int, by: Actor, *, minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    if step == "note":
        services.add_note(ticket_id, text_md=f"**{SECRET}** note", actor=by, at=at)
    elif step == "reply":
        services.reply(ticket_id, text_md="Public words", actor=by, at=at, then="open")
    elif step in {"customer", "flagged", "machine"}:
        secret = step == "flagged"
        incoming = Incoming(
            body=Body.plain(SECRET if secret else "Their words"),
            flagged=secret,
            auto_generated=step == "machine",
            rfc_message_id=f"<{SECRET}@x.example>" if secret else "<c@x.example>",
            subject=SECRET if secret else "Their subject",
            author_name=SECRET if secret else "Marieke",
        )
        services.receive_reply(ticket_id, incoming=incoming, actor=Actor.system(), at=at)
    else:
        _move(step, ticket_id, by, minutes=minutes)


def _move(step: str, ticket_id: int, by: Actor, *, minutes: int) -> None:
    """Each move from wherever the ticket stands, by way of a reply that opens it."""
    at = NOW + timedelta(minutes=minutes)
    services.reply(ticket_id, text_md="Public words", actor=by, at=at, then="open")
    if step == "wait":
        services.wait_for_customer(ticket_id, note=f"{SECRET} why", actor=by, at=at)
    elif step == "hold":
        services.hold(ticket_id, reason=f"{SECRET} reason", actor=by, at=at)
    else:
        services.solve(ticket_id, actor=by, at=at)
