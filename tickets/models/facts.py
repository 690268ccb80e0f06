"""What is known about a case, what could be done, and why the customer had to contact us."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Driver(models.Model):
    """Why the customer had to contact us, in his words."""

    slug = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=120)
    definition = models.TextField(blank=True, default="")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    team = models.ForeignKey(
        "accounts.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="drivers"
    )
    valid_from = models.DateTimeField(db_default=Now())
    valid_to = models.DateTimeField(null=True, blank=True)
    merges_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    def __str__(self) -> str:
        return self.label


class Fact(models.Model):
    """Something about the case that is known, asked, unknown or contradicted."""

    class State(models.TextChoices):
        KNOWN = "known"
        ASKED = "asked"
        UNKNOWN = "unknown"
        CONTRADICTED = "contradicted"

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="facts")
    state = models.CharField(max_length=12, choices=State.choices)
    text = models.CharField(max_length=500)
    source = models.CharField(max_length=200, blank=True, default="")
    against = models.CharField(max_length=500, blank=True, default="")
    message = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    created_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["known", "asked", "unknown", "contradicted"]),
                name="fact_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.text}"


class Alternative(models.Model):
    """One way to solve the case, with what it solves and what it costs."""

    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.CASCADE, related_name="alternatives"
    )
    title = models.CharField(max_length=200)
    solves = models.CharField(max_length=500, blank=True, default="")
    face_value_minor = models.BigIntegerField(default=0)
    cost_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    chosen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(face_value_minor__gte=0, cost_minor__gte=0),
                name="alternative_amounts_are_not_negative",
            ),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(chosen_at__isnull=False),
                name="one_alternative_is_chosen",
            ),
        ]

    def __str__(self) -> str:
        return self.title
