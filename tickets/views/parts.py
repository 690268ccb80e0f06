"""How these doors answer: the whole page, or the part that changed; where the reader stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Literal

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import trigger_client_event

from accounts.gate import StaffRequest
from core import clock
from tickets.forms.promises import ComposerPromiseForm
from tickets.forms.queue_filter import filter_fields, read
from tickets.forms.writing import NoteForm, ReplyForm
from tickets.models import Message
from tickets.queries import counts
from tickets.queries.directory import directory
from tickets.queries.fixed_views import VIEWS, FixedView
from tickets.queries.page import TicketPage, ticket_page
from tickets.queries.promise_terms import Terms, terms
from tickets.queries.queue import SORTS, queue
from tickets.services.files import LARGEST_BYTES

VIEW_COOKIE, THEN_COOKIE, SENT_COOKIE = "view", "then", "sent"
COOKIE_AGE_S = 365 * 24 * 3600
# What the address of a workspace holds besides the filters of its queue.
OWN_KEYS = ("before", "since", "after")
Context = dict[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader looks at a ticket: on its own page, or beside the queue of a view.

    `query` is the queue's query string: filters and sort.
    """

    number: int
    view: FixedView | None = None
    query: str = ""

    @property
    def url(self) -> str:
        """The page."""
        if self.view is None:
            return reverse("ticket", args=[self.number])
        return self._with_query(reverse("queue_ticket", args=[self.view.slug, self.number]))

    @property
    def key(self) -> str:
        """The place in a form's hidden field, for the way back."""
        return self._with_query(self.view.slug) if self.view else ""

    def _with_query(self, path: str) -> str:
        return f"{path}?{self.query}" if self.query else path

    @classmethod
    def of_key(cls, number: int, key: str) -> "Place":
        """The place that a form came from; the ticket's own page if it says none."""
        slug, _mark, query = key.partition("?")
        if slug not in VIEWS:
            return cls(number)
        return cls(number, VIEWS[slug], own_query(QueryDict(query)))


def as_number(given: str | None) -> int | None:
    """A row's number out of an address or a form; anything else counts as none."""
    if given and given.isascii() and given.isdecimal() and int(given) < 2**63:
        return int(given)
    return None


def place_of(request: StaffRequest, number: int) -> Place:
    """Where the form, or the link to a dialog, was pressed."""
    return Place.of_key(number, request.POST.get("place") or request.GET.get("place", ""))


def own_query(given: QueryDict) -> str:
    """The filters and the sort of a queue's address."""
    kept = given.copy()
    for key in OWN_KEYS:
        kept.pop(key, None)
    return kept.urlencode()


def known_view(slug: str) -> FixedView:
    """The view of that name, or 404."""
    if slug not in VIEWS:
        raise Http404
    return VIEWS[slug]


def wants_part(request: StaffRequest) -> bool:
    """Whether a script asks for a part of the page; the browser's history wants it whole."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def queue_context(request: StaffRequest, view: FixedView, at: datetime) -> Context:
    """What the queue's pane shows. Refused if the address asks for what is not allowed."""
    known = directory()
    wanted = read(request.GET, view, actor=request.actor, known=known)
    page = queue(
        view,
        actor=request.actor,
        at=at,
        filters=wanted.filters,
        sort=wanted.sort,
        after=wanted.after,
    )
    fields = filter_fields(request.GET, view, actor=request.actor, known=known)
    return {
        "queue": page,
        "query": own_query(request.GET),
        "views": VIEWS.values(),
        "filter_fields": fields,
        "filter_words": ", ".join(word for field in fields for word in field.words),
        "sort_urls": {sort: _sorted_url(request.GET, view, sort) for sort in SORTS},
    }


def _sorted_url(given: QueryDict, view: FixedView, sort: str) -> str:
    query = given.copy()
    for key in OWN_KEYS:
        query.pop(key, None)
    query["sort"] = sort
    return f"{reverse('queue', args=[view.slug])}?{query.urlencode()}"


