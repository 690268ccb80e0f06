"""The append-only Event, its announcement, and the one row that is the desk."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.actor import ActorKind
from core.defaults import ClockTimestamp, empty_dict


class Event(models.Model):
    """One change of state: history, audit record and source of figures in one.

    Rows are never updated or deleted. `data` holds ids, codes and numbers, never a
    person's words.
    """

    kind = models.TextField()
    ticket_id = models.BigIntegerField(null=True)
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    actor_kind = models.TextField(choices=[(kind.value, kind.value) for kind in ActorKind])
    actor_id = models.BigIntegerField(null=True)
    on_behalf_of_id = models.BigIntegerField(null=True)
    request_id = models.TextField(blank=True, db_default="")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp())
    data = models.JSONField(default=empty_dict)

    class Meta:
        indexes = [
            models.Index(fields=["ticket_id", "id"], name="event_of_ticket"),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="event_of_subject"),
            models.Index(fields=["kind", "at"], name="event_of_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind__in=[kind.value for kind in ActorKind]),
                name="event_actor_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(at__gte="2000-01-01T00:00Z", at__lt="2200-01-01T00:00Z"),
                name="event_at_is_plausible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Announcement(models.Model):
    """An Event that some consumers have not seen yet; gone when all have.

    `next_at` of infinity: set aside after 20 failures, shown on the background page.
    """

    event_id = models.BigIntegerField(primary_key=True)
    done = ArrayField(models.TextField(), default=list)
    attempts = models.IntegerField(db_default=0)
    next_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["next_at", "event_id"], name="announcement_ready")]

    def __str__(self) -> str:
        return f"announcement of event {self.event_id}"


class Desk(models.Model):
    """The one desk this database is."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120, default="Helpdesk")
    public_url = models.URLField(blank=True, default="")
    zone = models.CharField(max_length=64, default="Europe/Amsterdam")
    locale = models.CharField(max_length=12, default="en-gb")
    currency = models.CharField(max_length=3, default="EUR")
    is_demo = models.BooleanField(default=False)
    is_load = models.BooleanField(default=False)
    hours_set_at = models.DateTimeField(null=True, blank=True)
    mail_set_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_desk"),
        ]

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a process was last seen alive; a row per process name."""

    name = models.CharField(max_length=80, primary_key=True)
    beat_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
