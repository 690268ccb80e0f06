"""`manage.py clock`: the clock process."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.clock import Clock


class Command(BaseCommand):
    """Run the clock until it is told to end; several may run at once."""

    help = "Announces what happened, rings workers for what is due, and fires when they do not."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        clock = Clock()
        signal.signal(signal.SIGTERM, clock.stop)
        signal.signal(signal.SIGINT, clock.stop)
        clock.run()
