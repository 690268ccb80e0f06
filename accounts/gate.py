"""The login gate of every staff page: who passed it has a `user` and an `actor`.

A session ends eight hours after its last use and twelve hours after it began.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from accounts.access import require_right
from accounts.models import User
from core import clock
from core.actor import Actor
from core.errors import Forbidden

P = ParamSpec("P")

IDLE_LIMIT = timedelta(hours=8)
ABSOLUTE_LIMIT = timedelta(hours=12)
# Seconds since 1970, kept in the session; "used" is written at most this often.
BEGAN, USED = "began_at", "used_at"
USED_EVERY = timedelta(minutes=5)


class StaffRequest(HttpRequest):
    """A request of a signed-in member of staff."""

    user: User
    actor: Actor
    htmx: HtmxDetails
    request_id: str


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def staff(view: StaffView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only staff pass: anonymous visitors are sent to sign in, others are refused."""

    @wraps(view)
    def gated(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.htmx:
                # A fragment cannot show the sign-in page: the whole page goes there.
                return HttpResponse(status=401, headers={"HX-Refresh": "true"})
            return redirect_to_login(_way_back(request))
        if not request.user.roles.exists():
            raise Forbidden("staff")
        request.actor = Actor.user(request.user.pk, request_id=request.request_id)
        return view(request, *args, **kwargs)

    return gated


def _way_back(request: HttpRequest) -> str:
    """Where to go on after signing in: the page itself, or the one on which a sent form stood."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    form_page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(form_page, {request.get_host()}):
        return "/"
    return iri_to_uri(urlsplit(form_page)._replace(scheme="", netloc="").geturl()) or "/"


def needs(right: str) -> Callable[[StaffView[P]], StaffView[P]]:
    """Only those who hold `right` pass; put it under `staff`."""

    def decorate(view: StaffView[P]) -> StaffView[P]:
        @wraps(view)
        def gated(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require_right(request.actor, right)
            return view(request, *args, **kwargs)

        return gated

    return decorate


def sending_needs(right: str) -> Callable[[StaffView[P]], StaffView[P]]:
    """All staff may read the page, only those who hold `right` send its form; under `staff`."""

    def decorate(view: StaffView[P]) -> StaffView[P]:
        @wraps(view)
        def gated(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                require_right(request.actor, right)
            return view(request, *args, **kwargs)

        return gated

    return decorate


class SessionLimitsMiddleware:
    """Signs out whoever was away for too long or signed in too long ago."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if is_over(request.session):
                logout(request)
            elif not _is_refresh(request):
                _note_use(request.session)
        return self.get_response(request)


def is_over(session: SessionBase) -> bool:
    """Whether the session has passed one of its limits; a stream asks this as well."""
    now = clock.now().timestamp()
    began, used = session.get(BEGAN, now), session.get(USED, now)
    return bool(
        now - began > ABSOLUTE_LIMIT.total_seconds() or now - used > IDLE_LIMIT.total_seconds()
    )


def _is_refresh(request: HttpRequest) -> bool:
    """Open pages fetch their parts by themselves: that is not somebody at work."""
    return request.method == "GET" and request.headers.get("HX-Request") == "true"


def _note_use(session: SessionBase) -> None:
    now = clock.now().timestamp()
    session.setdefault(BEGAN, now)
    if now - session.get(USED, 0) > USED_EVERY.total_seconds():
        session[USED] = now
