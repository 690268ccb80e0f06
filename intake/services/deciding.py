"""What a mail becomes: a ticket, a message, word of a failed delivery, or nothing, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

import customers.queries
import customers.services
import mailboxes.services
import tickets.services
from core.actor import Actor
from customers.models import Person
from intake.mail.records import Bounce, ParsedMail
from intake.models import InboundMail
from intake.services import matching
from mailboxes import signing
from tickets.models import Message, Ticket
from tickets.services.records import Body, Correspondent, Incoming, Role, StoredFile

QUARANTINED = "quarantined"
# A sender who opens more than this within an hour is a machine gone wild.
MOST_NEW_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome by the contract's words, or QUARANTINED; `reason` says why for a person."""

    status: str
    reason: str = ""
    ticket_id: int | None = None
    message_id: int | None = None
    same_as_id: int | None = None


def decide(
    mail: InboundMail,
    parsed: ParsedMail,
    files: Sequence[StoredFile],
    *,
    at: datetime,
    limits: bool,
) -> Verdict:
    """Do with the mail what is to be done. The caller holds the mail's row."""
    ignored = _copy_of_another(mail) or _loop(parsed)
    if ignored is not None:
        return ignored
    if parsed.bounce is not None:
        return _bounced(mail, parsed, files, at=at)
    match = matching.find(parsed)
    if match is not None:
        return _append(mail, parsed, files, match, at=at)
    if limits and _too_many(parsed, at):
        return Verdict(
            QUARANTINED,
            _("more than %(n)d new requests within an hour from this address")
            % {"n": MOST_NEW_AN_HOUR},
        )
    return _open(mail, parsed, files, at=at)


def _copy_of_another(mail: InboundMail) -> Verdict | None:
    """The same mail was taken in earlier by another mailbox, however far that one has come."""
    first = (
        InboundMail.objects.filter(
            dedup_key=mail.dedup_key, content_sha256=mail.content_sha256, pk__lt=mail.pk
        )
        .exclude(state=InboundMail.State.QUARANTINE)
        .order_by("pk")
        .first()
    )
    if first is None:
        return None
    return Verdict(
        "ignored",
        _("The same mail came in by another of our mailboxes."),
        ticket_id=first.ticket_id,
        message_id=first.message_id,
        same_as_id=first.pk,
    )


def _loop(parsed: ParsedMail) -> Verdict | None:
    reason = ""
    if mailboxes.services.ours_among(list(parsed.loops)):
        reason = _("It is an automatic mail of our own that came back.")
    elif signing.message_pk_of(parsed.message_id) is not None:
        reason = _("It is a mail of our own that came back.")
    elif parsed.from_email and mailboxes.services.is_ours(parsed.from_email):
        reason = _("It comes from one of our own addresses.")
    return Verdict("ignored", reason) if reason else None


def _too_many(parsed: ParsedMail, at: datetime) -> bool:
    if not parsed.from_email:
        return False
    recent = InboundMail.objects.filter(
        from_address=parsed.from_email[:254],
        received_at__gt=at - timedelta(hours=1),
        outcome="created",
    )
    return recent[: MOST_NEW_AN_HOUR + 1].count() >= MOST_NEW_AN_HOUR


def _open(
    mail: InboundMail, parsed: ParsedMail, files: Sequence[StoredFile], *, at: datetime
) -> Verdict:
    person = _sender(parsed, at=at)
    incoming = _incoming(mail, parsed, files, person=person)
    ticket = tickets.services.open(
        requester_id=person.pk,
        subject=parsed.subject,
        body=incoming.body,
        channel=Ticket.Channel.EMAIL,
        actor=Actor.customer(person.pk),
        at=at,
        mailbox_id=mail.mailbox_id,
        incoming=incoming,
    )
    message = Message.objects.get(inbound_mail_id=mail.pk)
    return Verdict("created", _flag(mail), ticket_id=ticket.pk, message_id=message.pk)


