"""Who hears of a promise, by which way, and until when: the table of ux 11 and domain 3.3."""

import base64
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from accounts.models import Team, User
from core.models import Event
from helpdesk import announce
from mailboxes.models import Mailbox
from notifications.models import Notification
from notifications.rendering import words
from notifications.services import name_of, reading_as
from outbox.models import OutboxMessage
from promises import services
from promises.events import Kind
from promises.models import Promise
from promises.services import promise_notices
from tests.cast import NOW, actor
from tests.promises.stories import MINUTE, THREE, call, draft, promised
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

GRACE_ENDS = datetime.fromisoformat("2026-11-20T16:00+00:00")


def tell() -> None:
    """What was recorded is announced to the consumer that tells staff, once more each time."""
    for event in Event.objects.filter(subject_kind="promise").order_by("id"):
        promise_notices(event)


def fire(promise: Promise, at: datetime) -> None:
    services.fire_promise(promise.pk, at)
    promise_notices(Event.objects.filter(subject_kind="promise").latest("id"))


def heard(user: User) -> list[str]:
    live = Notification.objects.filter(user=user, settled_at__isnull=True)
    return list(live.order_by("id").values_list("kind", flat=True))


def mails(user: User) -> list[str]:
    """Subjects of the mails that will leave for the user."""
    rows = OutboxMessage.objects.order_by("id")
    return [str(_parsed(row)["Subject"]) for row in rows if user.email in row.payload["recipients"]]


def _parsed(row: OutboxMessage) -> EmailMessage:
    raw = base64.b64decode(row.payload["raw"])
    return message_from_bytes(raw, _class=EmailMessage, policy=policy.default)


def body_of_last_mail() -> str:
    body = _parsed(OutboxMessage.objects.latest("id")).get_body()
    return str(body.get_content()) if body else ""


def said(user: User) -> str:
    notice = Notification.objects.filter(user=user).select_related("ticket").latest("id")
    with reading_as(user):
        return words(notice, name_of=name_of).title


@pytest.fixture
def promise(ticket: Ticket, agent: User) -> Promise:
    return promised(ticket, agent)


def test_the_owner_is_reminded_in_the_app_and_by_mail(promise: Promise, agent: User) -> None:
    fire(promise, THREE - 15 * MINUTE)
    assert heard(agent) == ["promise.due"]
    assert said(agent) == "Call Marieke de Wolf, by 15:00"
    assert mails(agent) == ["Call Marieke de Wolf, by 15:00"]
    row = OutboxMessage.objects.get()
    assert row.idem_key == f"promise:{promise.pk}:1:shortly_before:{agent.pk}"
    assert row.not_after == THREE
    text = body_of_last_mail()
    assert "Saturday" in text
    assert "+31205550142" in text
    assert f"/t/{promise.ticket.number}/" in text


def test_announced_twice_it_is_told_once(promise: Promise, agent: User) -> None:
    fire(promise, THREE - 15 * MINUTE)
    Notification.objects.update(read_at=NOW)
    tell()
    assert Notification.objects.get(user=agent).read_at == NOW
    assert len(mails(agent)) == 1


def test_his_own_promise_he_is_not_told_of(promise: Promise, agent: User) -> None:
    tell()
    assert not Notification.objects.exists()


def test_a_promise_made_for_him_he_is(ticket: Ticket, agent: User, colleague: User) -> None:
    promised(ticket, colleague, owner_id=agent.pk)
    tell()
    assert heard(agent) == ["promise.given"]
    assert said(agent) == "Jonas promised that you call Marieke de Wolf, by 15:00"


def test_off_duty_the_lead_is_reminded_instead(
    ticket: Ticket, agent: User, supervisor: User
) -> None:
    promise = promised(ticket, agent, time="20:00")
    fire(promise, NOW + timedelta(hours=6) - 15 * MINUTE)
    assert (heard(agent), heard(supervisor)) == ([], ["promise.due"])
    assert "Amara is off duty, so this comes to you." in body_of_last_mail()


def test_who_said_that_he_will_do_it_is_reminded_himself(
    ticket: Ticket, agent: User, supervisor: User
) -> None:
    promise = promised(
        ticket, agent, shape="at", on="2026-11-21", time="12:00", owner_confirms=True
    )
    fire(promise, promise.from_at - 10 * MINUTE)
    assert (heard(agent), heard(supervisor)) == (["promise.due"], [])
    assert said(agent) == "Call Marieke de Wolf, 12:00"


