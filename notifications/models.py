"""What a member of staff is told."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.defaults import empty_dict


class Notification(models.Model):
    """One notice per user and cause, updated in place, withdrawn when settled elsewhere.

    `kind` selects the sentence, `data` holds its ids and numbers, `event_id` is the Event it
    last spoke of: an earlier one no longer changes it. A task stays open until what it is
    about is settled; any other notice is done with when read.
    """

    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="notifications"
    )
    cause = models.TextField()
    kind = models.TextField()
    ticket = models.ForeignKey(
        "tickets.Ticket", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    subject_kind = models.TextField(blank=True, default="")
    subject_id = models.BigIntegerField(null=True, blank=True)
    event_id = models.BigIntegerField(default=0)
    data = models.JSONField(default=empty_dict)
    is_task = models.BooleanField(default=False)
    is_urgent = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "cause"], name="one_notice_per_cause"),
        ]
        indexes = [
            models.Index(
                fields=["user", "-at", "-id"],
                condition=Q(settled_at__isnull=True),
                name="notification_live",
            ),
            models.Index(fields=["user", "-at", "-id"], name="notification_by_user"),
            models.Index(
                fields=["subject_kind", "subject_id"],
                condition=Q(settled_at__isnull=True),
                name="notification_of_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"
