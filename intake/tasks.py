"""The worker's door to mail that came in."""

from celery import shared_task

from intake import services


@shared_task(name="intake.take_in")
def take_in() -> None:
    """A bell: read the mails that wait."""
    services.process_pending()
