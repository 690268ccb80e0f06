"""The verbs of the desk's people and settings; call them as `accounts.services.<verb>`."""

from accounts.services.desk import set_desk
from accounts.services.hours import set_business_hours
from accounts.services.invitations import (
    accept_invitation,
    invite,
    send_invitation_again,
    withdraw_invitation,
)
from accounts.services.mailboxes import MailboxSettings, send_test_mail, set_mailbox, test_key
from accounts.services.passwords import ask_for_password_reset, change_password, reset_password
from accounts.services.people import set_profile, set_reports_to, set_roles
from accounts.services.setup import make_administrator, make_setup_link, set_up_desk
from accounts.services.teams import change_team, make_team

__all__ = [
    "MailboxSettings",
    "accept_invitation",
    "ask_for_password_reset",
    "change_password",
    "change_team",
    "invite",
    "make_administrator",
    "make_setup_link",
    "make_team",
    "reset_password",
    "send_invitation_again",
    "send_test_mail",
    "set_business_hours",
    "set_desk",
    "set_mailbox",
    "set_profile",
    "set_reports_to",
    "set_roles",
    "set_up_desk",
    "test_key",
    "withdraw_invitation",
]
