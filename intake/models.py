"""Mail as it came in: stored and committed before anybody reads it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class InboundMail(models.Model):
    """One raw message, stored under `raw_path`. `size` is in bytes.

    `dedup_key` is `mid:` with the Message-ID, or `sha256:` with a hash. `content_sha256` leaves out
    what relays add on the way, so that a second delivery of one mail is recognised.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        QUARANTINE = "quarantine"

    mailbox = models.ForeignKey("mailboxes.Mailbox", on_delete=models.PROTECT, related_name="+")
    dedup_key = models.TextField()
    raw_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    from_address = models.CharField(max_length=254, blank=True, default="")
    raw_path = models.TextField()
    size = models.IntegerField()
    received_at = models.DateTimeField(db_default=Now())
    state = models.TextField(choices=State.choices, default=State.PENDING)
    outcome = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="")
    ticket_id = models.BigIntegerField(null=True, blank=True)
    message_id = models.BigIntegerField(null=True, blank=True)
    same_as = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    other_content = models.BooleanField(default=False)
    attempts = models.IntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "dedup_key"], name="mail_once_a_mailbox"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "done", "quarantine"]),
                name="inbound_state_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="pending"), name="inbound_pending"),
            models.Index(fields=["id"], condition=Q(state="quarantine"), name="inbound_quarantine"),
            models.Index(fields=["dedup_key"], name="inbound_by_key"),
            models.Index(fields=["from_address", "received_at"], name="inbound_by_sender"),
        ]

    def __str__(self) -> str:
        return self.dedup_key
