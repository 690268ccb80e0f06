"""Doors of sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(
    request: HttpRequest,
    response: HttpResponse,
    credentials: dict[str, str],
    *args: object,
    **kwargs: object,
) -> HttpResponse:
    """Too many wrong passwords: say when to try again."""
    return render(request, "429.html", status=429)
