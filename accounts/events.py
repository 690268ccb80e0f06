"""What can happen to the desk's people, teams, mailboxes and settings."""

from enum import StrEnum


class Kind(StrEnum):
    DESK_SET_UP = "desk.set_up"
    DESK_CHANGED = "desk.changed"
    ADMINISTRATOR_MADE = "user.administrator_made"
    INVITED = "user.invited"
    INVITATION_SENT_AGAIN = "user.invitation_sent_again"
    INVITATION_WITHDRAWN = "user.invitation_withdrawn"
    JOINED = "user.joined"
    ROLES_SET = "user.roles_set"
    PROFILE_SET = "user.profile_set"
    REPORTS_TO_SET = "user.reports_to_set"
    PASSWORD_RESET_ASKED = "user.password_reset_asked"  # noqa: S105 - a kind of Event
    PASSWORD_SET = "user.password_set"  # noqa: S105 - a kind of Event
    TEAM_MADE = "team.made"
    TEAM_CHANGED = "team.changed"
    MAILBOX_SET = "mailbox.set"
    MAILBOX_TESTED = "mailbox.tested"
