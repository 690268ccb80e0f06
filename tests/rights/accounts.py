"""Sign-in, set-up, preferences, settings."""

from calendars.models import Calendar
from mailboxes.models import Mailbox
from tests.rights.line import Line, Stage

#                anonymous, nobody, agent, supervisor, manager, administrator
STAFF_READ = "302 403 200 200 200 200"
STAFF_FILL_IN = "302 403 422 422 422 422"  # everybody his own
ADMIN_READ = "302 403 403 403 403 200"
ADMIN_FILL_IN = "302 403 403 403 403 422"
ADMIN_DO = "302 403 403 403 403 303"


def _person(stage: Stage) -> dict[str, object]:
    return {"user_id": stage.agent.pk}


def _calendar(stage: Stage) -> dict[str, object]:
    return {"calendar_id": Calendar.objects.get(is_default=True).pk}


def _day(stage: Stage) -> dict[str, object]:
    return {**_calendar(stage), "on": "2190-12-25"}


def _mailbox(stage: Stage) -> dict[str, object]:
    return {"mailbox_id": Mailbox.objects.order_by("pk")[0].pk}


LINES = (
    # Who is in already is led on.
    Line("login/", "200 302 302 302 302 302", "422 302 302 302 302 302"),
    Line("logout/", "405", "303"),
    Line("password/reset/", "200", "422"),
    Line("password/reset/done/", "200", "200"),
    Line(
        "password/reset/<slug:uidb36>/<str:key>/",
        "410",
        "410",
        lambda _stage: {"uidb36": "1", "key": "a-b"},
    ),
    # The desk has an administrator, so there is no set-up.
    Line("setup/<str:token>/", "404", "404", lambda _stage: {"token": "x" * 43}),
    Line("invitation/<str:token>/", "410", "410", lambda _stage: {"token": "x" * 43}),
    Line("welcome/", ADMIN_READ, "405"),
    Line("me/", STAFF_READ, STAFF_FILL_IN),
    Line("me/password/", "405", STAFF_FILL_IN),
    Line("settings/", STAFF_READ, "405"),
    Line("settings/people/", STAFF_READ, ADMIN_FILL_IN),
    Line("settings/people/<int:user_id>/", STAFF_READ, "405", _person),
    Line("settings/people/<int:user_id>/roles/", "405", ADMIN_FILL_IN, _person),
    Line("settings/people/<int:user_id>/reports-to/", "405", ADMIN_FILL_IN, _person),
    Line("settings/people/<int:user_id>/profile/", "405", ADMIN_FILL_IN, _person),
    Line("settings/people/<int:user_id>/invitation/", "405", "302 403 403 403 403 409", _person),
    Line(
        "settings/people/<int:user_id>/invitation/withdrawal/",
        "405",
        "302 403 403 403 403 409",
        _person,
    ),
    Line("settings/teams/", STAFF_READ, ADMIN_FILL_IN),
    Line(
        "settings/teams/<int:team_id>/",
        STAFF_READ,
        ADMIN_FILL_IN,
        lambda stage: {"team_id": stage.team.pk},
    ),
    Line("settings/calendars/", STAFF_READ, ADMIN_FILL_IN),
    Line("settings/calendars/<int:calendar_id>/", STAFF_READ, ADMIN_FILL_IN, _calendar),
    Line("settings/calendars/<int:calendar_id>/days/", "405", ADMIN_FILL_IN, _calendar),
    Line("settings/calendars/<int:calendar_id>/days/<str:on>/removal/", "405", ADMIN_DO, _day),
    Line("settings/mailboxes/", STAFF_READ, "405"),
    Line("settings/mailboxes/<int:mailbox_id>/", STAFF_READ, ADMIN_FILL_IN, _mailbox),
    Line("settings/mailboxes/<int:mailbox_id>/test/", "405", ADMIN_DO, _mailbox),
    Line("settings/desk/", STAFF_READ, ADMIN_FILL_IN),
)
