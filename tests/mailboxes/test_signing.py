"""Signed addresses and Message-IDs lead back; forged ones lead nowhere."""

from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from mailboxes import signing
from mailboxes.models import Mailbox

MAILBOX = Mailbox(address="support@desk.example")


def test_a_reply_address_leads_to_its_ticket() -> None:
    address = signing.reply_address(MAILBOX, 48)
    assert address.startswith("support+48.")
    assert address.endswith("@desk.example")
    assert len(address.partition("@")[0]) <= 64
    assert signing.ticket_id_of(address) == 48


def test_a_message_id_leads_to_its_message() -> None:
    message_id = signing.message_id(97, "desk.example")
    assert signing.message_pk_of(message_id) == 97
    assert signing.message_pk_of(signing.message_id(10**17, "x.example")) == 10**17


@pytest.mark.parametrize(
    "damage",
    [
        str.upper,
        lambda text: f"<{text}>",
        lambda text: f"< {text}",
        lambda text: f'"Amara, Kestrel" <{text}>',
        lambda text: f"{text}@relay.example",
        lambda text: f"prefix {text} suffix",
        lambda text: f"<{text}>,<other@x.example>",
    ],
)
def test_what_gateways_do_to_them_is_survived(damage: Callable[[str], str]) -> None:
    assert signing.ticket_id_of(damage(signing.reply_address(MAILBOX, 48))) == 48
    assert signing.message_pk_of(damage(signing.message_id(97, "desk.example"))) == 97


def test_the_tag_is_found_under_another_mailbox_name_or_domain() -> None:
    tag = signing.reply_address(MAILBOX, 48).partition("+")[2].partition("@")[0]
    assert signing.ticket_id_of(f"reply+{tag}@other.example") == 48
    assert signing.ticket_id_of(f"support+eu+{tag}@desk.example") == 48


def _forged(text: str, own: int, other: int) -> list[str]:
    body, _, signature = text.partition("@")[0].rpartition(".")
    flipped = ("a" if signature[0] != "a" else "b") + signature[1:]
    return [
        text.replace(str(own), str(other), 1),
        text.replace(signature, flipped),
        text.replace(signature, signature[:-1]),
        text.replace(signature, signature + "a"),
        text.replace(signature, ""),
        text.replace(str(own), f"0{own}", 1),
        text.replace(str(own), f"-{own}", 1),
        text.replace(str(own), "\uff14\uff18", 1),
        f"{body}@desk.example",
        "",
        "@",
        "x" * 100_000,
    ]


def test_forged_ones_lead_nowhere() -> None:
    for address in _forged(signing.reply_address(MAILBOX, 48), 48, 49):
        assert signing.ticket_id_of(address) is None, address
    for message_id in _forged(signing.message_id(97, "desk.example"), 97, 98):
        assert signing.message_pk_of(message_id) is None, message_id


def test_a_signature_is_good_for_its_own_purpose_only() -> None:
    tag = signing.reply_address(MAILBOX, 48).partition("+")[2].partition("@")[0]
    assert signing.message_pk_of(f"m.{tag}@desk.example") is None


def test_thousands_of_guesses_join_nothing() -> None:
    guesses = (f"support+{n}.{'a' * 20}@desk.example" for n in range(10_000))
    assert not any(signing.ticket_id_of(guess) for guess in guesses)


def test_former_keys_still_verify(settings: Settings) -> None:
    address = signing.reply_address(MAILBOX, 48)
    former = settings.SECRET_KEY
    settings.SECRET_KEY = "another-" + "k" * 50
    assert signing.ticket_id_of(address) is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert signing.ticket_id_of(address) == 48


def test_a_mailbox_with_a_long_name_answers_by_its_plain_address() -> None:
    mailbox = Mailbox(address="s" * 60 + "@desk.example")
    assert signing.reply_address(mailbox, 48) == mailbox.address
