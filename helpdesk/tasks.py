"""Doors of the worker that concern the whole desk. Celery's Django part gives each task a fresh
connection to the database, so that none is left over from a server that has gone."""

import time

from celery import shared_task

from helpdesk import heartbeat
from helpdesk.clockwork import HANDLERS
from timers import services

FIRE_TIME_S = 15.0


@shared_task(name="timers.fire")
def fire() -> None:
    """A bell: fire what is due, batch after batch while there is more."""
    end = time.monotonic() + FIRE_TIME_S
    while services.fire_due(HANDLERS).fired >= services.BATCH and time.monotonic() < end:
        continue


@shared_task(name="worker.beat")
def beat() -> None:
    """A bell: show that bells arrive and that this worker answers them."""
    heartbeat.beat("worker")
