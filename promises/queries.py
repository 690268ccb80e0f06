"""How promises ended: the kept-promise rate by its definition (P-3), counted in one statement."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from promises import rules
from promises.models import Promise, PromiseQuerySet

State = Promise.State


@dataclass(frozen=True, slots=True)
class Record:
    """What became of the promises that ended in a period.

    `broken` counts the `overdue` ones, which are still open past their time. Renegotiated and
    cancelled ones stand beside the rate and are not counted in it; void ones are nowhere.
    """

    kept: int
    broken: int
    overdue: int
    renegotiated: int
    cancelled: int

    @property
    def decided(self) -> int:
        """Kept and broken: what the rate is of."""
        return self.kept + self.broken


def record(promises: PromiseQuerySet, *, since: datetime, until: datetime, at: datetime) -> Record:
    """The record of those of the promises whose time ended in [since, until), seen at `at`."""
    found = promises.filter(until_at__gte=since, until_at__lt=until).aggregate(
        kept=Count("pk", filter=Q(state__in=rules.SAYS_KEPT)),
        broken=Count("pk", filter=Q(state__in=rules.SAYS_BROKEN)),
        overdue=Count("pk", filter=Q(state=State.OPEN, until_at__lt=at)),
        renegotiated=Count("pk", filter=Q(state=State.RENEGOTIATED)),
        cancelled=Count("pk", filter=Q(state=State.CANCELLED)),
    )
    return Record(**{**found, "broken": found["broken"] + found["overdue"]})


def answered_for_by(promises: PromiseQuerySet, owner_id: int) -> PromiseQuerySet:
    """Those that count for this person: he owned them when their time ended, or owns them now."""
    return promises.alias(answers_id=Coalesce("owner_at_until_id", "owner_id")).filter(
        answers_id=owner_id
    )


def month_of(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The first instants of the month that clocks in the reporting zone show, and of the next."""
    first = at.astimezone(ZoneInfo(zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + timedelta(days=32)).replace(day=1)
