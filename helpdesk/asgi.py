"""The web process: event streams beside Django's pages, on one port."""

import os
from typing import Any

from a2wsgi import WSGIMiddleware

from helpdesk.wsgi import application as pages

# isort: split
# Importing the above has set Django up: only now may anything be imported that knows models.
from helpdesk import live
from helpdesk.router import Router

wsgi: Any = pages
application = Router(
    live.application(),
    WSGIMiddleware(wsgi, workers=int(os.environ.get("HELPDESK_THREADS", "16"))),
)
