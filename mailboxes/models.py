"""The addresses we receive at and send from."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now


class Mailbox(models.Model):
    """One address of ours with its settings. Secrets are stored encrypted (`core.crypto`).

    Without `smtp_host` replies are written into files. A demo mailbox never uses the network.
    """

    class Security(models.TextChoices):
        STARTTLS = "starttls", "STARTTLS"
        TLS = "tls", "TLS"
        NONE = "none", "None"

    name = models.CharField(max_length=120)
    address = models.EmailField(max_length=254)
    smtp_host = models.CharField(max_length=253, blank=True, default="")
    smtp_port = models.IntegerField(default=587)
    smtp_security = models.CharField(
        max_length=10, choices=Security.choices, default=Security.STARTTLS
    )
    smtp_user = models.CharField(max_length=254, blank=True, default="")
    smtp_password_encrypted = models.TextField(blank=True, default="")
    trusted_authserv_id = models.CharField(max_length=253, blank=True, default="")
    signature = models.TextField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "mailboxes"
        constraints = [
            models.UniqueConstraint(Lower("address"), name="mailbox_address_once"),
            models.CheckConstraint(
                condition=Q(smtp_port__gte=1, smtp_port__lte=65535), name="smtp_port_is_a_port"
            ),
        ]

    def __str__(self) -> str:
        return self.address
