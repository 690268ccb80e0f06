"""What was said on a ticket, to whom it went, and what was attached."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.defaults import storage_key


class Message(models.Model):
    """One thing said: a public message, an internal note, a call, or an automatic letter.

    `source_md` is what an agent typed, `body_html` is sanitised when stored under the rules
    numbered `html_rules`; `body_text` is everything, `new_part_text` what is new in it (quotes
    and signature gone). A flagged message came with a right token from somebody who takes no
    part: internal until an agent accepts it.
    """

    class Kind(models.TextChoices):
        REPLY = "reply"
        NOTE = "note"
        CALL = "call"
        LETTER = "letter"

    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        INTERNAL = "internal"

    class AuthorKind(models.TextChoices):
        USER = "user"
        CUSTOMER = "customer"
        THIRD_PARTY = "third_party"
        SYSTEM = "system"

    class CallOutcome(models.TextChoices):
        CONNECTED = "connected"
        NOT_REACHED = "not_reached"
        VOICEMAIL = "voicemail"

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    direction = models.CharField(max_length=10, choices=Direction.choices)
    channel = models.CharField(max_length=10)
    author_kind = models.CharField(max_length=12, choices=AuthorKind.choices)
    author_id = models.BigIntegerField(null=True, blank=True)
    author_name = models.CharField(max_length=200, blank=True, default="")
    author_address = models.CharField(max_length=254, blank=True, default="")
    at = models.DateTimeField()
    subject = models.CharField(max_length=500, blank=True, default="")
    source_md = models.TextField(blank=True, default="")
    body_html = models.TextField(blank=True, default="")
    body_text = models.TextField(blank=True, default="")
    new_part_text = models.TextField(blank=True, default="")
    new_part_html = models.TextField(blank=True, default="")
    html_rules = models.IntegerField(default=1)
    language = models.CharField(max_length=12, blank=True, default="")
    rfc_message_id = models.TextField(blank=True, default="")
    in_reply_to = models.TextField(blank=True, default="")
    inbound_mail_id = models.BigIntegerField(null=True, blank=True, unique=True)
    auto_generated = models.BooleanField(default=False)
    flagged_at = models.DateTimeField(null=True, blank=True)
    call_outcome = models.CharField(
        max_length=12, choices=CallOutcome.choices, blank=True, default=""
    )
    call_minutes = models.IntegerField(null=True, blank=True)
    answers_open_message = models.BooleanField(default=True)
    redacted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "-id"], name="message_of_ticket"),
            models.Index(
                fields=["rfc_message_id"],
                condition=~Q(rfc_message_id=""),
                name="message_by_rfc_id",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="note", direction="internal")
                | (~Q(kind="note") & ~Q(direction="internal")),
                name="only_notes_are_internal",
            ),
            models.CheckConstraint(
                condition=Q(kind="call") & ~Q(call_outcome="")
                | ~Q(kind="call") & Q(call_outcome=""),
                name="calls_have_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} on ticket {self.ticket_id}"

    @property
    def is_public(self) -> bool:
        """Whether the customer may see it."""
        return self.kind != self.Kind.NOTE and self.flagged_at is None

    @property
    def is_agent_reply(self) -> bool:
        """Whether a person on our side spoke to the customer (domain: agent reply)."""
        if self.direction != self.Direction.OUT or self.author_kind != self.AuthorKind.USER:
            return False
        if self.kind == self.Kind.CALL:
            return self.call_outcome == self.CallOutcome.CONNECTED and self.answers_open_message
        return self.kind == self.Kind.REPLY


class Recipient(models.Model):
    """One address a message went to, or came with."""

    class Role(models.TextChoices):
        TO = "to"
        CC = "cc"
        BCC = "bcc"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="recipients")
    role = models.CharField(max_length=3, choices=Role.choices)
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True, default="")
    person = models.ForeignKey(
        "customers.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "role", "address"], name="recipient_once_a_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.address}"


class Attachment(models.Model):
    """A file of a message, stored under a random key; its name is only ever shown."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    key = models.CharField(max_length=64, unique=True, default=storage_key)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    inline = models.BooleanField(default=False)
    content_id = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
