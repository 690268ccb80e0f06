"""From the verb to the outbox by the announcer, as in production."""

from datetime import timedelta

import pytest

from accounts.models import User
from core.models import Announcement
from helpdesk import announce
from outbox.models import OutboxMessage
from promises.services import Draft, make
from tests.cast import NOW, actor
from tickets import services
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_replied_and_promised_is_ready_to_leave(ticket: Ticket, agent: User) -> None:
    later = NOW + timedelta(hours=1)
    reply = services.reply(ticket.pk, text_md="Hello", actor=actor(agent), at=later)
    draft = Draft(
        topic="Call",
        shape="at",
        on="2026-11-20",
        time="15:00",
        consent=True,
        customer_requested_time=True,
        owner_confirms=True,
    )
    promise = make(ticket.pk, draft=draft, actor=actor(agent), at=later)
    services.add_note(ticket.pk, text_md="Internal", actor=actor(agent), at=later)
    while announce.run_pending():
        pass
    assert set(OutboxMessage.objects.values_list("idem_key", flat=True)) == {
        f"message:{reply.pk}",
        f"promise:{promise.pk}:1:confirm",
    }
    assert Message.objects.filter(ticket=ticket, kind="letter").count() == 1
    assert not Announcement.objects.exists()
