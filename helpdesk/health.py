"""Is it ready, is it late: for supervisors, probes and Prometheus.

`/healthz` itself is answered by `helpdesk.asgi`, without Django and without the database. No
answer holds a word of any person or the name of any host.
"""

from collections.abc import Iterator

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from core import claim
from helpdesk import heartbeat

TIMERS_LATE_S = 60

_OLDEST_TIMER = """
    SELECT extract(epoch FROM clock_timestamp() - due_at) FROM timers_timer
    WHERE state = 'pending' ORDER BY due_at, id LIMIT 1
"""
_GAUGES = {
    "helpdesk_oldest_announcement_seconds": (
        "Age of the oldest Event that is not announced yet and was not set aside.",
        "SELECT extract(epoch FROM clock_timestamp() - min(e.recorded_at))"
        " FROM core_announcement a JOIN core_event e ON e.id = a.event_id"
        " WHERE a.next_at < 'infinity'",
    ),
    "helpdesk_announcements_set_aside": (
        "Announcements set aside after 20 failures.",
        "SELECT count(*) FROM core_announcement WHERE next_at = 'infinity'",
    ),
    "helpdesk_oldest_inbound_mail_seconds": (
        "Age of the oldest mail that has not been read yet.",
        "SELECT extract(epoch FROM clock_timestamp() - min(received_at))"
        " FROM intake_inboundmail WHERE state = 'pending'",
    ),
    "helpdesk_quarantined_mails": (
        "Mails that could not be read and wait for a person.",
        "SELECT count(*) FROM intake_inboundmail WHERE state = 'quarantine'",
    ),
    "helpdesk_dead_timers": (
        "Timers given up after 20 failures.",
        "SELECT count(*) FROM timers_timer WHERE state = 'dead'",
    ),
    "helpdesk_dead_mails": (
        "Outgoing mails given up.",
        "SELECT count(*) FROM outbox_outboxmessage WHERE state = 'dead'",
    ),
    "helpdesk_leases_lost_day": (
        "Mails of the last 24 hours that were perhaps sent twice because a lease ran out.",
        "SELECT count(*) FROM core_event WHERE at > now() - interval '24 hours'"
        " AND kind = 'outbox.lease_lost'",
    ),
    "helpdesk_promises_without_timer": (
        "Open promises without exactly one pending timer, at the last count. Must be 0.",
        "SELECT max(found) FROM timers_job WHERE name = 'promises.reconcile'",
    ),
    "helpdesk_stale_ticket_copies": (
        "Unsolved tickets whose queue columns differ from their source, at the last count.",
        "SELECT max(found) FROM timers_job WHERE name = 'tickets.compare_copies'",
    ),
}
_LANES = """
    SELECT lane, extract(epoch FROM clock_timestamp() - min(created_at))
    FROM outbox_outboxmessage WHERE state = 'pending' AND next_at <= clock_timestamp()
    GROUP BY lane ORDER BY lane
"""


@require_safe
def timers(request: HttpRequest) -> HttpResponse:
    """503 when something pending has been due for more than a minute: the clock's own alarm
    cannot tell that there is no clock."""
    late = _first(_OLDEST_TIMER)
    if late is None:
        return _text("database unreachable", status=503)
    if late > TIMERS_LATE_S:
        return _text(f"oldest timer is {late:.0f} s late", status=503)
    return _text("ok")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the desk does its work: 503 without the database or while no clock beats.

    Without a clock no promise is kept and no mail leaves. A broker that is gone is only told:
    the clock fires and delivers without it.
    """
    try:
        clock, broker = _age("clock"), _age("broker")
    except Error:
        return JsonResponse({"ready": False, "database": "unreachable"}, status=503)
    is_ready = clock is not None and clock <= heartbeat.SILENT_AFTER.total_seconds()
    state = {
        "ready": is_ready,
        "database": "ok",
        "clock_beat_s": clock,
        "broker_bell_s": broker,
        "worker_beat_s": _age("worker"),
    }
    return JsonResponse(state, status=200 if is_ready else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures of the durable work, read from the database at each call."""
    registry = CollectorRegistry()
    registry.register(_Figures())
    try:
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    except Error:
        return _text("database unreachable", status=503)


class _Figures(Collector):
    """The gauges of one call."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        late = max(_number(_OLDEST_TIMER), 0.0)
        yield _gauge("helpdesk_oldest_timer_seconds", "How late the oldest pending timer is.", late)
        for name, (meaning, statement) in _GAUGES.items():
            yield _gauge(name, meaning, _number(statement))
        lanes = GaugeMetricFamily(
            "helpdesk_outbox_age_seconds",
            "Age of the oldest mail of each lane that is ready to leave.",
            labels=["lane"],
        )
        for lane, age in _rows(_LANES):
            lanes.add_metric([str(lane)], float(str(age)))
        yield lanes
        beats = GaugeMetricFamily(
            "helpdesk_beat_age_seconds", "Seconds since the last sign of life.", labels=["process"]
        )
        for kind in ("clock", "worker", "broker"):
            age_s = _age(kind)
            if age_s is not None:
                beats.add_metric([kind], age_s)
        yield beats

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: asking would read the database once more at registration."""
        return []


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _age(kind: str) -> float | None:
    at = heartbeat.last_beat(kind)
    return None if at is None else round((claim.instant() - at).total_seconds(), 1)


def _rows(statement: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found: list[tuple[object, ...]] = cursor.fetchall()
    return found


def _number(statement: str) -> float:
    """The one number the statement finds; 0 if it finds nothing."""
    rows = _rows(statement)
    return float(str(rows[0][0])) if rows and rows[0][0] is not None else 0.0


def _first(statement: str) -> float | None:
    """As `_number`, or None if the database does not answer."""
    try:
        return _number(statement)
    except Error:
        return None


def _text(words: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{words}\n", content_type="text/plain; charset=utf-8", status=status)
