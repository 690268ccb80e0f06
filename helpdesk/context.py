"""What every page of the desk shows around its content."""

from django.http import HttpRequest

from core import desk


def shell(request: HttpRequest) -> dict[str, object]:
    """The desk's name, for title and head of every page."""
    return {"desk": desk.current()}
