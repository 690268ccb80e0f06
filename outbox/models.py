"""What must leave: one row per message, rendered once, sent at least once under a stable key."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class OutboxMessage(models.Model):
    """A mail or webhook that is to leave. `payload` holds the exact bytes, made once.

    `lane` is one per mailbox or endpoint; `lease_token` belongs to the worker that is sending.
    """

    class Channel(models.TextChoices):
        EMAIL = "email"
        WEBHOOK = "webhook"

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        DEAD = "dead"
        CANCELLED = "cancelled"

    idem_key = models.TextField(unique=True)
    channel = models.TextField(choices=Channel.choices)
    lane = models.TextField()
    payload = models.JSONField()
    state = models.TextField(choices=State.choices, default=State.PENDING)
    transport = models.TextField(blank=True, default="")
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(db_default=Now())
    not_after = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    last_status = models.IntegerField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")
    ticket_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at", "id"], condition=Q(state="pending"), name="outbox_ready"
            ),
            models.Index(fields=["id"], condition=Q(state="dead"), name="outbox_dead"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "sent", "dead", "cancelled"]),
                name="outbox_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "webhook"]), name="outbox_channel_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="outbox_sent_has_its_instant",
            ),
        ]

    def __str__(self) -> str:
        return self.idem_key
