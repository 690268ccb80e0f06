"""Whoever writes to us: persons, their addresses and phones, and their organisations."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now


class Organisation(models.Model):
    """The company or household a person belongs to."""

    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=120, blank=True, default="")
    zone = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~Q(external_id=""),
                name="organisation_external_id_once",
            ),
        ]
        indexes = [models.Index(Lower("name"), name="organisation_by_name")]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody who writes to us. Merging never rewrites rows: `merged_into` points on."""

    user = models.OneToOneField(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="person"
    )
    name = models.CharField(max_length=200, blank=True, default="")
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    zone = models.CharField(max_length=64, blank=True, default="")
    locale = models.CharField(max_length=12, blank=True, default="")
    calendar = models.ForeignKey(
        "calendars.Calendar", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True, default="")
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="nobody_is_merged_into_himself",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonAddress(models.Model):
    """A mail address of a person; an address belongs to one person only."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    address = models.EmailField(max_length=254)
    is_primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    undeliverable_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "person addresses"
        constraints = [
            models.UniqueConstraint(Lower("address"), name="person_address_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(is_primary=True), name="one_primary_address"
            ),
        ]

    def __str__(self) -> str:
        return self.address


class PersonPhone(models.Model):
    """A phone number of a person, in international form (+31205550142)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="phones")
    number = models.CharField(max_length=20)
    is_primary = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="person_phone_once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(is_primary=True), name="one_primary_phone"
            ),
        ]
        indexes = [models.Index(fields=["number"], name="person_by_phone")]

    def __str__(self) -> str:
        return self.number
