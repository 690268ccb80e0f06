"""Put the fictional company into an empty desk: its people, its hours, its mailbox."""

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from PIL import Image, ImageDraw, ImageFont

import mailboxes.services
from accounts.models import MailboxTeam, Role, Team, User
from calendars.models import Calendar
from core import desk
from core.models import Desk
from customers.models import Organisation, Person, PersonAddress, PersonPhone
from helpdesk.demo.people import CUSTOMERS, LEADS, MEMBERS, TEAMS
from helpdesk.demo.script import Customer, Member

PASSWORD = "demo-demo-demo"  # noqa: S105 - printed at every start of the demo
ADDRESS = "service@kestrel.example"
ZONE = "Europe/Amsterdam"


@dataclass(frozen=True)
class Company:
    """The rows of the people by the names the stories use."""

    users: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    mailbox_id: int = 0


def found(at: datetime) -> Company:
    """The company exists, with nothing having happened in it yet."""
    Desk.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Kestrel",
            "zone": ZONE,
            "is_demo": True,
            "hours_set_at": at,
            "mail_set_at": at,
        },
    )
    desk.forget()
    calendar = Calendar.objects.filter(is_default=True).first()
    teams = {
        key: Team.objects.create(name=name, slug=key, calendar=calendar)
        for key, name in TEAMS.items()
    }
    users: dict[str, User] = {}
    password = make_password(PASSWORD)
    for member in MEMBERS:
        users[member.key] = _hire(member, users, teams, password, calendar)
    for key, lead in LEADS.items():
        Team.objects.filter(pk=teams[key].pk).update(lead=users[lead])
    mailbox = mailboxes.services.active()
    mailbox.name, mailbox.address, mailbox.is_demo = "Kestrel Service", ADDRESS, True
    mailbox.save(update_fields=["name", "address", "is_demo"])
    MailboxTeam.objects.create(mailbox=mailbox, team=teams["technical"])
    return Company(
        users=users,
        teams=teams,
        people={customer.key: _meet(customer, at) for customer in CUSTOMERS},
        mailbox_id=mailbox.pk,
    )


def _hire(
    member: Member,
    users: dict[str, User],
    teams: dict[str, Team],
    password: str,
    calendar: Calendar | None,
) -> User:
    user = User.objects.create(
        email=member.address,
        name=member.name,
        password=password,
        zone=ZONE,
        locale=member.locale,
        calendar=calendar,
        reports_to=users.get(member.reports_to),
    )
    user.roles.set(Role.objects.filter(slug__in=member.roles))
    user.teams.set(teams[key] for key in member.teams)
    return user


def _meet(customer: Customer, at: datetime) -> Person:
    since = at - timedelta(days=customer.since)
    organisation, _made = Organisation.objects.get_or_create(
        name=customer.organisation, defaults={"zone": customer.zone, "created_at": since}
    )
    person = Person.objects.create(
        created_at=since,
        name=customer.name,
        organisation=organisation,
        zone=customer.zone,
        locale=customer.locale,
    )
    PersonAddress.objects.create(person=person, address=customer.address, is_primary=True)
    PersonPhone.objects.create(person=person, number=customer.phone, is_primary=True)
    return person


def local_day_and_time(instant: datetime, zone: str) -> tuple[str, str]:
    """An instant as the promise form wants it: date and time of day on the customer's clock."""
    local = instant.astimezone(ZoneInfo(zone))
    return local.strftime("%Y-%m-%d"), local.strftime("%H:%M")


def sample_file(name: str) -> tuple[bytes, str]:
    """The bytes and the type of a file the customers attach; pictures are drawn here."""
    if name.endswith(".txt"):
        text = "Invoice 2026-1183\nDelivery note 88213, 3 November\n12 kg Espresso Nord  222.00\n"
        return text.encode(), "text/plain"
    picture = Image.new("RGB", (640, 400), "#1d2b2f")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle(
        (60, 60, 580, 340), radius=24, fill="#26393e", outline="#7ea6a0", width=4
    )
    words = {"display-e14.png": "E14", "plas.png": "H2O", "tropfschale.png": "GX-2"}
    font = ImageFont.load_default(size=120)
    draw.text((320, 200), words.get(name, "?"), fill="#ffb454", font=font, anchor="mm")
    stored = io.BytesIO()
    picture.save(stored, "PNG")
    return stored.getvalue(), "image/png"
