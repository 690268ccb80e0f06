"""The addresses the shell links to, for tests of templates alone."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest, slug: str = "") -> HttpResponse:
    """An empty page."""
    return HttpResponse(slug)


urlpatterns = [
    path("home/", nothing, name="home"),
    path("v/<slug:slug>/", nothing, name="queue"),
    path("promises/", nothing, name="promises"),
    path("notifications/", nothing, name="notifications"),
    path("me/", nothing, name="preferences"),
    path("settings/", nothing, name="settings"),
    path("login/", nothing, name="login"),
    path("logout/", nothing, name="logout"),
]
