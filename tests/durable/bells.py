"""A ring whose bells go to a broker of the test's choice."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.conf import settings

from helpdesk.celery import app
from helpdesk.ring import Ring


def own_broker() -> tuple[str, redis.Redis]:
    """The address of a broker no other test process uses, and a client that looks into it."""
    number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    if settings.REDIS_URL.startswith("unix://"):
        url, address = f"{settings.REDIS_URL}?db={number}", f"?virtual_host={number}"
        return settings.REDIS_URL + address, redis.Redis.from_url(url)
    url = f"{settings.REDIS_URL.rpartition('/')[0]}/{number}"
    return url, redis.Redis.from_url(url)


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
