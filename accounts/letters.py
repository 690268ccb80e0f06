"""Mails to the people of the desk: invitation, new password, test of a mailbox.

They leave through the outbox. A letter with a one-time link is blanked once it is sent.
"""

from datetime import datetime
from email.utils import make_msgid

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core import desk
from mailboxes import rendering
from mailboxes.models import Mailbox
from mailboxes.services import active
from outbox.services import put_mail


def invitation(user: User, *, url: str, inviter: str, key: str, at: datetime) -> None:
    """The new colleague gets his link."""
    with translation.override(user.locale):
        subject = _("You are invited to %(desk)s") % {"desk": desk.current().name}
        text = _text("invitation", user=user, url=url, inviter=inviter)
    _put(user, subject, text, key=key, at=at, one_time=True)


def password_reset(user: User | None, *, url: str, key: str, at: datetime) -> None:
    """Who forgot his password gets his link.

    For nobody the same letter is written and thrown away, so that the time it takes tells nothing.
    """
    with translation.override(user.locale if user else desk.current().locale):
        subject = _("A new password for %(desk)s") % {"desk": desk.current().name}
        text = _text("password_reset", user=user, url=url)
    if user is None:
        nobody = User(email="nobody@example.com", name="")
        _bytes(nobody, subject, text, sender=active(), at=at)
        return
    _put(user, subject, text, key=key, at=at, one_time=True)


def password_set(user: User, *, key: str, at: datetime) -> None:
    """Whose password is new is told, in case it was somebody else."""
    with translation.override(user.locale):
        subject = _("Your password for %(desk)s was changed") % {"desk": desk.current().name}
        text = _text("password_set", user=user)
    _put(user, subject, text, key=key, at=at, one_time=False)


def mailbox_test(mailbox: Mailbox, *, to: User, key: str, at: datetime) -> None:
    """Whoever tests the mailbox gets a mail through it."""
    with translation.override(to.locale):
        subject = _("Test of %(address)s") % {"address": mailbox.address}
        text = _text("mailbox_test", user=to, mailbox=mailbox)
    raw = _bytes(to, subject, text, sender=mailbox, at=at)
    put_mail(key=key, raw=raw, sender=mailbox.address, recipients=[to.email], mailbox_id=mailbox.pk)


def _text(name: str, **context: object) -> str:
    return render_to_string(f"accounts/mail/{name}.txt", {"desk": desk.current(), **context})


def _put(to: User, subject: str, text: str, *, key: str, at: datetime, one_time: bool) -> None:
    sender = active()
    put_mail(
        key=key,
        raw=_bytes(to, subject, text, sender=sender, at=at),
        sender=sender.address,
        recipients=[to.email],
        mailbox_id=None,
        blank_after_sending=one_time,
    )


def _bytes(to: User, subject: str, text: str, *, sender: Mailbox, at: datetime) -> bytes:
    domain = sender.address.rpartition("@")[2]
    return rendering.render(
        rendering.Letter(
            sender=rendering.Addressee(sender.address, sender.name),
            to=[rendering.Addressee(to.email, to.name)],
            subject=subject,
            message_id=make_msgid(domain=domain).strip("<>"),
            at=at,
            text=text,
            automatic="auto-generated",
            language=to.locale,
        )
    )
