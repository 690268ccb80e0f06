"""The ticket, who follows it and who has read it."""

from datetime import UTC, datetime
from typing import Self

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from core.defaults import empty_dict

# Stands in for "no due time" in index expressions, so that keyset pages need no null case.
FAR_FUTURE = datetime(2199, 12, 31, tzinfo=UTC)
DUE_ORDER = Coalesce(F("next_due_at"), Value(FAR_FUTURE), output_field=models.DateTimeField())
OPEN_STATUSES = ("new", "open", "pending", "on_hold")


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Filters in the desk's words."""

    def live(self) -> Self:
        """Neither deleted nor spam."""
        return self.filter(deleted_at__isnull=True, spam_at__isnull=True)

    def unsolved(self) -> Self:
        """New, open, customer's turn or on hold."""
        return self.filter(status__in=OPEN_STATUSES)

    def by_due(self) -> Self:
        """Soonest due first; without a due time last."""
        return self.annotate(due_order=DUE_ORDER).order_by("due_order", "id")


class Ticket(models.Model):
    """One request of one person, from its first message to its end.

    `version` rises with every change. `requester_name`, `organisation_name`, `driver_label`
    and the `next_...` columns are copies for the queue, so that a row is drawn from this table
    alone; engines may write the `next_...` columns only, under the ticket's lock.
    """

    class Status(models.TextChoices):
        NEW = "new", _("New")
        OPEN = "open", _("Open")
        PENDING = "pending", _("Customer’s turn")
        ON_HOLD = "on_hold", _("On hold")
        SOLVED = "solved", _("Solved")
        CLOSED = "closed", _("Closed")

    class Type(models.TextChoices):
        QUESTION = "question", _("Question")
        REQUEST = "request", _("Request")
        PROBLEM = "problem", _("Problem")
        COMPLAINT = "complaint", _("Complaint")

    class Priority(models.TextChoices):
        LOW = "low", _("Low")
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High")
        URGENT = "urgent", _("Urgent")

    class Channel(models.TextChoices):
        EMAIL = "email", _("Email")
        PHONE = "phone", _("Phone")
        WEB = "web", _("Web form")
        PORTAL = "portal", _("Portal")
        API = "api", _("API")
        AGENT = "agent", _("Opened by us")

    number = models.BigIntegerField(
        unique=True,
        db_default=Func(
            Value("tickets_number_seq"), function="nextval", output_field=models.BigIntegerField()
        ),
    )
    version = models.BigIntegerField(default=1)
    subject = models.CharField(max_length=500)
    type = models.CharField(max_length=10, choices=Type.choices, default=Type.QUESTION)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.NORMAL)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    mailbox = models.ForeignKey(
        "mailboxes.Mailbox", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    requester = models.ForeignKey(
        "customers.Person", on_delete=models.PROTECT, related_name="tickets"
    )
    organisation = models.ForeignKey(
        "customers.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
    )
    team = models.ForeignKey(
        "accounts.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    assignee = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    language = models.CharField(max_length=12, blank=True, default="")
    driver = models.ForeignKey(
        "tickets.Driver", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    follow_up_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    hold_reason = models.CharField(max_length=500, blank=True, default="")
    customer_wrote_on_hold = models.BooleanField(default=False)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    spam_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    last_event_at = models.DateTimeField()
    last_customer_message_at = models.DateTimeField(null=True, blank=True)
    last_agent_message_at = models.DateTimeField(null=True, blank=True)
    requester_name = models.CharField(max_length=200, blank=True, default="")
    organisation_name = models.CharField(max_length=200, blank=True, default="")
    driver_label = models.CharField(max_length=120, blank=True, default="")
    next_due_at = models.DateTimeField(null=True, blank=True)
    next_due_kind = models.CharField(max_length=30, blank=True, default="")
    next_promise_at = models.DateTimeField(null=True, blank=True)
    custom = models.JSONField(default=empty_dict)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["new", "open", "pending", "on_hold", "solved", "closed"]),
                name="ticket_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=["low", "normal", "high", "urgent"]),
                name="ticket_priority_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="solved") | Q(solved_at__isnull=False),
                name="solved_ticket_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
                name="closed_ticket_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(
                "assignee",
                DUE_ORDER,
                "id",
                condition=Q(status__in=["new", "open", "pending", "on_hold"]),
                name="ticket_open_by_assignee",
            ),
            models.Index(
                "team",
                DUE_ORDER,
                "id",
                condition=Q(status__in=["new", "open", "pending", "on_hold"]),
                name="ticket_open_by_team",
            ),
            models.Index(
                DUE_ORDER,
                "id",
                condition=Q(status__in=["new", "open", "pending", "on_hold"]),
                name="ticket_open_by_due",
            ),
            models.Index(
                fields=["-solved_at", "-id"],
                condition=Q(status="solved"),
                name="ticket_solved",
            ),
            models.Index(
                fields=["-closed_at", "-id"],
                condition=Q(status="closed"),
                name="ticket_closed",
            ),
            models.Index(fields=["requester", "-id"], name="ticket_of_requester"),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"

    @property
    def is_unsolved(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def is_customers_turn(self) -> bool:
        return self.status == self.Status.PENDING


class Follower(models.Model):
    """A member of staff who is told of what happens on a ticket that is not his."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "user"], name="follows_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.ticket_id}"


class ReadMark(models.Model):
    """Up to which version of a ticket somebody has read it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="read_marks")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    last_message_id = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "user"], name="read_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read {self.ticket_id}"
