"""Processes that are not as they should be.

`python -m tests.faults.odd naive worker` (or `clock`) fires as nobody should: it marks what is due,
then acts. The proof must fail with it. `python -m tests.faults.odd deadly worker` fires as it
should, but the handler kills its process at every promise of ODD_DEADLY (ids with commas).
"""

import os
import signal
import sys
import time
from collections.abc import Mapping
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
django.setup()

# The apps had to be ready before anything of theirs could be imported.
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models.functions import Now  # noqa: E402

import promises.services  # noqa: E402
from helpdesk.celery import app  # noqa: E402
from helpdesk.clockwork import HANDLERS  # noqa: E402
from helpdesk.launch.programs import QUEUES  # noqa: E402
from timers import services  # noqa: E402
from timers.models import Timer  # noqa: E402
from timers.services import Batch, Done, Handler, Outcome, set_timer  # noqa: E402

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


def kill_at_some(promise_id: int, now: datetime) -> Outcome:
    """The product's handler, but for what it does to the process."""
    if str(promise_id) in os.environ["ODD_DEADLY"].split(","):
        os.kill(os.getpid(), signal.SIGKILL)
    return promises.services.fire_promise(promise_id, now)


def main(kind: str, name: str) -> None:
    if kind == "naive":
        services.fire_due = fire_naively
    else:
        HANDLERS["promise"] = kill_at_some
    if name == "clock":
        call_command("clock")
    else:
        app.worker_main(["worker", "-c", "2", "-Q", QUEUES, "--without-gossip", "--without-mingle"])


if __name__ == "__main__":
    main(*sys.argv[1:])
