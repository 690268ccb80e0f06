"""Working time: zone, weekly windows by version, holidays and special hours."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.defaults import empty_list


class Calendar(models.Model):
    """When somebody works. Its hours stand in versions, so that past time is never rewritten.

    `zone` is the one now in force; each version has its own.
    """

    name = models.CharField(max_length=120, unique=True)
    zone = models.CharField(max_length=64)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_calendar"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """The weekly windows in force from an instant on.

    `windows` is a list of `{"day": "mon" .. "sun", "start": "HH:MM", "end": "HH:MM"}`;
    an end before the start reaches over midnight, an end may be 24:00.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="versions")
    number = models.IntegerField()
    valid_from = models.DateTimeField()
    zone = models.CharField(max_length=64)
    windows = models.JSONField(default=empty_list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar_id} v{self.number}"


class Holiday(models.Model):
    """A date on which the weekly windows do not apply."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    on = models.DateField()
    name = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "on"], name="holiday_once_a_date"),
            models.CheckConstraint(
                condition=Q(on__gte=date(2000, 1, 1), on__lt=date(2200, 1, 1)),
                name="holiday_is_plausible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}".strip()


class SpecialHours(models.Model):
    """Other windows on one date, instead of the weekly ones; they win over a holiday."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="special_hours")
    on = models.DateField()
    windows = models.JSONField(default=empty_list)

    class Meta:
        verbose_name_plural = "special hours"
        constraints = [
            models.UniqueConstraint(fields=["calendar", "on"], name="special_hours_once_a_date"),
            models.CheckConstraint(
                condition=Q(on__gte=date(2000, 1, 1), on__lt=date(2200, 1, 1)),
                name="special_hours_are_plausible",
            ),
        ]

    def __str__(self) -> str:
        return str(self.on)