def test_overdue_the_lead_has_a_task_and_the_owner_is_informed(
    promise: Promise, agent: User, supervisor: User
) -> None:
    fire(promise, THREE - 15 * MINUTE)
    fire(promise, THREE)
    task = Notification.objects.get(user=supervisor)
    assert (task.kind, task.is_task, task.is_urgent) == ("promise.overdue", True, True)
    own = Notification.objects.get(user=agent)
    assert (own.kind, own.is_task) == ("promise.overdue", False)
    assert said(supervisor) == "The call promised to Marieke de Wolf is overdue (by 15:00)"
    assert len(mails(supervisor)) == 1
    assert len(mails(agent)) == 2


def test_an_owner_off_duty_hears_of_it_only_in_the_app(
    ticket: Ticket, agent: User, supervisor: User
) -> None:
    promise = promised(ticket, agent, time="20:00")
    fire(promise, NOW + timedelta(hours=6))
    assert heard(agent) == ["promise.overdue"]
    assert (mails(agent), len(mails(supervisor))) == ([], 1)


def test_half_an_hour_later_one_level_up_with_words_for_the_customer(
    promise: Promise, agent: User, supervisor: User, manager: User
) -> None:
    supervisor.reports_to = manager
    supervisor.save(update_fields=["reports_to"])
    fire(promise, THREE)
    fire(promise, THREE + 30 * MINUTE)
    assert heard(manager) == ["promise.still_overdue"]
    assert heard(supervisor) == ["promise.overdue"]
    assert len(mails(supervisor)) == 1
    assert "You could write to the customer now:" in body_of_last_mail()


def test_after_down_time_the_lead_hears_of_it_with_his_superior(
    promise: Promise, agent: User, supervisor: User, manager: User
) -> None:
    fire(promise, THREE + 40 * MINUTE)
    assert heard(manager) == ["promise.still_overdue"]
    assert heard(supervisor) == ["promise.overdue"]
    assert heard(agent) == ["promise.overdue"]
    assert "This comes late" in body_of_last_mail()


def test_the_task_stays_when_read_and_goes_when_settled(
    promise: Promise, ticket: Ticket, agent: User, supervisor: User
) -> None:
    fire(promise, THREE)
    Notification.objects.update(read_at=THREE)
    assert heard(supervisor) == ["promise.overdue"]
    at = THREE + 5 * MINUTE
    contact = call(ticket, agent, at=at)
    services.keep(promise.pk, message_id=contact.pk, actor=actor(agent), at=at)
    tell()
    assert (heard(supervisor), heard(agent)) == ([], [])


def test_a_reminder_announced_after_the_promise_was_kept_tells_nobody(
    promise: Promise, ticket: Ticket, agent: User
) -> None:
    services.fire_promise(promise.pk, THREE - 15 * MINUTE)
    at = THREE - 14 * MINUTE
    contact = call(ticket, agent, at=at)
    services.keep(promise.pk, message_id=contact.pk, actor=actor(agent), at=at)
    tell()
    assert not Notification.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_reminder_of_an_older_version_tells_nobody(
    promise: Promise, agent: User, colleague: User
) -> None:
    services.fire_promise(promise.pk, THREE - 15 * MINUTE)
    at = THREE - 14 * MINUTE
    services.hand_over(promise.pk, to_id=colleague.pk, actor=actor(agent), at=at)
    tell()
    assert heard(agent) == []
    assert heard(colleague) == ["promise.handed_over"]


def test_lateness_is_told_also_if_it_was_handed_over_before_the_announcement(
    promise: Promise, agent: User, colleague: User, supervisor: User
) -> None:
    services.fire_promise(promise.pk, THREE)
    at = THREE + timedelta(seconds=1)
    services.hand_over(promise.pk, to_id=colleague.pk, actor=actor(agent), at=at)
    tell()
    assert heard(supervisor) == ["promise.overdue"]


def test_the_lead_is_reminded_for_an_owner_who_confirmed_and_has_left(
    promise: Promise, agent: User, supervisor: User
) -> None:
    Promise.objects.update(owner_confirmed_off_hours=True)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    fire(promise, THREE - 15 * MINUTE)
    assert (mails(agent), heard(supervisor)) == ([], ["promise.due"])


def test_who_may_no_longer_see_the_ticket_gets_no_mail_of_it(
    promise: Promise, agent: User, supervisor: User, team: Team
) -> None:
    team.members.remove(agent)
    Team.objects.filter(pk=team.pk).update(private=True)
    fire(promise, THREE - 15 * MINUTE)
    fire(promise, THREE)
    assert (heard(agent), mails(agent)) == ([], [])
    assert heard(supervisor) == ["promise.overdue"]


def test_a_manager_stands_in_for_a_lead_who_does_not_see_the_ticket(
    promise: Promise, supervisor: User, manager: User, team: Team
) -> None:
    team.members.remove(supervisor)
    Team.objects.filter(pk=team.pk).update(private=True)
    fire(promise, THREE)
    assert (heard(supervisor), mails(supervisor)) == ([], [])
    assert Notification.objects.get(user=manager).is_task


