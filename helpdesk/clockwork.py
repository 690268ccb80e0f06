"""Which function locks and fires which kind of timer; `timers` itself knows no business."""

from helpdesk import jobs
from timers.services import Handler

HANDLERS: dict[str, Handler] = {
    "job": jobs.run,
}
