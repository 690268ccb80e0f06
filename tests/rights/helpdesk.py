"""The desk's own addresses: the start page, health, reports of the content policy."""

from tests.rights.line import Line

LINES = (
    Line("", "302", "302"),
    Line("healthz/timers", "200", "405"),
    # Nothing beats the clock in a test.
    Line("readyz", "503", "405"),
    Line("metrics", "200", "405"),
    Line("csp", "405", "204", exempt=True),
)
