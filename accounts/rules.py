"""The default matrix: which role starts with which rights. Source: architecture 10, domain 7.6.

The rows of `accounts_role` decide; this is what a new desk begins with.
"""

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
