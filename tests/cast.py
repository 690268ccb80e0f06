"""The cast of every story: the same few people, by name."""

from datetime import UTC, datetime

import pytest

from accounts.models import Role, Team, User
from core.actor import Actor
from customers.models import Organisation, Person, PersonAddress, PersonPhone
from tickets.models import Message, Ticket

# A Thursday, 14:00 in Amsterdam.
NOW = datetime(2026, 11, 19, 13, 0, tzinfo=UTC)


def member(name: str, *roles: str, team: Team | None = None, **fields: object) -> User:
    """A member of staff with these roles, in this team."""
    user = User.objects.create_user(f"{name.lower()}@kestrel.example", "correct horse", name=name)
    for field, value in fields.items():
        setattr(user, field, value)
    user.save()
    user.roles.set(Role.objects.filter(slug__in=roles))
    if team:
        team.members.add(user)
    return user


def actor(user: User) -> Actor:
    """The user as the actor of a verb."""
    return Actor.user(user.pk)


@pytest.fixture
def team(db: None) -> Team:
    """Technical, led by Sofie."""
    return Team.objects.create(name="Technical", slug="technical")


@pytest.fixture
def supervisor(team: Team) -> User:
    """Sofie, who leads the team."""
    sofie = member("Sofie", "supervisor", team=team)
    team.lead = sofie
    team.save(update_fields=["lead"])
    return sofie


@pytest.fixture
def manager(db: None) -> User:
    """Elif, to whom Sofie reports."""
    return member("Elif", "manager")


@pytest.fixture
def administrator(db: None) -> User:
    """Tomas, who sets the desk up."""
    return member("Tomas", "administrator")


@pytest.fixture
def agent(team: Team, supervisor: User) -> User:
    """Amara, an agent in the team."""
    return member("Amara", "agent", team=team, reports_to=supervisor)


@pytest.fixture
def colleague(team: Team, supervisor: User) -> User:
    """Jonas, another agent in the team."""
    return member("Jonas", "agent", team=team, reports_to=supervisor)


@pytest.fixture
def outsider(db: None) -> User:
    """Priya, an agent of another team."""
    other = Team.objects.create(name="Billing", slug="billing")
    return member("Priya", "agent", team=other)


@pytest.fixture
def customer(db: None) -> Person:
    """Marieke of Bakkerij de Wolf."""
    bakery = Organisation.objects.create(name="Bakkerij de Wolf", zone="Europe/Amsterdam")
    marieke = Person.objects.create(
        name="Marieke de Wolf", organisation=bakery, zone="Europe/Amsterdam", locale="nl"
    )
    PersonAddress.objects.create(
        person=marieke, address="marieke@bakkerijdewolf.example", is_primary=True
    )
    PersonPhone.objects.create(person=marieke, number="+31205550142", is_primary=True)
    return marieke


@pytest.fixture
def ticket(team: Team, agent: User, customer: Person) -> Ticket:
    """Marieke's grinder jams; Amara has it, it is open and has one message."""
    made = Ticket.objects.create(
        subject="Grinder jams, opening on Saturday",
        status=Ticket.Status.OPEN,
        channel=Ticket.Channel.EMAIL,
        requester=customer,
        organisation=customer.organisation,
        team=team,
        assignee=agent,
        opened_at=NOW,
        last_event_at=NOW,
        last_customer_message_at=NOW,
        requester_name="Marieke de Wolf",
        organisation_name="Bakkerij de Wolf",
    )
    Message.objects.create(
        ticket=made,
        kind=Message.Kind.REPLY,
        direction=Message.Direction.IN,
        channel="email",
        author_kind=Message.AuthorKind.CUSTOMER,
        author_id=customer.pk,
        author_name="Marieke de Wolf",
        author_address="marieke@bakkerijdewolf.example",
        at=NOW,
        subject=made.subject,
        body_html="<p>Since yesterday the grinder stops.</p>",
        body_text="Since yesterday the grinder stops.",
        new_part_text="Since yesterday the grinder stops.",
        new_part_html="<p>Since yesterday the grinder stops.</p>",
        rfc_message_id="<first@bakkerijdewolf.example>",
    )
    return made
