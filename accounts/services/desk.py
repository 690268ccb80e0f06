"""The desk itself: its name, zone, language, currency and business hours."""

from datetime import datetime

from django.db import transaction

from accounts import rules
from accounts.access import require_right
from accounts.events import Kind
from core import desk, events
from core.actor import Actor
from core.models import Desk


def lock_desk() -> Desk:
    """The desk's row, locked: changes to the desk and to who may what take turns."""
    return Desk.objects.select_for_update().get(pk=1)


@transaction.atomic
def set_desk(
    *, name: str, zone: str, locale: str, currency: str, actor: Actor, at: datetime
) -> Desk:
    """The desk has this name, and new people start with this zone, language and currency.

    Raises Forbidden; Refused `bad_name`, `unknown_time_zone`, `unknown_language`, `bad_currency`.
    """
    require_right(actor, "settings.edit")
    row = lock_desk()
    wanted = {
        "name": rules.require_name(name),
        "zone": rules.require_zone(zone),
        "locale": rules.require_locale(locale),
        "currency": rules.require_currency(currency),
    }
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if not changed:
        return row
    for field in changed:
        setattr(row, field, wanted[field])
    row.save(update_fields=changed)
    record_desk(Kind.DESK_CHANGED, actor=actor, at=at, data={"fields": changed})
    return row


def record_desk(kind: Kind, *, actor: Actor, at: datetime, data: events.Data | None = None) -> None:
    """Write an Event about the desk; its row is read anew from now on."""
    events.record(kind, subject_kind="desk", subject_id=1, actor=actor, at=at, data=data)
    desk.forget()
