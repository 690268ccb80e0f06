"""Home, notifications, promises, persons."""

from notifications.models import Notification
from tests.rights.line import Line, Stage

#                anonymous, nobody, agent, supervisor, manager, administrator
STAFF_READ = "302 403 200 200 200 200"
# An empty form: wrong for all alike, before any right is asked for.
FILL_IN = "302 403 422 422 422 422"
PERSON_FILL_IN = "302 403 422 422 403 403"
NO_POST = "405"
NO_GET = "405"


def _ticket(stage: Stage) -> dict[str, object]:
    return {"number": stage.ticket.number}


def _promise(stage: Stage) -> dict[str, object]:
    return {"promise_id": stage.promise.pk}


def _person(stage: Stage) -> dict[str, object]:
    return {"person_id": stage.customer.pk}


def _notice(stage: Stage) -> dict[str, object]:
    notice, _made = Notification.objects.get_or_create(
        user=stage.agent, cause="matrix", defaults={"kind": "ticket.assigned"}
    )
    return {"notice_id": notice.pk}


LINES = (
    Line("home/", STAFF_READ, NO_POST),
    # The start page leads on.
    Line("home/start/", "302 403 303 303 303 303", NO_POST),
    # The agent has the ticket already.
    Line("home/taking/<int:number>/", NO_GET, "302 403 303 409 403 403", about=_ticket),
    Line("rail/", STAFF_READ, NO_POST),
    Line("notifications/", STAFF_READ, NO_POST),
    Line("notifications/read/", NO_GET, "302 403 303 303 303 303"),
    Line("notifications/toasts/", STAFF_READ, NO_POST),
    # A notice is there for the one whom it tells.
    Line("notifications/<int:notice_id>/open/", NO_GET, "302 403 303 404 404 404", about=_notice),
    Line("promises/", STAFF_READ, NO_POST),
    Line("promises/<int:promise_id>/", STAFF_READ, NO_POST, about=_promise),
    Line("promises/<int:promise_id>/kept/", STAFF_READ, FILL_IN, about=_promise),
    Line("promises/<int:promise_id>/attempt/", STAFF_READ, FILL_IN, about=_promise),
    Line("promises/<int:promise_id>/renegotiate/", STAFF_READ, FILL_IN, about=_promise),
    Line("promises/<int:promise_id>/break/", STAFF_READ, FILL_IN, about=_promise),
    Line("promises/<int:promise_id>/cancel/", STAFF_READ, FILL_IN, about=_promise),
    Line("promises/<int:promise_id>/hand-over/", STAFF_READ, FILL_IN, about=_promise),
    # Nothing to fill in: settled at once, or refused.
    Line(
        "promises/<int:promise_id>/supersede/",
        STAFF_READ,
        "302 403 422 422 403 403",
        about=_promise,
    ),
    # The maker's ten minutes are over; later a reason is asked for.
    Line("promises/<int:promise_id>/void/", STAFF_READ, "302 403 409 422 422 403", about=_promise),
    Line("t/<int:number>/promise/", STAFF_READ, FILL_IN, about=_ticket),
    Line("t/<int:number>/promises/", STAFF_READ, NO_POST, about=_ticket),
    Line("customers/<int:person_id>/", STAFF_READ, NO_POST, about=_person),
    Line("customers/<int:person_id>/addresses/", NO_GET, PERSON_FILL_IN, about=_person),
    Line("customers/<int:person_id>/phones/", NO_GET, PERSON_FILL_IN, about=_person),
    Line("customers/<int:person_id>/name/", NO_GET, PERSON_FILL_IN, about=_person),
    # No note is one too.
    Line("customers/<int:person_id>/note/", NO_GET, "302 403 303 303 403 403", about=_person),
    Line("customers/<int:person_id>/zone/", NO_GET, PERSON_FILL_IN, about=_person),
    Line("customers/<int:person_id>/locale/", NO_GET, PERSON_FILL_IN, about=_person),
    Line("settings/promises/", STAFF_READ, "302 403 403 403 403 422"),
)
