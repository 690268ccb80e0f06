"""The desk's own addresses: the start page, health, reports of the content policy."""

from tests.rights.line import Line, Stage


def _row(stage: Stage) -> dict[str, object]:
    return {"key": 1}


def _mail(stage: Stage) -> dict[str, object]:
    return {"mail_id": 1}


ATTEMPT = "302 403 403 403 403 404"  # there is nothing to try again

LINES = (
    Line("", "302", "302"),
    Line("healthz/timers", "200", "405"),
    # Nothing beats the clock in a test.
    Line("readyz", "503", "405"),
    Line("metrics", "200", "405"),
    Line("settings/background/", "302 403 200 200 200 200", "405"),
    Line("settings/background/timers/<int:key>/attempt/", "405", ATTEMPT, _row),
    Line("settings/background/mails/<int:key>/attempt/", "405", ATTEMPT, _row),
    Line("settings/background/announcements/<int:key>/attempt/", "405", ATTEMPT, _row),
    Line("settings/background/quarantine/<int:key>/attempt/", "405", ATTEMPT, _row),
    Line("settings/background/quarantine/<int:mail_id>/raw/", ATTEMPT, "405", _mail),
    # The desk has a ticket, so nothing is loaded into it.
    Line("welcome/sample/", "405", "302 403 403 403 403 409"),
    Line("csp", "405", "204", exempt=True),
)
