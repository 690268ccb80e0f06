"""Which mailbox is used, and what is said while none is connected."""

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import NotFound
from mailboxes.models import Mailbox


def active() -> Mailbox:
    """The mailbox in use: the first active one. NotFound if all are switched off."""
    mailbox = Mailbox.objects.filter(is_active=True).order_by("pk").first()
    if mailbox is None:
        raise NotFound("no active mailbox")
    return mailbox


def is_ours(address: str) -> bool:
    """Whether a mail to this address comes back to us: a mailbox, with or without a tag."""
    return bool(ours_among([address]))


def ours_among(addresses: list[str]) -> list[str]:
    """Those of the addresses that are mailboxes of ours, with or without a tag."""
    mailboxes = {address.lower() for address in Mailbox.objects.values_list("address", flat=True)}
    return [address for address in addresses if _forms(address) & mailboxes]


def not_connected(mailbox: Mailbox) -> str:
    """The banner's sentence while replies are kept in files; empty if mail is sent."""
    if mailbox.smtp_host and not mailbox.is_demo:
        return ""
    return _("Mail is not connected: replies are kept in %(folder)s.") % {
        "folder": settings.MAIL_DIR / "sent"
    }


def _forms(address: str) -> set[str]:
    """The address and what is left of it without one tag after the other."""
    local, _, domain = address.strip().lower().rpartition("@")
    forms = {f"{local}@{domain}"}
    while "+" in local:
        local = local.rpartition("+")[0]
        forms.add(f"{local}@{domain}")
    return forms
