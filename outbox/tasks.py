"""The worker's door to the outbox."""

from celery import shared_task

from outbox import services


@shared_task(name="outbox.deliver")
def deliver() -> None:
    """A bell: send what is ready."""
    services.deliver()
