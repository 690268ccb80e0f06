"""What every page of the desk shows around its content."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, ResolverMatch, resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, desk
from core.actor import Actor
from core.templatetags.ui import clock_time
from tickets.queries.badges import badges
from tickets.queries.counts import counts
from tickets.queries.fixed_views import VIEWS, FixedView
from tickets.queries.shift import shift_of

LAST_VIEW_COOKIE = "view"
# Which entry of the navigation a page belongs to, by the first word of its address's name.
_PLACES = {
    "home": "home",
    "ticket": "tickets",
    "promise": "promises",
    "promises": "promises",
    "notifications": "notifications",
    "preferences": "preferences",
    "settings": "settings",
    "welcome": "tickets",
}
_MINE = ("my-open", "unassigned")


@dataclass(frozen=True, slots=True)
class RailView:
    """One view of the queue in the navigation; `count` None where finished work is not counted."""

    slug: str
    name: str
    icon: str
    count: int | None
    hot: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """The navigation: figures, entries, and whose it is."""

    url: str
    current: str
    user_name: str
    until_text: str
    sees_settings: bool
    tickets_count: int
    tickets_url: str
    promises_today: int
    promises_hot: int
    unread_notifications: int
    told_up_to: int
    views: tuple[RailView, ...]


def shell(request: HttpRequest) -> dict[str, object]:
    """The desk's name and, for who has signed in, the navigation; it is read only where drawn."""
    return {"desk": desk.current(), "rail": SimpleLazyObject(lambda: rail(request))}


def rail(request: HttpRequest) -> Rail | None:
    """The navigation of the person who asks; None for who has not signed in."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return None
    at = clock.now()
    held = counts(Actor.user(user.pk), at=at)
    own = badges(user, at=at)
    shift = shift_of(user, at=at)
    works = shift is not None and shift.starts_at <= at < shift.ends_at
    return Rail(
        url=_address("rail"),
        current=_current(request),
        user_name=user.name,
        until_text=_("Until %(time)s") % {"time": clock_time(shift.ends_at)}
        if shift and works
        else "",
        sees_settings=bool(own.rights),
        tickets_count=sum(held.get(slug, 0) for slug in _MINE),
        tickets_url=_last_view(request),
        promises_today=own.today,
        promises_hot=own.overdue,
        unread_notifications=own.unread,
        told_up_to=own.told_up_to,
        views=tuple(_entry(view, held) for view in VIEWS.values()),
    )


def _entry(view: FixedView, held: Mapping[str, int]) -> RailView:
    return RailView(
        slug=view.slug,
        name=str(view.name),
        icon=view.icon,
        count=held.get(view.slug),
        hot=view.hot,
    )


def _last_view(request: HttpRequest) -> str:
    slug = request.COOKIES.get(LAST_VIEW_COOKIE, "")
    return _address("queue", slug) if slug in VIEWS else ""


def _current(request: HttpRequest) -> str:
    match = _shown(request)
    if match is None or not match.url_name:
        return ""
    slug = match.kwargs.get("slug") or match.kwargs.get("view")
    if slug in VIEWS:
        return str(slug)
    return _PLACES.get(match.url_name.split("_")[0], "")


def _shown(request: HttpRequest) -> ResolverMatch | None:
    """The page the person looks at: a fragment is fetched by another address than it stands on."""
    htmx = getattr(request, "htmx", None)
    path = htmx.current_url_abs_path if htmx else None
    if not path:
        return request.resolver_match
    try:
        return resolve(path.split("?")[0])
    except Resolver404:
        return None


def _address(name: str, *args: object) -> str:
    """The address of that name; empty as long as there is none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
