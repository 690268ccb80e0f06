"""Which mailbox is in use, which addresses are ours, and what is said without mail server."""

import pytest

from core.errors import NotFound
from mailboxes import services
from mailboxes.models import Mailbox

pytestmark = pytest.mark.django_db


def test_the_first_active_mailbox_is_in_use() -> None:
    first = Mailbox.objects.get()
    second = Mailbox.objects.create(name="Sales", address="sales@desk.example")
    assert services.active() == first
    Mailbox.objects.filter(pk=first.pk).update(is_active=False)
    assert services.active() == second
    Mailbox.objects.update(is_active=False)
    with pytest.raises(NotFound):
        services.active()


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("support@desk.example", True),
        (" Support@DESK.example ", True),
        ("support+48.abc@desk.example", True),
        ("support+a+b@desk.example", True),
        ("support@other.example", False),
        ("xsupport@desk.example", False),
        ("reply+1@desk.example", False),
        ("", False),
    ],
)
def test_addresses_of_ours_are_known_with_any_tag(address: str, ours: bool) -> None:
    assert services.is_ours(address) is ours


def test_a_mailbox_whose_own_name_has_a_tag_is_ours_too() -> None:
    Mailbox.objects.update(address="support+eu@desk.example")
    assert services.is_ours("support+eu+48.x@desk.example")
    assert not services.is_ours("support@desk.example")


def test_without_a_mail_server_it_is_said_where_replies_are_kept() -> None:
    mailbox = Mailbox.objects.get()
    assert "sent" in services.not_connected(mailbox)
    mailbox.smtp_host = "mail.example"
    assert services.not_connected(mailbox) == ""
    mailbox.is_demo = True
    assert services.not_connected(mailbox).startswith("Mail is not connected")
