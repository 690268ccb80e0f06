"""Staff: users, their roles and teams, and the one-time links that let them in."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac


class Role(models.Model):
    """A named set of rights; a user may hold several."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    rights = ArrayField(models.TextField(), default=list)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Looks users up by address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who may sign in with `password`, or by a link only if it is None."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Anybody who signs in. Staff is who has a role."""

    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    class Density(models.TextChoices):
        COMPACT = "compact"
        ROOMY = "roomy"

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    zone = models.CharField(max_length=64, default="Europe/Amsterdam")
    locale = models.CharField(max_length=12, default="en-gb")
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    density = models.CharField(max_length=10, choices=Density.choices, default=Density.COMPACT)
    single_keys = models.BooleanField(default=True)
    calendar = models.ForeignKey(
        "calendars.Calendar", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reports_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    coach = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="trainees"
    )
    roles = models.ManyToManyField(Role, related_name="users", blank=True)
    # Raised whenever what the user may do changes: sessions of an earlier epoch are over.
    session_epoch = models.IntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    deactivated_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(condition=~Q(email=""), name="user_has_an_email"),
            models.CheckConstraint(
                condition=Q(reports_to__isnull=True) | ~Q(reports_to=models.F("id")),
                name="nobody_reports_to_himself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry to be this user's: new password or epoch, new hash."""
        value = f"{self.session_epoch}:{self.password}"
        return salted_hmac(
            "accounts.User.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class Team(models.Model):
    """Who works on the same tickets. A private team's tickets are for its members only."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    lead = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="leads"
    )
    calendar = models.ForeignKey(
        "calendars.Calendar", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    private = models.BooleanField(default=False)
    members = models.ManyToManyField(User, related_name="teams", blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class MailboxTeam(models.Model):
    """Which team gets the tickets of a mailbox; a mailbox stands below and knows no team."""

    mailbox = models.OneToOneField(
        "mailboxes.Mailbox", on_delete=models.CASCADE, related_name="team_link"
    )
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="mailbox_links")

    def __str__(self) -> str:
        return f"{self.mailbox_id} to {self.team_id}"


class OneTimeLink(models.Model):
    """A link that works once: only the hash of its token is stored.

    Purposes: `setup` (the first administrator), `invitation` (a new colleague, the user row
    exists without a password). A password reset uses the sign-in library's own signed link.
    """

    class Purpose(models.TextChoices):
        SETUP = "setup"
        INVITATION = "invitation"

    purpose = models.TextField(choices=Purpose.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="one_time_links"
    )
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 - a pattern
                name="one_time_link_has_a_hash",
            ),
            models.CheckConstraint(
                condition=Q(purpose="setup", user__isnull=True)
                | Q(purpose="invitation", user__isnull=False),
                name="invitation_is_for_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} until {self.expires_at}"
