"""What model fields must name, kept here so that migrations import no models."""

import uuid

from django.db import models


class ClockTimestamp(models.Func):
    """PostgreSQL's wall clock, which runs on within a transaction."""

    template = "clock_timestamp()"
    output_field = models.DateTimeField()


def empty_dict() -> dict[str, object]:
    """A fresh empty mapping."""
    return {}


def empty_list() -> list[object]:
    """A fresh empty list."""
    return []


def storage_key() -> str:
    """A random name for a stored file: never the name its sender gave it."""
    key = uuid.uuid4().hex
    return f"{key[:2]}/{key}"
