"""Every address times every kind of visitor: who gets in, who is refused, what reading changes.

The addresses come from the resolver, so a new one without a line fails here.
"""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from accounts.models import Team, User
from core import clock
from customers.models import Person
from tests.promises.stories import promised
from tests.rights import accounts, helpdesk, ticket_pages, tickets
from tests.rights.line import VISITORS, Line, Stage
from tickets.models import Ticket
from timers.models import Timer

pytestmark = pytest.mark.django_db

LINES: tuple[Line, ...] = accounts.LINES + helpdesk.LINES + ticket_pages.LINES + tickets.LINES
# What a visit may leave behind: the session's own row, counters of limits.
LEFT_BY_VISITS = {"django_session", "core_cache", "axes_accessattempt"}


@pytest.fixture
def stage(
    agent: User,
    supervisor: User,
    manager: User,
    administrator: User,
    team: Team,
    customer: Person,
    ticket: Ticket,
) -> Stage:
    cache.clear()
    promise = promised(ticket, agent)
    Timer.objects.update(due_at=clock.now() + timedelta(days=1))
    nobody = User.objects.create_user("nobody@kestrel.example", "correct horse", name="Nobody")
    return Stage(
        agent=agent,
        supervisor=supervisor,
        manager=manager,
        administrator=administrator,
        nobody=nobody,
        team=team,
        customer=customer,
        ticket=ticket,
        promise=promise,
    )


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """The routes of the resolver, as they are written."""
    for entry in patterns:
        assert isinstance(entry.pattern, RoutePattern), (
            f"{entry.pattern}: write path(), not a regex"
        )
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route)
        else:
            yield route


def visitor(kind: str, stage: Stage, *, careful: bool = False) -> Client:
    client = Client(enforce_csrf_checks=careful)
    if kind != "anonymous":
        client.force_login(getattr(stage, kind))
    return client


def address(line: Line, stage: Stage) -> str:
    """The line's route with real values in it."""
    path = line.route
    for name, value in line.about(stage).items():
        for shape in (f"<{name}>", f"<int:{name}>", f"<str:{name}>", f"<slug:{name}>"):
            path = path.replace(shape, str(value))
    assert "<" not in path, f"{line.route}: its line names no value for a part"
    return f"/{path}"


def digest() -> str:
    """What the database holds, but for what a visit may leave behind."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - LEFT_BY_VISITS)
        seen = hashlib.sha256()
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {table} t"  # noqa: S608 - names of our tables
            )
            seen.update(f"{table} {cursor.fetchone()[0]}\n".encode())
    return seen.hexdigest()


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    known = {line.route for line in LINES}
    assert len(known) == len(LINES), "an address has two lines"
    assert set(routes(get_resolver().url_patterns)) == known


def looked_at(client: Client, path: str) -> int:
    """The status; a download is read to its end, so that its file is closed."""
    answer = client.get(path)
    if answer.streaming:
        b"".join(answer)
    return answer.status_code


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.route or "/")
def test_reading_is_answered_by_the_matrix_and_changes_nothing(line: Line, stage: Stage) -> None:
    path = address(line, stage)
    visitors = {kind: visitor(kind, stage) for kind in VISITORS}
    before = digest()
    answers = {kind: looked_at(client, path) for kind, client in visitors.items()}
    visitors["agent"].head(path)
    assert answers == {kind: line.expected("get", kind) for kind in VISITORS}
    assert digest() == before


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.route or "/")
def test_sending_is_answered_by_the_matrix(line: Line, stage: Stage) -> None:
    path = address(line, stage)
    answers = {}
    for kind in VISITORS:
        before = transaction.savepoint()
        answers[kind] = visitor(kind, stage).post(path).status_code
        transaction.savepoint_rollback(before)  # the next one finds everything as it was
    assert answers == {kind: line.expected("post", kind) for kind in VISITORS}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.route or "/")
def test_only_a_post_with_the_token_of_this_site_changes_anything(line: Line, stage: Stage) -> None:
    path = address(line, stage)
    careful = visitor("administrator", stage, careful=True)
    before = digest()
    answer = careful.post(path)
    assert line.exempt or answer.status_code in (302, 403, 405)
    for method in ("put", "patch", "delete", "trace", "options"):
        assert getattr(careful, method)(path).status_code < 500
    assert digest() == before
