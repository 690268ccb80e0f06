"""`manage.py doctor`: what is wrong with this installation."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from helpdesk import doctor


class Command(BaseCommand):
    """One line for each fault, and a non-zero exit if there is any."""

    help = "Checks settings, servers, roles, folders and processes; says what to do."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(doctor.faults())
        for line in found:
            self.stdout.write(line)
        if found:
            sys.exit(1)
        self.stdout.write("No faults found.")
