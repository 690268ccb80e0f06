"""Colleagues and teams by id, for names and menus: one statement, remembered for five seconds."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from accounts.models import Role, Team, User
from core.actor import Actor

_KEEP_S = 5.0
_WORKS = "ticket.reply"
_cache: dict[str, tuple[float, "Directory"]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff; `works` means he may be given tickets."""

    id: int
    name: str
    works: bool


@dataclass(frozen=True, slots=True)
class TeamEntry:
    """A team, its members' ids, and whether it still takes tickets."""

    id: int
    slug: str
    name: str
    private: bool
    active: bool
    members: frozenset[int]


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody who ever worked here, and every team."""

    people: Mapping[int, Colleague]
    teams: Mapping[int, TeamEntry]

    def name_of(self, user_id: int | None) -> str:
        """The colleague's name, or nothing if there is none."""
        found = self.people.get(user_id) if user_id else None
        return found.name if found else ""

    def team_name(self, team_id: int | None) -> str:
        """The team's name, or nothing if there is none."""
        found = self.teams.get(team_id) if team_id else None
        return found.name if found else ""

    def workers(self) -> list[Colleague]:
        """Who may be given tickets, by name."""
        return sorted((one for one in self.people.values() if one.works), key=lambda one: one.name)

    def teams_for(self, actor: Actor, *, sees_all: bool = False) -> list[TeamEntry]:
        """Teams in use that the actor may know of, by name: private ones for members only."""
        known = (
            team
            for team in self.teams.values()
            if team.active and (not team.private or sees_all or actor.id in team.members)
        )
        return sorted(known, key=lambda team: team.name)


def directory() -> Directory:
    """The directory, at most five seconds old."""
    with _lock:
        found = _cache.get("directory")
        if found and time.monotonic() - found[0] < _KEEP_S:
            return found[1]
    fresh = _read()
    with _lock:
        _cache["directory"] = (time.monotonic(), fresh)
    return fresh


def forget() -> None:
    """Read it again at the next call."""
    with _lock:
        _cache.clear()


def _read() -> Directory:
    people: dict[int, Colleague] = {}
    teams: dict[int, TeamEntry] = {}
    for kind, pk, slug, name, flag, active, members in _users().union(_teams(), all=True):
        if kind == "user":
            people[pk] = Colleague(pk, name, works=flag and active)
        else:
            teams[pk] = TeamEntry(
                pk, slug, name, private=flag, active=active, members=frozenset(members)
            )
    return Directory(people, teams)


def _users() -> QuerySet[User, tuple[Any, ...]]:
    works = Role.objects.filter(users=OuterRef("pk"), rights__contains=[_WORKS])
    nobody: list[int] = []
    return User.objects.values_list(
        Value("user", output_field=CharField()),
        "pk",
        Value("", output_field=CharField()),
        "name",
        Exists(works),
        "is_active",
        Value(nobody, output_field=ArrayField(BigIntegerField())),
    )


def _teams() -> QuerySet[Team, tuple[Any, ...]]:
    members = Team.members.through.objects.filter(team_id=OuterRef("pk")).values("user_id")
    return Team.objects.values_list(
        Value("team", output_field=CharField()),
        "pk",
        "slug",
        "name",
        "private",
        ExpressionWrapper(Q(archived_at__isnull=True), output_field=BooleanField()),
        ArraySubquery(members),
    )
