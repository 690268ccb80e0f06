"""The settings of a mailbox, which stands below and knows no team and no desk."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import letters, rules
from accounts.access import require_right
from accounts.events import Kind
from accounts.models import MailboxTeam, Team, User
from accounts.services.desk import lock_desk
from core import crypto, desk, events
from core.actor import Actor
from core.errors import NotFound, Refused
from core.models import Event
from core.text import require_storable
from mailboxes.models import Mailbox

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?", re.ASCII | re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f]")
HOST_LENGTH = 253


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """What an administrator fills in. `smtp_password` None keeps the stored one."""

    name: str
    address: str
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = Mailbox.Security.STARTTLS
    smtp_user: str = ""
    smtp_password: str | None = None
    team_id: int | None = None


@transaction.atomic
def set_mailbox(mailbox_id: int, *, wanted: MailboxSettings, actor: Actor, at: datetime) -> Mailbox:
    """The mailbox has this address and leaves by this server; its tickets go to this team.

    Without a server replies are kept in files. The password is stored encrypted and never shown.
    Raises Forbidden, NotFound; Refused `bad_name`, `bad_address`, `address_taken`, `bad_host`,
    `bad_port`, `unencrypted_password`, `password_again`, `bad_user` or `unknown_team`.
    """
    require_right(actor, "mailbox.manage")
    row = lock_desk()
    mailbox = _lock(mailbox_id)
    mailbox.name = rules.require_name(wanted.name)
    mailbox.address = _require_address(wanted.address, mailbox_id=mailbox_id)
    _take_server(mailbox, wanted)
    mailbox.save()
    _take_team(mailbox, wanted.team_id)
    connected = Mailbox.objects.filter(is_active=True).exclude(smtp_host="").exists()
    row.mail_set_at = (row.mail_set_at or at) if connected else None
    row.save(update_fields=["mail_set_at"])
    desk.forget()
    _record(
        Kind.MAILBOX_SET,
        mailbox,
        actor=actor,
        at=at,
        data={
            "smtp": bool(mailbox.smtp_host),
            "security": mailbox.smtp_security,
            "port": mailbox.smtp_port,
            "new_password": wanted.smtp_password is not None,
            "team_id": wanted.team_id,
        },
    )
    return mailbox


@transaction.atomic
def send_test_mail(mailbox_id: int, *, to_user_id: int, actor: Actor, at: datetime) -> None:
    """A mail to this colleague is on its way by the mailbox's settings.

    Raises Forbidden or NotFound.
    """
    require_right(actor, "mailbox.manage")
    mailbox = _lock(mailbox_id)
    event = _record(Kind.MAILBOX_TESTED, mailbox, actor=actor, at=at)
    letters.mailbox_test(
        mailbox,
        to=User.objects.get(pk=to_user_id),
        key=f"{test_key(mailbox_id)}{event.pk}",
        at=at,
    )


def test_key(mailbox_id: int) -> str:
    """How the outbox keys of the mailbox's test mails begin."""
    return f"mailbox:{mailbox_id}:test:"


def _lock(mailbox_id: int) -> Mailbox:
    mailbox = Mailbox.objects.select_for_update().filter(pk=mailbox_id).first()
    if mailbox is None:
        raise NotFound
    return mailbox


def _require_address(address: str, *, mailbox_id: int) -> str:
    clean = rules.require_mail_address(address, field="address")
    if Mailbox.objects.filter(address__iexact=clean).exclude(pk=mailbox_id).exists():
        raise Refused(_("Another mailbox has this address."), code="address_taken", field="address")
    return clean


def _take_server(mailbox: Mailbox, wanted: MailboxSettings) -> None:
    host = _require_host(wanted.smtp_host)
    same_server = host.lower() == mailbox.smtp_host.lower()
    mailbox.smtp_host = host
    mailbox.smtp_port = _require_port(wanted.smtp_port)
    mailbox.smtp_security = Mailbox.Security(wanted.smtp_security).value
    mailbox.smtp_user = _require_plain(wanted.smtp_user, field="smtp_user").strip()
    if not mailbox.smtp_host or not mailbox.smtp_user:
        mailbox.smtp_password_encrypted = ""
    elif wanted.smtp_password is not None:
        password = _require_plain(wanted.smtp_password, field="smtp_password")
        mailbox.smtp_password_encrypted = crypto.encrypt(password)
    elif mailbox.smtp_password_encrypted and not same_server:
        # Who may set the server, may not thereby read the password.
        raise Refused(
            _("Give the password again for the new server."),
            code="password_again",
            field="smtp_password",
        )
    _require_encrypted_way(mailbox)


def _require_host(host: str) -> str:
    clean = require_storable(host, field="smtp_host").strip()
    if clean and (
        len(clean) > HOST_LENGTH or not (_is_address(clean) or _HOST_NAME.fullmatch(clean))
    ):
        raise Refused(
            _("Give the name of the server, such as smtp.company.example."),
            code="bad_host",
            field="smtp_host",
        )
    return clean


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _require_port(port: int) -> int:
    if not 1 <= port <= 65535:
        raise Refused(
            _("A port lies between 1 and 65535; mail usually leaves by 587 or 465."),
            code="bad_port",
            field="smtp_port",
        )
    return port


def _require_plain(text: str, *, field: str) -> str:
    if _CONTROL.search(require_storable(text, field=field)):
        raise Refused(_("This stands on one line."), code="bad_user", field=field)
    return text


def _require_encrypted_way(mailbox: Mailbox) -> None:
    open_way = mailbox.smtp_security == Mailbox.Security.NONE
    if open_way and mailbox.smtp_user and not _is_this_machine(mailbox.smtp_host):
        raise Refused(
            _(
                "Without encryption anybody on the way could read the password."
                " Choose STARTTLS or TLS."
            ),
            code="unencrypted_password",
            field="smtp_security",
        )


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _take_team(mailbox: Mailbox, team_id: int | None) -> None:
    if team_id is None:
        MailboxTeam.objects.filter(mailbox=mailbox).delete()
        return
    if not Team.objects.filter(pk=team_id, archived_at=None).exists():
        raise Refused(_("There is no such team."), code="unknown_team", field="team")
    MailboxTeam.objects.update_or_create(mailbox=mailbox, defaults={"team_id": team_id})


def _record(
    kind: Kind, mailbox: Mailbox, *, actor: Actor, at: datetime, data: events.Data | None = None
) -> Event:
    return events.record(
        kind, subject_kind="mailbox", subject_id=mailbox.pk, actor=actor, at=at, data=data
    )
