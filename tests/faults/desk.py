"""A whole desk of real processes to be killed, and the account of what its promises became."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.db import Error, connection
from psycopg2.extensions import parse_dsn

from accounts.models import Role, User
from core import claim
from core.models import Event
from customers.models import Person
from helpdesk.launch import processes
from helpdesk.launch.places import CHECKOUT
from helpdesk.launch.servers import Servers
from helpdesk.launch.waiting import holds_within
from promises.models import Promise
from promises.rules import LATENESS
from tests.durable.bells import bells_to
from tickets.models import Ticket
from timers.models import Timer
from timers.services import set_timer

PATIENCE_S = 60.0
ODD = ("naive", "deadly")


@dataclass(frozen=True, slots=True)
class Account:
    """What became of promises whose time has passed: how many were told of never, or twice."""

    made: int
    lost: int
    doubled: int
    without_next_step: int


@contextmanager
def database_of(servers: Servers) -> Iterator[None]:
    """Within the block the models read and write the database of these servers."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    before = dict(connection.settings_dict)
    dsn = parse_dsn(servers.environment["DATABASE_URL"])
    connection.close()
    connection.settings_dict.update({ours: dsn.get(theirs, "") for ours, theirs in names.items()})
    connection.settings_dict["PORT"] = dsn.get("port", "")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


class Desk:
    """Workers and clocks on these servers, in processes of their own."""

    def __init__(self, servers: Servers) -> None:
        self.servers = servers
        self._odd: dict[str, subprocess.Popen[bytes]] = {}
        self._made: set[int] = set()

    # ---- promises

    def promise(self, count: int, *, first_s: float, last_s: float) -> list[int]:
        """So many promises end at even distances from now on; before now means overdue.

        Their ids, in the order of their ends.
        """
        now = claim.instant()
        owner = User.objects.filter(name="Amara").first() or _agent()
        person = Person.objects.filter(name="Marieke").first() or Person.objects.create(
            name="Marieke", zone="Europe/Amsterdam"
        )
        made = []
        for number in range(count):
            share = number / max(count - 1, 1)
            until = now + timedelta(seconds=first_s + (last_s - first_s) * share)
            made.append(_promise(owner, person, until, made_at=min(now, until) - timedelta(1)))
        self._made.update(made)
        return made

    def told(self) -> Counter[int]:
        """How often it was recorded, promise by promise, that its time has passed.

        What was overdue for long when the clocks came back is told of by the more serious step.
        """
        events = Event.objects.filter(kind="promise.reminded", data__step__in=LATENESS)
        return Counter(
            subject
            for subject in events.values_list("subject_id", flat=True)
            if subject in self._made
        )

    def account(self) -> Account:
        told = self.told()
        pending = Timer.objects.filter(kind="promise", state=Timer.State.PENDING)
        planned = Counter(pending.values_list("subject_id", flat=True))
        return Account(
            made=len(self._made),
            lost=len(self._made - set(told)),
            doubled=sum(times > 1 for times in told.values()),
            without_next_step=sum(planned[promise] != 1 for promise in self._made),
        )

    def wait_until_told(self, count: int) -> None:
        """So many have been told of, or there is nothing left that could be."""
        assert holds_within(PATIENCE_S, lambda: self._is_told(count)), self.account()

    def _is_told(self, count: int) -> bool:
        try:
            return len(self.told()) >= count or not self._waits()
        except Error:
            # The server is being killed just now; a new connection finds the next one.
            connection.close()
            return False

    def _waits(self) -> bool:
        soon = claim.instant() + timedelta(minutes=1)
        return Timer.objects.filter(
            kind="promise", subject_id__in=self._made, state="pending", due_at__lt=soon
        ).exists()

    # ---- processes

    def start(self, label: str) -> None:
        """`worker`, `clock` or `clock-2`; `naive-...` or `deadly-...` for one of `odd`."""
        kind, _dash, name = label.partition("-")
        if kind not in ODD:
            self.servers.start(kind, label)
            return
        with self.servers.places.log_file(label).open("ab") as log:
            self._odd[label] = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "tests.faults.odd", kind, name],
                env={**self.servers.environment, "HELPDESK_PROCESS": name},
                cwd=CHECKOUT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self, *labels: str) -> None:
        """SIGKILL to each with its children."""
        for label in labels:
            child = self._odd.pop(label, None)
            if child is None:
                self.servers.kill(label)
            else:
                processes.send(processes.group_of(child.pid), signal.SIGKILL)
                child.wait()

    def restart(self, *labels: str) -> None:
        """Killed and started again."""
        self.kill(*labels)
        for label in labels:
            self.start(label)

    def flush_redis(self) -> None:
        client = redis.Redis.from_url(self.servers.environment["REDIS_URL"])
        client.flushall()
        client.close()

    def restart_server(self, name: str) -> None:
        """PostgreSQL or Redis, killed and answering again."""
        self.servers.kill(name)
        self.start_server(name)

    def start_server(self, name: str) -> None:
        self.servers.start(name)
        self.servers.wait_ready(name)

    @contextmanager
    def ringing(self, name: str) -> Iterator[None]:
        """This bell is rung again and again, from a thread of this process."""
        over = threading.Event()

        def ask() -> None:
            while not over.wait(0.2):
                ring.ask(name)

        with bells_to(self.servers.environment["REDIS_URL"]) as ring:
            asking = threading.Thread(target=ask)
            asking.start()
            yield
            over.set()
            asking.join()

    def close(self) -> None:
        """All workers and clocks have ended."""
        self.kill(*self._odd)
        for label in ("clock-2", "clock", "worker"):
            if self.servers.is_running(label):
                self.servers.stop(label)


def migrate(servers: Servers) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        env={**servers.environment, "HELPDESK_PROCESS": "migrate"},
        cwd=CHECKOUT,
        check=True,
    )


def _agent() -> User:
    amara = User.objects.create_user(f"amara{os.getpid()}@kestrel.example", name="Amara")
    amara.roles.set(Role.objects.filter(slug="agent"))
    return amara


def _promise(owner: User, person: Person, until: datetime, made_at: datetime) -> int:
    ticket = Ticket.objects.create(
        subject="Grinder jams",
        status=Ticket.Status.OPEN,
        channel=Ticket.Channel.EMAIL,
        requester=person,
        assignee=owner,
        opened_at=made_at,
        last_event_at=made_at,
    )
    promise = Promise.objects.create(
        ticket=ticket,
        person=person,
        topic="Call about the grinder",
        shape=Promise.Shape.BY,
        zone="Europe/Amsterdam",
        until_wall=until.isoformat()[:16],
        from_at=made_at,
        until_at=until,
        owner=owner,
        made_by=owner,
        made_at=made_at,
        # Only what follows the end is to fire, so nothing before it counts for this version.
        version_at=until - timedelta(milliseconds=1),
        consent=True,
    )
    set_timer("promise", promise.pk, due_at=until)
    return promise.pk
