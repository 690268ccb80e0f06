"""How not to fire: mark what is due, then act. The proof must fail with it.

`python -m tests.faults.naive worker` or `clock` runs that process with this function in place of
the product's.
"""

import os
import sys
import time
from collections.abc import Mapping

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django.setup()

# The apps had to be ready before anything of theirs could be imported.
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models.functions import Now  # noqa: E402

from helpdesk.celery import app  # noqa: E402
from helpdesk.launch.programs import QUEUES  # noqa: E402
from timers import services  # noqa: E402
from timers.models import Timer  # noqa: E402
from timers.services import Batch, Done, Handler, set_timer  # noqa: E402

ACT_S = 0.02


def fire_naively(handlers: Mapping[str, Handler], *, limit: int = 50) -> Batch:
    """Each timer is marked as fired and committed, then its handler runs by itself."""
    due = list(Timer.objects.filter(state="pending", due_at__lte=Now()).order_by("due_at")[:limit])
    for timer in due:
        Timer.objects.filter(pk=timer.pk).update(state="fired", fired_at=Now())
    for timer in due:
        time.sleep(ACT_S)
        with transaction.atomic():
            outcome = handlers[timer.kind](timer.subject_id, timer.due_at)
        if isinstance(outcome, Done) and outcome.next_due_at:
            set_timer(timer.kind, timer.subject_id, due_at=outcome.next_due_at)
    return Batch(fired=len(due))


def main(name: str) -> None:
    services.fire_due = fire_naively
    if name == "clock":
        call_command("clock")
    else:
        app.worker_main(["worker", "-c", "2", "-Q", QUEUES, "--without-gossip", "--without-mingle"])


if __name__ == "__main__":
    main(sys.argv[1])
