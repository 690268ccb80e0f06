"""Promised contacts: what was promised, to whom, until when, by whom, and what became of it."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Filters in the words of the desk."""

    def open(self) -> Self:
        """Waiting, whether due, overdue or neither."""
        return self.filter(state=Promise.State.OPEN)


class Promise(models.Model):
    """A contact promised to a customer within a window [from, until].

    `from_at`/`until_at` are the instants; `from_wall`/`until_wall` and `zone` are what was said
    (wall time in the customer's zone, "2026-03-29T15:00"), from which the instants were computed;
    a window that began at once ("by 15:00") has no `from_wall`. `shape` says how
    it was said: "at 15:00", "by 15:00", "by Friday". Planned, due and overdue are computed.
    `version` rises with every change, so that reminders of older versions do nothing;
    `version_at` is when the present one began. `renegotiation_of` is the promise this one
    followed (a new time, or a new try), `chain_first` the first of them all.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept")
        ATTEMPTED = "attempted", _("Attempted as agreed")
        KEPT_LATE = "kept_late", _("Kept late")
        BROKEN = "broken", _("Broken openly")
        MISSED = "missed", _("Missed")
        RENEGOTIATED = "renegotiated", _("Renegotiated")
        CANCELLED = "cancelled_by_customer", _("Cancelled by the customer")
        SUPERSEDED = "superseded", _("Superseded")
        VOIDED = "voided", _("Void")

    class Shape(models.TextChoices):
        AT = "at", _("at")
        BY = "by", _("by")
        BY_DAY = "by_day", _("by the end of")

    class Channel(models.TextChoices):
        CALL = "call", _("Call")
        EMAIL = "email", _("Write")
        VISIT = "visit", _("Visit")

    class MovedBy(models.TextChoices):
        AGENT = "agent"
        CUSTOMER = "customer"

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="promises")
    person = models.ForeignKey(
        "customers.Person", on_delete=models.PROTECT, related_name="promises"
    )
    topic = models.CharField(max_length=300)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.CALL)
    shape = models.CharField(max_length=10, choices=Shape.choices)
    zone = models.CharField(max_length=64)
    zone_assumed = models.BooleanField(default=False)
    from_wall = models.CharField(max_length=16, blank=True, default="")
    until_wall = models.CharField(max_length=16)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    owner = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="promises"
    )
    team = models.ForeignKey(
        "accounts.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="promises"
    )
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    consent = models.BooleanField()
    customer_requested_time = models.BooleanField(default=False)
    owner_confirmed_off_hours = models.BooleanField(default=False)
    is_check_back = models.BooleanField(default=False)
    made_with_message = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.IntegerField(default=1)
    version_at = models.DateTimeField()
    renegotiation_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successor"
    )
    chain_first = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="chain"
    )
    moved_by = models.CharField(max_length=10, choices=MovedBy.choices, blank=True, default="")
    state = models.CharField(max_length=24, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    settled_by_message = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True, default="")
    owner_at_until = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = PromiseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__gt=F("from_at")), name="promise_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(until_at__gte="2000-01-01T00:00Z", until_at__lt="2200-01-01T00:00Z"),
                name="promise_until_is_plausible",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="ended_promise_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "open",
                        "kept",
                        "attempted",
                        "kept_late",
                        "broken",
                        "missed",
                        "renegotiated",
                        "cancelled_by_customer",
                        "superseded",
                        "voided",
                    ]
                ),
                name="promise_state_is_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "until_at", "id"],
                condition=Q(state="open"),
                name="promise_open_by_owner",
            ),
            models.Index(
                fields=["team", "until_at", "id"],
                condition=Q(state="open"),
                name="promise_open_by_team",
            ),
            models.Index(fields=["ticket", "id"], name="promise_of_ticket"),
            models.Index(fields=["person", "id"], name="promise_of_person"),
            models.Index(fields=["until_at", "id"], name="promise_by_until"),
            models.Index(fields=["owner", "-ended_at", "-id"], name="promise_ended_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} ({self.state})"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Attempt(models.Model):
    """A try to reach the customer within the window that did not get through."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="attempts")
    message = models.ForeignKey(
        "tickets.Message", on_delete=models.PROTECT, related_name="promise_attempts"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promise", "message"], name="attempt_once_a_call"),
        ]
        indexes = [models.Index(fields=["promise", "at"], name="attempt_of_promise")]

    def __str__(self) -> str:
        return f"attempt on {self.promise_id} at {self.at}"


class Reminder(models.Model):
    """A reminder step that was done: once per promise, version and step, for ever."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="reminders")
    version = models.IntegerField()
    step = models.CharField(max_length=30)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(db_default=Now())
    delayed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["promise", "version", "step"], name="reminder_step_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} of {self.promise_id} v{self.version}"


class PromiseSettings(models.Model):
    """Contact hours, grace and which reminder steps are on: one row for the desk.

    Hours are wall time in the customer's zone (P-10).
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    contact_from = models.TimeField(default="08:00")
    contact_until = models.TimeField(default="21:00")
    grace_working_days = models.IntegerField(default=1)
    remind_24h = models.BooleanField(default=False)
    remind_shift_start = models.BooleanField(default=True)
    remind_60min = models.BooleanField(default=False)
    remind_before = models.BooleanField(default=True)
    remind_at_from = models.BooleanField(default=True)
    remind_before_end = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "promise settings"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_promise_settings"),
            models.CheckConstraint(
                condition=Q(contact_until__gt=F("contact_from")), name="contact_hours_are_a_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_from}-{self.contact_until}"
