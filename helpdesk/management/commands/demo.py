"""`manage.py demo`: a fictional company to look around in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

import core.clock
from core.errors import Refused
from helpdesk.demo import play


class Command(BaseCommand):
    help = "Load the demo company into an empty desk; again: nothing happens."

    def handle(self, **options: Any) -> None:
        try:
            made = play.load(now=core.clock.now())
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(f"{made} demo tickets" if made else "The demo is there already.")
