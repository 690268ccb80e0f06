"""`manage.py create_admin`: one more administrator, for installations without bin/start."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import accounts.services
from core import clock
from core.errors import Refused


class Command(BaseCommand):
    help = (
        "Make an administrator, or with --link print the address where the first one sets the"
        " desk up. What is not given is asked for; without a terminal the password is the first"
        " line of standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--link", action="store_true", help="print a set-up link instead")
        parser.add_argument("--email", default="", help="address to sign in with")
        parser.add_argument("--name", default="", help="name shown to colleagues")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            said = _link() if options["link"] else _administrator(options)
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(said)


def _link() -> str:
    return accounts.services.make_setup_link(at=clock.now())


def _administrator(options: dict[str, Any]) -> str:
    email = options["email"] or _ask("Email address: ")
    name = options["name"] or _ask("Name: ")
    user = accounts.services.make_administrator(
        email=email, name=name, password=_password(), at=clock.now()
    )
    return f"{user.email} is an administrator now."


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise CommandError("Without a terminal give --email and --name.")
    return input(question)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Password again: "):
        raise CommandError("The two passwords differ.")
    return password
