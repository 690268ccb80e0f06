"""`manage.py start_report`: what bin/start says below its ready line about signing in."""

from typing import Any

from django.core.management.base import BaseCommand

import accounts.queries
import accounts.services
from accounts.models import User
from core import clock
from core.models import Desk

DEMO_DOMAIN = "demo.example"
DEMO_PASSWORD = "demo-demo-demo"  # noqa: S105 - printed for everybody to see


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Print the demo accounts, or the set-up link while there is no administrator."

    def handle(self, *args: Any, **options: Any) -> None:
        if Desk.objects.filter(is_demo=True).exists():
            self._demo_accounts()
        elif not accounts.queries.is_set_up():
            link = accounts.services.make_setup_link(at=clock.now())
            self.stdout.write(f"Set up your desk, once, within 24 hours: {link}")

    def _demo_accounts(self) -> None:
        users = User.objects.filter(
            email__endswith=f"@{DEMO_DOMAIN}", is_active=True, roles__isnull=False
        )
        for user in users.prefetch_related("roles").distinct().order_by("pk"):
            if user.check_password(DEMO_PASSWORD):
                held = ", ".join(sorted(role.name.lower() for role in user.roles.all()))
                self.stdout.write(f"{user.email}  {DEMO_PASSWORD}  {user.name}, {held}")
