"""What holds for people and the desk, whoever asks: the default matrix, names, zones, lines.

The rows of `accounts_role` decide who may what; the matrix is what a new desk begins with.
"""

import re
import unicodedata
import zoneinfo
from collections.abc import Mapping
from functools import cache

from babel.numbers import list_currencies
from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import Refused
from core.text import normalise, require_storable
from mailboxes.rendering import sendable

DESK_VERBS = (
    "ticket.open",
    "ticket.reply",
    "ticket.note",
    "ticket.assign",
    "ticket.transfer",
    "ticket.set_priority",
    "ticket.wait_for_customer",
    "ticket.hold",
    "ticket.take_up",
    "ticket.solve",
    "ticket.reopen",
    "ticket.accept_message",
    "promise.make",
    "promise.settle",
)
SUPERVISOR_RIGHTS = (
    "promise.void",
    "promise.hand_over_any",
    "settings.propose",
)
MANAGER_RIGHTS = (
    "ticket.see_all",
    "ticket.note",
    "promise.void",
    "promise.hand_over_any",
    "settings.propose",
    "settings.approve",
)
ADMINISTRATOR_RIGHTS = (
    "user.manage",
    "mailbox.manage",
    "calendar.manage",
    "settings.edit",
    "background.manage",
)

DEFAULT_MATRIX: dict[str, tuple[str, ...]] = {
    "agent": DESK_VERBS,
    "supervisor": DESK_VERBS + SUPERVISOR_RIGHTS,
    "manager": MANAGER_RIGHTS,
    "administrator": ADMINISTRATOR_RIGHTS,
}

# What a customer may do on his own requests; not a role, because customers have none.
CUSTOMER_RIGHTS = frozenset({"ticket.reply", "promise.move"})

NAME_LENGTH = 120
ADDRESS_LENGTH = 254
_LINE_BREAK = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
_REGIONS = frozenset(
    [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ]
)


@cache
def zones() -> tuple[str, ...]:
    """Names of the time zones one may choose: places, and UTC; no fixed offsets."""
    places = (name for name in zoneinfo.available_timezones() if name.split("/")[0] in _REGIONS)
    return ("UTC", *sorted(places))


def require_zone(zone: str, *, field: str = "zone") -> str:
    """The zone as it came; Refused `unknown_time_zone` unless it is the name of a place."""
    if zone not in zones():
        raise Refused(
            _("Choose a time zone by its place, such as Europe/Amsterdam."),
            code="unknown_time_zone",
            field=field,
        )
    return zone


def require_locale(locale: str, *, field: str = "locale") -> str:
    """The language as it came; Refused `unknown_language` if we do not speak it."""
    if locale not in dict(settings.LANGUAGES):
        raise Refused(_("We do not speak this language yet."), code="unknown_language", field=field)
    return locale


def require_currency(currency: str, *, field: str = "currency") -> str:
    """The code in capitals; Refused `bad_currency` unless ISO 4217 knows it."""
    code = currency.strip().upper()
    if code not in list_currencies():
        raise Refused(
            _("Give the currency as a code such as EUR."), code="bad_currency", field=field
        )
    return code


def require_name(name: str, *, field: str = "name") -> str:
    """The name, trimmed, on one line; Refused `bad_name` if there is nothing to read in it."""
    if _LINE_BREAK.search(require_storable(name, field=field).strip()):
        raise Refused(_("A name stands on one line."), code="bad_name", field=field)
    clean = normalise(name).strip()
    if not any(unicodedata.category(character)[0] in "LN" for character in clean):
        raise Refused(
            _("Give a name with at least one letter or digit."), code="bad_name", field=field
        )
    if len(clean) > NAME_LENGTH:
        raise Refused(
            _("A name has at most %(length)d characters.") % {"length": NAME_LENGTH},
            code="bad_name",
            field=field,
        )
    return clean


def require_mail_address(address: str, *, field: str) -> str:
    """The address in small letters, as SMTP carries it; Refused `bad_address` if it cannot."""
    clean = sendable(require_storable(address, field=field).lower())
    if "." not in clean.rpartition("@")[2] or len(clean) > ADDRESS_LENGTH:
        raise Refused(
            _("Give a complete address, such as name@company.example."),
            code="bad_address",
            field=field,
        )
    return clean


def circle_of(user_id: int, boss_id: int, boss_of: Mapping[int, int | None]) -> list[int]:
    """The circle that would close if `user_id` reported to `boss_id`; empty if none would."""
    line = [user_id, boss_id]
    while line[-1] != user_id:
        above = boss_of.get(line[-1])
        if above is None or above in line[1:]:
            return []
        line.append(above)
    return line
