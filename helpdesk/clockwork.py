"""Which function locks and fires which kind of timer; `timers` itself knows no business."""

import promises.services
import tickets.services
from helpdesk import jobs
from timers.services import Handler

HANDLERS: dict[str, Handler] = {
    "job": jobs.run,
    "promise": promises.services.fire_promise,
    "ticket.close": tickets.services.fire_close,
}
