"""What is due: one pending row per thing that waits."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Timer(models.Model):
    """A due time. One pending row per (kind, subject); `generation` rises at each re-plan."""

    class State(models.TextChoices):
        PENDING = "pending"
        FIRED = "fired"
        CANCELLED = "cancelled"
        DEAD = "dead"

    kind = models.TextField()
    subject_id = models.BigIntegerField()
    generation = models.IntegerField(default=1)
    due_at = models.DateTimeField()
    not_before = models.DateTimeField(db_default=Now())
    state = models.TextField(choices=State.choices, default=State.PENDING)
    attempts = models.IntegerField(default=0)
    fired_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "generation"], name="timer_generation_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_id"], condition=Q(state="pending"), name="timer_one_live"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "fired", "cancelled", "dead"]),
                name="timer_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="fired", fired_at__isnull=False)
                | (~Q(state="fired") & Q(fired_at__isnull=True)),
                name="timer_fired_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gte="2000-01-01T00:00Z", due_at__lt="2200-01-01T00:00Z"),
                name="timer_due_is_plausible",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="pending"), name="timer_due"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="timer_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} at {self.due_at}"


class Job(models.Model):
    """A recurring job; its timer is of kind `job` with this row as subject.

    `found` counts what the last run found amiss, for a job that looks after something.
    """

    name = models.TextField(unique=True)
    every_s = models.IntegerField()
    last_run_at = models.DateTimeField(null=True, blank=True)
    found = models.IntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(every_s__gte=1), name="job_interval_is_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class Firing(models.Model):
    """A batch of timers being fired, or of Events being announced.

    It goes with the batch's commit; what stays is a crash.
    """

    began_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"firing since {self.began_at}"
