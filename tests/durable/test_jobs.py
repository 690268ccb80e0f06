"""What the desk does by itself: recurring, found again after a restart, and never twice at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from accounts.models import User
from core import claim
from core.models import Heartbeat
from customers.models import Organisation
from helpdesk import jobs
from helpdesk.clockwork import HANDLERS
from outbox.models import OutboxMessage
from outbox.services import put_mail
from promises.models import Promise
from tests.cast import NOW
from tickets.models import Ticket
from timers.models import Job, Timer
from timers.services import Done, fire_due, set_timer

pytestmark = pytest.mark.django_db

State = Timer.State


def _promise(ticket: Ticket) -> Promise:
    return Promise.objects.create(
        ticket=ticket,
        person_id=ticket.requester_id,
        topic="Grinder",
        shape=Promise.Shape.BY,
        zone="Europe/Amsterdam",
        until_wall="2026-11-19T15:00",
        from_at=NOW,
        until_at=NOW + timedelta(hours=1),
        made_by=User.objects.get(name="Amara"),
        made_at=NOW,
        version_at=NOW,
        consent=True,
    )


def test_every_job_is_planned_once_however_often_a_clock_starts() -> None:
    jobs.plan()
    jobs.plan()
    assert set(Job.objects.values_list("name", flat=True)) == set(jobs.JOBS)
    assert Timer.objects.filter(kind="job", state=State.PENDING).count() == len(jobs.JOBS)


def test_a_job_that_died_is_planned_again_when_a_clock_starts() -> None:
    jobs.plan()
    Timer.objects.update(state=State.DEAD)
    jobs.plan()
    assert Timer.objects.filter(state=State.PENDING).count() == len(jobs.JOBS)


def test_a_job_runs_and_plans_its_next_run() -> None:
    jobs.plan()
    assert fire_due(HANDLERS).fired == len(jobs.JOBS)
    job = Job.objects.get(name="promises.reconcile")
    following = Timer.objects.get(kind="job", subject_id=job.pk, state=State.PENDING)
    assert job.last_run_at is not None
    assert following.due_at == job.last_run_at + timedelta(seconds=60)


def test_a_job_the_code_no_longer_has_ends() -> None:
    retired = Job.objects.create(name="gone", every_s=60)
    set_timer("job", retired.pk, due_at=NOW)
    assert jobs.run(retired.pk, NOW) == Done()
    assert jobs.run(0, NOW) == Done()


def test_an_open_promise_without_its_timer_is_found(
    ticket: Ticket, caplog: pytest.LogCaptureFixture
) -> None:
    promise = _promise(ticket)
    assert jobs.reconcile_promises(NOW).found == 1
    assert "no timer" in caplog.text
    set_timer("promise", promise.pk, due_at=promise.until_at)
    assert jobs.reconcile_promises(NOW).found == 0


def test_what_was_found_stands_with_the_job(ticket: Ticket) -> None:
    _promise(ticket)
    jobs.plan()
    fire_due(HANDLERS)
    assert Job.objects.get(name="promises.reconcile").found == 1


def _rename_organisation(ticket: Ticket) -> None:
    Organisation.objects.update(name="Bakkerij Wolf")


def _rename_person(ticket: Ticket) -> None:
    ticket.requester.name = "Marieke"
    ticket.requester.save()


def _make_promise(ticket: Ticket) -> None:
    _promise(ticket)


@pytest.mark.parametrize("change", [_rename_organisation, _rename_person, _make_promise])
def test_copies_that_differ_from_their_source_are_found(
    ticket: Ticket, change: Callable[[Ticket], None]
) -> None:
    assert jobs.compare_copies(NOW).found == 0
    change(ticket)
    assert jobs.compare_copies(NOW).found == 1


def test_what_ended_a_month_ago_is_cleared_and_what_is_dead_stays() -> None:
    old = claim.instant() - timedelta(days=31)
    for subject, state in enumerate([State.CANCELLED, State.DEAD, State.PENDING]):
        Timer.objects.create(kind="a", subject_id=subject, due_at=old, state=state)
    for key, mail_state in (("sent", "cancelled"), ("dead", "dead"), ("new", "cancelled")):
        put_mail(
            key=key, raw=b"x", sender="a@b.example", recipients=["c@d.example"], mailbox_id=None
        )
        OutboxMessage.objects.filter(idem_key=key).update(state=mail_state)
    OutboxMessage.objects.exclude(idem_key="new").update(created_at=old)
    Heartbeat.objects.create(name="worker@gone", beat_at=old)
    jobs.clear_finished(claim.instant())
    assert set(Timer.objects.values_list("state", flat=True)) == {State.DEAD, State.PENDING}
    assert set(OutboxMessage.objects.values_list("idem_key", flat=True)) == {"dead", "new"}
    assert not Heartbeat.objects.exists()


def test_where_there_is_more_to_clear_it_goes_on_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "DELETE_AT_ONCE", 2)
    for number in range(3):
        Session.objects.create(
            session_key=f"old{number}", expire_date=claim.instant() - timedelta(days=1)
        )
    Session.objects.create(session_key="new", expire_date=claim.instant() + timedelta(days=1))
    assert jobs.clear_sessions(claim.instant()).has_more
    assert not jobs.clear_sessions(claim.instant()).has_more
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_guesses_at_passwords_are_kept_for_a_month() -> None:
    for days in (29, 31):
        guess = AccessAttempt.objects.create(
            username=f"{days}@b.example", ip_address="192.0.2.1", failures_since_start=1
        )
        before = claim.instant() - timedelta(days=days)
        AccessAttempt.objects.filter(pk=guess.pk).update(attempt_time=before)
    jobs.clear_sessions(claim.instant())
    assert AccessAttempt.objects.get().username == "29@b.example"
