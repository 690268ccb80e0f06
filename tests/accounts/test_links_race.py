"""One-time links and the last administrator, when several hands reach for them at once."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

import accounts.services
from accounts.access import holders_of
from accounts.models import User
from core import clock
from core.actor import Actor
from core.errors import Refused
from tests.accounts.post import letters, link_in
from tests.cast import actor, member

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """What became of each: done, or the code of its refusal."""
    outcomes: list[str] = []
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        together.wait()
        try:
            act()
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=run, args=[act]) for act in acts]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(timeout=30)
    return sorted(outcomes)


def test_an_invitation_is_accepted_once() -> None:
    boss = member("Tomas", "administrator")
    accounts.services.invite(
        email="petra@kestrel.example",
        name="Petra",
        roles=["agent"],
        actor=actor(boss),
        at=clock.now(),
    )
    token = link_in(letters()[0]).strip("/").split("/")[-1]
    accept = [
        lambda number=number: accounts.services.accept_invitation(
            token, name="Petra", password=f"battery staple {number}", at=clock.now()
        )
        for number in range(6)
    ]
    assert at_once(*accept) == ["done"] + ["link_invalid"] * 5


def test_a_desk_is_set_up_once() -> None:
    token = accounts.services.make_setup_link(at=clock.now()).strip("/").split("/")[-1]
    set_up = [
        lambda number=number: accounts.services.set_up_desk(
            token,
            name="Tomas",
            email=f"tomas{number}@kestrel.example",
            password="battery staple horse",
            desk_name="Kestrel",
            zone="Europe/Berlin",
            at=clock.now(),
        )
        for number in range(4)
    ]
    assert at_once(*set_up) == ["desk_is_set_up"] * 3 + ["done"]
    assert User.objects.count() == 1


def test_two_administrators_cannot_leave_the_desk_without_one() -> None:
    one, other = member("Tomas", "administrator"), member("Petra", "administrator")

    def demote(user: User, by: User) -> Callable[[], object]:
        return lambda: accounts.services.set_roles(
            user.pk, roles=["agent"], actor=Actor.user(by.pk), at=clock.now()
        )

    outcomes = at_once(demote(one, one), demote(other, other))
    assert outcomes == ["done", "last_administrator"]
    assert holders_of("user.manage").count() == 1


def test_two_changes_cannot_close_a_circle() -> None:
    boss = member("Tomas", "administrator")
    one, other = member("Amara", "agent"), member("Jonas", "agent")

    def report(user: User, to: User) -> Callable[[], object]:
        return lambda: accounts.services.set_reports_to(
            user.pk, reports_to_id=to.pk, actor=actor(boss), at=clock.now()
        )

    assert at_once(report(one, other), report(other, one)) == ["circle", "done"]
