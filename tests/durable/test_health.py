"""Probes and Prometheus learn how the durable work fares."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from core import claim
from core.models import Event, Heartbeat
from helpdesk import heartbeat
from helpdesk.router import Router
from outbox.models import OutboxMessage
from outbox.services import put_mail
from tests.durable.website import Website, website
from timers.models import Timer
from timers.services import set_timer

pytestmark = pytest.mark.django_db

client = Client()


def _ago(**time: float) -> datetime:
    return claim.instant() - timedelta(**time)


def _timer(due_at: datetime, **fields: Any) -> None:
    Timer.objects.create(kind="a", subject_id=Timer.objects.count(), due_at=due_at, **fields)


# ---- timers


def test_nothing_late_is_well() -> None:
    _timer(_ago(seconds=50))
    assert client.get("/healthz/timers").status_code == 200


def test_a_timer_that_stands_for_a_minute_is_an_alarm() -> None:
    _timer(_ago(seconds=70))
    response = client.get("/healthz/timers")
    assert response.status_code == 503
    assert response.content.startswith(b"oldest timer is 70 s late")


def test_what_has_fired_is_not_late() -> None:
    _timer(_ago(days=1), state="fired", fired_at=_ago(days=1))
    assert client.get("/healthz/timers").status_code == 200


# ---- ready


def test_without_a_beat_of_the_clock_the_desk_is_not_ready() -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()["clock_beat_s"]) == (503, None)


def test_with_a_beating_clock_it_is_ready_even_without_a_broker() -> None:
    heartbeat.beat_clock()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["broker_bell_s"] is None


def test_a_clock_that_beat_two_minutes_ago_is_not_running() -> None:
    heartbeat.beat_clock()
    Heartbeat.objects.update(beat_at=_ago(minutes=2))
    assert client.get("/readyz").status_code == 503


# ---- down-time


def test_more_than_ten_minutes_without_a_clock_are_recorded() -> None:
    heartbeat.beat_clock()
    Heartbeat.objects.update(beat_at=_ago(minutes=25))
    heartbeat.beat_clock()
    (found,) = heartbeat.down_times()
    assert timedelta(minutes=25) <= found.ended_at - found.began_at < timedelta(minutes=26)
    assert Event.objects.get(kind="desk.down_time").data["seconds"] // 60 == 25


def test_a_short_gap_and_a_first_start_are_no_down_time() -> None:
    heartbeat.beat_clock()
    Heartbeat.objects.update(beat_at=_ago(minutes=9))
    heartbeat.beat_clock()
    assert heartbeat.down_times() == []


def test_another_hosts_clock_bridges_the_gap() -> None:
    Heartbeat.objects.create(name="clock@elsewhere", beat_at=_ago(seconds=3))
    heartbeat.beat_clock()
    Heartbeat.objects.exclude(name="clock@elsewhere").update(beat_at=_ago(minutes=25))
    heartbeat.beat_clock()
    assert heartbeat.down_times() == []


# ---- figures


def _figures() -> dict[str, float]:
    lines = client.get("/metrics").content.decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _blank, value in pairs}


def test_figures_tell_what_is_late_and_dead() -> None:
    set_timer("b", 1, due_at=_ago(seconds=100))
    _timer(_ago(hours=1), state="dead")
    put_mail(key="k", raw=b"x", sender="a@b.example", recipients=["c@d.example"], mailbox_id=None)
    OutboxMessage.objects.update(created_at=_ago(seconds=30))
    heartbeat.beat_clock()
    found = _figures()
    assert 99 <= found["helpdesk_oldest_timer_seconds"] <= 110
    assert found["helpdesk_dead_timers"] == 1
    assert 29 <= found['helpdesk_outbox_age_seconds{lane="system"}'] <= 40
    assert found['helpdesk_beat_age_seconds{process="clock"}'] < 5
    assert found["helpdesk_promises_without_timer"] == 0


def test_figures_of_an_empty_desk_are_nought() -> None:
    found = _figures()
    assert found["helpdesk_oldest_timer_seconds"] == 0
    assert found["helpdesk_leases_lost_day"] == 0


# ---- what the web process answers by itself


async def _no_streams(scope: Any, receive: Any, send: Any) -> None:
    """Answers the start and the end of the process only."""
    while scope["type"] == "lifespan":
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _pages(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a page"})


@pytest.fixture
def site() -> Iterator[Website]:
    with website(Router(_no_streams, _pages)) as running:
        yield running


def test_the_process_tells_that_it_lives_without_asking_anybody(site: Website) -> None:
    status, headers, body = site.get("/healthz")
    assert (status, body, headers["x-content-type-options"]) == (200, b"ok\n", "nosniff")


def test_a_body_of_unknown_length_is_refused(site: Website) -> None:
    status, headers, body = site.get("/login/", Transfer_Encoding="chunked")
    assert (status, headers["connection"], b"Content-Length" in body) == (411, "close", True)
    assert site.get("/login/", Content_Length="0")[2] == b"a page"


def test_a_content_report_is_taken() -> None:
    response = client.post("/csp", b'{"csp-report": {}}', content_type="application/csp-report")
    assert response.status_code == 204


def test_the_clock_can_be_named_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        call_command("clock", "--help")
    assert "rings workers" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/readyz", "/healthz/timers", "/metrics", "/login/", "/home/"])
def test_while_the_database_does_not_answer_every_page_says_come_back(path: str) -> None:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "nowhere"
    try:
        response = Client(raise_request_exception=False).get(path)
    finally:
        connection.settings_dict["NAME"] = before
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "default-src 'none'" in response["Content-Security-Policy"]