def test_missed_is_told_to_owner_and_lead(promise: Promise, agent: User, supervisor: User) -> None:
    fire(promise, THREE)
    fire(promise, GRACE_ENDS)
    assert heard(agent) == heard(supervisor) == ["promise.missed"]
    assert not Notification.objects.filter(kind="promise.missed", is_task=True).exists()


def test_handed_over_the_story_goes_with_it(
    promise: Promise, ticket: Ticket, agent: User, colleague: User
) -> None:
    fire(promise, THREE - 15 * MINUTE)
    at = THREE - 12 * MINUTE
    contact = call(ticket, agent, at=at, outcome="voicemail")
    services.attempt(promise.pk, message_id=contact.pk, actor=actor(agent), at=at)
    services.hand_over(promise.pk, to_id=colleague.pk, actor=actor(agent), at=at)
    tell()
    assert heard(agent) == []
    assert said(colleague) == "Amara handed over to you: call Marieke de Wolf, by 15:00"
    text = body_of_last_mail()
    assert "Saturday" in text
    assert "Tried once so far." in text


def test_a_lead_who_hands_over_what_is_late_keeps_his_task(
    ticket: Ticket, supervisor: User, colleague: User
) -> None:
    promise = promised(ticket, supervisor)
    fire(promise, THREE)
    at = THREE + MINUTE
    services.hand_over(promise.pk, to_id=colleague.pk, actor=actor(supervisor), at=at)
    tell()
    assert heard(supervisor) == ["promise.overdue"]


def test_missed_announced_twice_is_still_told(promise: Promise, agent: User) -> None:
    fire(promise, THREE)
    fire(promise, GRACE_ENDS)
    tell()
    assert heard(agent) == ["promise.missed"]


def test_nobodys_promise_is_an_alarm_until_somebody_takes_it(
    ticket: Ticket, team: Team, agent: User, colleague: User, supervisor: User
) -> None:
    promise = promised(ticket, agent, team_id=team.pk)
    tell()
    alarm = Notification.objects.get(user=supervisor)
    assert (alarm.kind, alarm.is_task) == ("promise.unowned", True)
    services.hand_over(promise.pk, to_id=colleague.pk, actor=actor(colleague), at=NOW + MINUTE)
    tell()
    assert (heard(supervisor), heard(colleague)) == ([], [])


def test_the_third_renegotiation_of_ours_alerts_the_lead(
    promise: Promise, ticket: Ticket, agent: User, supervisor: User
) -> None:
    for number in range(1, 4):
        assert "promise.moved_often" not in heard(supervisor)
        at = NOW + number * MINUTE
        promise = services.renegotiate(
            promise.pk,
            draft=draft(on="2026-11-20", time=f"1{number}:00"),
            message_id=call(ticket, agent, at=at).pk,
            actor=actor(agent),
            at=at,
        )
        tell()
    assert heard(supervisor) == ["promise.moved_often"]


def test_another_day_is_named(ticket: Ticket, agent: User, colleague: User) -> None:
    promised(ticket, colleague, owner_id=agent.pk, shape="at", on="2026-11-20", time="09:30")
    tell()
    assert said(agent).endswith("call Marieke de Wolf, Friday 20 November, 09:30")


def test_the_readers_language_zone_and_a_day_by_name(
    ticket: Ticket, agent: User, colleague: User
) -> None:
    agent.locale, agent.zone = "en-gb", "America/New_York"
    agent.save(update_fields=["locale", "zone"])
    promised(ticket, colleague, owner_id=agent.pk)
    tell()
    assert said(agent) == "Jonas promised that you call Marieke de Wolf, by 09:00"
    promised(ticket, colleague, owner_id=agent.pk, shape="by_day", on="2026-11-20", time="")
    tell()
    assert said(agent).endswith("by the end of Friday 20 November")


def test_without_a_mailbox_in_use_the_app_still_tells(promise: Promise, agent: User) -> None:
    Mailbox.objects.update(is_active=False)
    fire(promise, THREE - 15 * MINUTE)
    assert heard(agent) == ["promise.due"]
    assert not OutboxMessage.objects.exists()


def test_a_team_without_lead_has_its_supervisor_else_a_manager(
    promise: Promise, team: Team, supervisor: User, manager: User
) -> None:
    Team.objects.update(lead=None)
    fire(promise, THREE)
    assert heard(supervisor) == ["promise.overdue"]
    Notification.objects.all().delete()
    User.objects.filter(pk=supervisor.pk).update(is_active=False)
    fire(promise, THREE + 30 * MINUTE)
    assert heard(manager) == ["promise.still_overdue"]


def test_every_kind_of_event_is_announced_to_it() -> None:
    for kind in Kind:
        assert announce.PROMISE_NOTICES in announce.REACTIONS[kind]
