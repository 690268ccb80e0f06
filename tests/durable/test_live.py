"""Open pages hear that something changed: those who may know of it, and only that it did."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from accounts.models import Team, User
from core.actor import Actor
from core.notify import hint
from customers.models import Person
from helpdesk import live
from helpdesk.announce import run_pending
from helpdesk.launch.waiting import holds_within
from helpdesk.router import Router
from tests.durable.website import Website, cookie_of, website
from tickets import events
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 19, 14, 0, tzinfo=UTC)


async def _no_pages(scope: object, receive: object, send: object) -> None:
    raise AssertionError("only the streams are asked")


@pytest.fixture
def site() -> Iterator[Website]:
    with website(Router(live.application(), _no_pages)) as running:
        yield running


def _changed(ticket: Ticket) -> int:
    event = events.record(ticket, events.Kind.NOTED, actor=Actor.system(), at=AT)
    run_pending()
    version = event.data["v"]
    assert isinstance(version, int)
    return version


def test_a_change_is_told_by_key_and_version(site: Website, agent: User, ticket: Ticket) -> None:
    stream = site.stream(cookie_of(agent))
    assert stream.block()[""] == "open"
    version = _changed(ticket)
    assert stream.hint() == {"k": "ticket", "id": ticket.pk, "v": version}
    stream.close()


def test_a_private_teams_ticket_is_told_to_its_members_only(
    site: Website, agent: User, outsider: User, ticket: Ticket, customer: Person
) -> None:
    Team.objects.filter(slug="technical").update(private=True)
    other = Ticket.objects.create(
        subject="Open to all", channel="email", requester=customer, opened_at=AT, last_event_at=AT
    )
    member, stranger = site.stream(cookie_of(agent)), site.stream(cookie_of(outsider))
    for stream in (member, stranger):
        stream.block()
    _changed(ticket)
    _changed(other)
    assert [member.hint()["id"], member.hint()["id"]] == [ticket.pk, other.pk]
    assert stranger.hint()["id"] == other.pk
    member.close()
    stranger.close()


def test_a_notice_is_told_to_its_reader_only(site: Website, agent: User, colleague: User) -> None:
    mine, his = site.stream(cookie_of(agent)), site.stream(cookie_of(colleague))
    for stream in (mine, his):
        stream.block()
    hint("notification", 11, 1, user_id=agent.pk)
    hint("queue", 1, 2)
    assert [mine.hint()["k"], mine.hint()["k"]] == ["notification", "queue"]
    assert his.hint()["k"] == "queue"
    mine.close()
    his.close()


def test_who_comes_back_gets_what_he_missed(site: Website, agent: User, ticket: Ticket) -> None:
    cookie = cookie_of(agent)
    first = site.stream(cookie)
    known = first.block()["id"]
    first.close()
    keeps_line = site.stream(cookie)
    keeps_line.block()
    version = _changed(ticket)
    keeps_line.block()
    again = site.stream(cookie, Last_Event_ID=known)
    again.block()
    assert again.hint()["v"] == version
    again.close()
    keeps_line.close()


@pytest.mark.parametrize("last_id", ["another-7", "nonsense", "7", "-", "x" * 3000])
def test_an_unknown_last_id_means_look_again(site: Website, agent: User, last_id: str) -> None:
    stream = site.stream(cookie_of(agent), Last_Event_ID=last_id)
    stream.block()
    assert stream.block()["event"] == "resync"
    stream.close()


def test_a_broken_line_means_look_again(site: Website, agent: User, ticket: Ticket) -> None:
    stream = site.stream(cookie_of(agent))
    stream.block()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'LISTEN \"live\"'"
        )
    assert stream.block()["event"] == "resync"
    version = _changed(ticket)
    assert stream.hint()["v"] == version
    stream.close()


def test_a_quiet_stream_beats(site: Website, agent: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT_S", 0.1)
    stream = site.stream(cookie_of(agent))
    stream.block()
    assert stream.block() == {"": "beat"}
    stream.close()


def test_who_signs_out_elsewhere_hears_no_more(
    site: Website, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT_S", 0.1)
    monkeypatch.setattr(live, "CHECK_S", 0.0)
    stream = site.stream(cookie_of(agent))
    stream.block()
    Session.objects.all().delete()
    assert holds_within(5, stream.ended)
    stream.close()


def test_nobody_without_a_session_gets_a_stream(site: Website) -> None:
    assert site.get("/live/")[0] == 401
    assert site.get("/live/", Cookie="sid=of-somebody-else")[0] == 401


def test_a_user_without_a_role_gets_no_stream(site: Website, agent: User) -> None:
    cookie = cookie_of(agent)
    agent.roles.clear()
    assert site.get("/live/", Cookie=cookie)[0] == 401


def test_a_deactivated_user_gets_no_stream(site: Website, agent: User) -> None:
    cookie = cookie_of(agent)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    assert site.get("/live/", Cookie=cookie)[0] == 401


def test_a_fifth_stream_is_refused_until_one_ends(site: Website, agent: User) -> None:
    cookie = cookie_of(agent)
    streams = [site.stream(cookie) for _each in range(4)]
    for stream in streams:
        stream.block()
    status, headers, _body = site.get("/live/", Cookie=cookie)
    assert (status, headers["retry-after"]) == (429, "30")
    streams.pop().close()

    def is_free() -> bool:
        stream = site.stream(cookie)
        stream.close()
        return stream.response.status == 200

    assert holds_within(5, is_free)
    for stream in streams:
        stream.close()


def test_every_answer_carries_the_one_content_policy(site: Website, agent: User) -> None:
    stream = site.stream(cookie_of(agent))
    answers = [dict(stream.response.getheaders()), site.get("/live/")[1]]
    stream.close()
    for headers in answers:
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "private, no-store"


def test_a_foreign_host_is_refused(site: Website) -> None:
    assert site.get("/live/", Host="evil.example")[0] == 400