def _append(
    mail: InboundMail,
    parsed: ParsedMail,
    files: Sequence[StoredFile],
    match: matching.Match,
    *,
    at: datetime,
) -> Verdict:
    person = _sender(parsed, at=at) if match.takes_part else None
    actor = Actor.system()
    if person and match.ticket.requester_id in customers.queries.group_ids(person.pk):
        actor = Actor.customer(person.pk)
    incoming = _incoming(mail, parsed, files, person=person)
    message = tickets.services.receive_reply(match.ticket.pk, incoming=incoming, actor=actor, at=at)
    # A message on a closed ticket has opened a follow-up.
    status = "appended" if message.ticket_id == match.ticket.pk else "created"
    reason = _flag(mail)
    if incoming.flagged:
        reason = _("The sender takes no part in the ticket: internal until an agent accepts it.")
    return Verdict(status, reason, ticket_id=message.ticket_id, message_id=message.pk)


def _sender(parsed: ParsedMail, *, at: datetime) -> Person:
    if not parsed.auto.auto_generated:
        customers.services.address_works(parsed.from_email, actor=Actor.system(), at=at)
    return customers.services.find_or_create_person(
        address=parsed.from_email, name=parsed.from_name, actor=Actor.system(), at=at
    )


def _bounced(
    mail: InboundMail, parsed: ParsedMail, files: Sequence[StoredFile], *, at: datetime
) -> Verdict:
    """A report about a mail of ours: it goes onto its ticket and never opens one."""
    bounce = parsed.bounce
    message_pk = signing.message_pk_of(bounce.original_message_id) if bounce else None
    about = Message.objects.filter(pk=message_pk or 0).first()
    match = matching.find(parsed)
    ticket_id = about.ticket_id if about else (match.ticket.pk if match else None)
    action = bounce.action if bounce else ""
    reason = _("A mail of ours was reported as “%(action)s”.") % {"action": action}
    if ticket_id is None:
        return Verdict("bounced", reason)
    if about is not None:
        _mark_unreachable(bounce, at=at)
    incoming = _incoming(mail, parsed, files, person=None)
    message = tickets.services.receive_reply(
        ticket_id, incoming=incoming, actor=Actor.system(), at=at
    )
    return Verdict("bounced", reason, ticket_id=message.ticket_id, message_id=message.pk)


def _mark_unreachable(bounce: Bounce | None, *, at: datetime) -> None:
    """Only addresses that do not exist (5.1.x): a full mailbox may be empty tomorrow.

    Only for a report about a mail that we did send: anyone can write a report.
    """
    for one in bounce.recipients if bounce else ():
        if one.action == "failed" and one.status.startswith("5.1."):
            customers.services.address_failed(one.address, actor=Actor.system(), at=at)


def _incoming(
    mail: InboundMail,
    parsed: ParsedMail,
    files: Sequence[StoredFile],
    *,
    person: Person | None,
) -> Incoming:
    """The mail as its verb wants it; without a `person` nobody vouches for its author."""
    bounce = parsed.bounce
    checked = parsed.authentication_by(mail.mailbox.trusted_authserv_id)
    return Incoming(
        body=Body(
            text=parsed.full_text,
            new_text=parsed.text,
            html=parsed.html,
            new_html=parsed.html_new,
        ),
        author_kind="customer" if person else ("system" if bounce else "third_party"),
        author_id=person.pk if person else None,
        author_name=parsed.from_name or parsed.from_email,
        author_address=parsed.from_email,
        subject=parsed.subject,
        rfc_message_id=parsed.message_id,
        in_reply_to=parsed.in_reply_to,
        inbound_mail_id=mail.pk,
        recipients=_recipients(parsed),
        files=files,
        auto_generated=parsed.auto.auto_generated,
        bounced=bool(bounce and bounce.action == "failed" and bounce.permanent),
        flagged=person is None and bounce is None,
        may_answer=parsed.auto.may_answer and not mail.other_content,
        authenticated=bool(checked and checked.result_of("dmarc") == "pass"),
    )


def _recipients(parsed: ParsedMail) -> list[Correspondent]:
    by_role: tuple[tuple[Role, Sequence[str]], ...] = (
        ("to", [one.email for one in parsed.to]),
        ("cc", [one.email for one in parsed.cc]),
    )
    names = {one.email: one.name for one in (*parsed.to, *parsed.cc)}
    return [
        Correspondent(address=address, name=names[address], role=role)
        for role, addresses in by_role
        for address in dict.fromkeys(addresses)
    ]


def _flag(mail: InboundMail) -> str:
    if not mail.other_content:
        return ""
    return _("An earlier mail with other content had the same Message-ID.")
