"""A ring whose bells go to a broker of the test's choice."""

from collections.abc import Iterator
from contextlib import contextmanager

from helpdesk.celery import app
from helpdesk.ring import Ring


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """New connections of this process go to the broker at `url`."""
    before = app.conf.broker_url
    app.conf.update(broker_url=url.replace("unix://", "redis+socket://"))
    try:
        yield
    finally:
        app.conf.update(broker_url=before)


@contextmanager
def bells_to(url: str) -> Iterator[Ring]:
    """A started ring; the broker is what stands at `url`."""
    ring = Ring()
    with broker_at(url):
        ring.start()
        try:
            yield ring
        finally:
            ring.stop()
