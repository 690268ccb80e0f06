"""The login gate of every staff page: who passed it has a `user` and an `actor`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from accounts.access import require_right
from accounts.models import User
from core.actor import Actor
from core.errors import Forbidden

P = ParamSpec("P")


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
            return redirect_to_login(request.get_full_path())
        if not request.user.roles.exists():
            raise Forbidden("staff")
        request.actor = Actor.user(request.user.pk, request_id=request.request_id)
        return view(request, *args, **kwargs)

    return gated


def needs(right: str) -> Callable[[StaffView[P]], StaffView[P]]:
    """Only those who hold `right` pass; put it under `staff`."""

    def decorate(view: StaffView[P]) -> StaffView[P]:
        @wraps(view)
        def gated(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require_right(request.actor, right)
            return view(request, *args, **kwargs)

        return gated

    return decorate
