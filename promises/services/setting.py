"""The desk's rules for promises: contact hours, grace, and which reminders are given."""

from dataclasses import asdict, dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import require_right
from core import events
from core.actor import Actor
from core.errors import Refused
from promises.events import Kind
from promises.models import PromiseSettings

RIGHT = "settings.edit"
LONGEST_GRACE = 20


@dataclass(frozen=True, slots=True)
class Rules:
    """What an administrator fills in; hours are on the customer's clock (P-10)."""

    contact_from: time
    contact_until: time
    grace_working_days: int
    remind_24h: bool
    remind_shift_start: bool
    remind_60min: bool
    remind_before: bool
    remind_at_from: bool
    remind_before_end: bool


@transaction.atomic
def set_rules(*, wanted: Rules, actor: Actor, at: datetime) -> PromiseSettings:
    """These rules hold for what is promised from now on; a step switched off is skipped at once.

    The same again changes nothing. Raises Forbidden; Refused `bad_contact_hours` or `bad_grace`.
    """
    require_right(actor, RIGHT)
    if wanted.contact_from >= wanted.contact_until:
        raise Refused(
            _("The hours must end after they begin, on the same day."),
            code="bad_contact_hours",
            field="contact_until",
        )
    if not 0 < wanted.grace_working_days <= LONGEST_GRACE:
        raise Refused(
            _("Grace lasts from 1 to %(most)d working days.") % {"most": LONGEST_GRACE},
            code="bad_grace",
            field="grace_working_days",
        )
    row = PromiseSettings.objects.select_for_update().get(pk=1)
    values = asdict(wanted)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return row
    facts: dict[str, object] = {
        name: {"from": _written(getattr(row, name)), "to": _written(values[name])}
        for name in changed
    }
    for name in changed:
        setattr(row, name, values[name])
    row.save(update_fields=changed)
    events.record(
        Kind.SETTINGS_SET,
        subject_kind="promise_settings",
        subject_id=1,
        actor=actor,
        at=at,
        data=facts,
    )
    return row


def _written(value: time | int) -> str | int:
    """A value as the Event keeps it."""
    return f"{value:%H:%M}" if isinstance(value, time) else value