def show_ticket(
    request: StaffRequest,
    place: Place,
    *,
    status: int = HTTPStatus.OK,
    more: Mapping[str, object] | None = None,
    before: int | None = None,
    since: int | None = None,
) -> HttpResponse:
    """The ticket: whole page or part."""
    at = clock.now()
    page = ticket_page(place.number, actor=request.actor, at=at, before=before, since=since)
    context = ticket_context(request, place, page, at)
    if before is None:
        context["refresh_url"] = _refresh_url(place, page)
    context |= {"before": before, "refreshed": since is not None}
    context |= more or {}
    if wants_part(request):
        return render(request, "tickets/_ticket.html", context, status=status)
    if place.view:
        context |= queue_context(request, place.view, at)
    template = "tickets/workspace.html" if place.view else "tickets/ticket.html"
    response = render(request, template, context, status=status)
    response.delete_cookie(SENT_COOKIE)
    return remember(response, place.view) if place.view else response


def ticket_context(request: StaffRequest, place: Place, page: TicketPage, at: datetime) -> Context:
    """What every picture of a ticket needs."""
    view = place.view or VIEWS.get(request.COOKIES.get(VIEW_COOKIE, "")) or VIEWS["my-open"]
    back = reverse("queue", args=[view.slug])
    return {
        "page": page,
        "place": place,
        "at": at,
        "pane": "convo",
        "open": "reply",
        "back_url": f"{back}?{place.query}" if place.view and place.query else back,
        "local_there": page.customer.local_time(at),
        "largest_bytes": LARGEST_BYTES,
        **writing(request, page),
    }


def _refresh_url(place: Place, page: TicketPage) -> str:
    """Where the conversation comes from again, with every message that is shown now."""
    mark = "&" if "?" in place.url else "?"
    return f"{place.url}{mark}since={page.conversation.first_id}"


def writing(request: StaffRequest, page: TicketPage) -> Context:
    """Empty forms of the composer; the way of sending is the one chosen last."""
    last = {"last_seen": page.conversation.last_id, "then": request.COOKIES.get(THEN_COOKIE)}
    asked = terms(page.ticket, actor=request.actor, at=clock.now(), in_composer=True)
    return {
        "promise_form": composer_promise(page.ticket.number, asked),
        "reply_form": ReplyForm(initial=last),
        "note_form": NoteForm(),
        "then": last["then"] if last["then"] in {"pending", "solved"} else "open",
        "sent": _sent(request, page.ticket.number),
    }


def composer_promise(
    number: int, asked: Terms, given: QueryDict | None = None
) -> ComposerPromiseForm:
    """The promise that goes with a reply; no element of it has the id of another ticket's."""
    form = ComposerPromiseForm(given, terms=asked)
    form.auto_id = f"ticket-{number}-%s"
    return form


def _sent(request: StaffRequest, number: int) -> str:
    """Which kind of draft has just been sent without a script."""
    kind, _dash, sent_number = request.COOKIES.get(SENT_COOKIE, "").partition("-")
    return kind if sent_number == str(number) else ""


def changed(
    request: StaffRequest, place: Place, *, sent: str = "", message: Message | None = None
) -> HttpResponse:
    """After a verb: the changed part, or on to the page, at this message.

    `sent` is the composer's kind.
    """
    counts.forget(request.actor)
    if not wants_part(request):
        response = see_other(f"{place.url}#m{message.pk}" if message else place.url)
        if sent:
            # The page that follows tells the browser once that this draft has left.
            response.set_cookie(SENT_COOKIE, f"{sent}-{place.number}", max_age=60, httponly=True)
        return response
    response = show_ticket(request, place, since=as_number(request.POST.get("since")))
    put(response, "#convo", "morph")
    trigger_client_event(response, "dialog-close", after="settle")
    return trigger_client_event(response, "live:queue", after="settle")


def put(response: HttpResponse, target: str, how: Literal["morph", "innerHTML"]) -> HttpResponse:
    """Tell the script where the answer goes, whatever it had meant to replace."""
    response["HX-Retarget"] = target
    response["HX-Reswap"] = how
    return response


def see_other(to: str) -> HttpResponse:
    """Go on at this address; a reload of that page repeats nothing."""
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": to})


def remember(response: HttpResponse, view: FixedView) -> HttpResponse:
    """The view is where "Tickets" leads from now on."""
    response.set_cookie(VIEW_COOKIE, view.slug, max_age=COOKIE_AGE_S, samesite="Lax", httponly=True)
    return response
