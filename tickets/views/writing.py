"""Doors of the composer: reply, note; and of messages held back."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.gate import StaffRequest, staff
from core import clock
from core.errors import Refused
from tickets import services
from tickets.forms.promises import ComposerPromiseForm
from tickets.forms.writing import NoteForm, ReplyForm, WritingForm
from tickets.models import Message
from tickets.queries.page import TicketHead, ticket_head, ticket_page
from tickets.queries.promise_terms import terms
from tickets.services import StoredFile, files
from tickets.views.parts import (
    COOKIE_AGE_S,
    THEN_COOKIE,
    Context,
    Place,
    as_number,
    changed,
    composer_promise,
    place_of,
    put,
    show_ticket,
    ticket_context,
    wants_part,
)

# What a reply is refused for, whatever it promises.
_ABOUT_THE_TICKET = frozenset({"closed", "conversation_moved", "no_such_move", "open_promise"})


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def reply(request: StaffRequest, number: int) -> HttpResponse:
    """Write to the customer."""
    place = place_of(request, number)
    if request.method != "POST":
        return show_ticket(request, place, more={"open": "reply"})
    head = ticket_head(number, actor=request.actor)
    form = ReplyForm(request.POST, request.FILES)
    asked = terms(head.ticket, actor=request.actor, at=clock.now(), in_composer=True)
    promise = composer_promise(number, asked, request.POST)
    written: list[Message] = []
    refused = None
    if form.is_valid() and (not promise.wanted_now or promise.is_valid()):
        refused = _attempt(lambda: written.append(_send(request, head, form, promise)))
    if refused:
        _tell(form, promise, refused)
    if form.errors or (promise.wanted_now and promise.errors):
        return _held(request, place, head, form, refused, kind="reply", promise=promise)
    response = changed(request, place, sent="reply", message=written[0])
    if not form.cleaned_data["as_note"]:
        response.set_cookie(
            THEN_COOKIE,
            form.cleaned_data["then"],
            max_age=COOKIE_AGE_S,
            samesite="Lax",
            httponly=True,
        )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def note(request: StaffRequest, number: int) -> HttpResponse:
    """Write for the team."""
    place = place_of(request, number)
    if request.method != "POST":
        return show_ticket(request, place, more={"open": "note"})
    head = ticket_head(number, actor=request.actor)
    form = NoteForm(request.POST, request.FILES)
    written: list[Message] = []
    refused = None
    if form.is_valid():
        refused = _attempt(lambda: written.append(_keep(request, head, form)))
    if refused:
        form.refuse(refused)
    if form.errors:
        return _held(request, place, head, form, refused, kind="note")
    return changed(request, place, sent="note", message=written[0])


@require_POST
@staff
def acceptance(request: StaffRequest, number: int, message_id: int) -> HttpResponse:
    """A message held back becomes part of the conversation."""
    place = place_of(request, number)
    head = ticket_head(number, actor=request.actor)
    services.accept_message(
        head.ticket.pk, message_id=message_id, actor=request.actor, at=clock.now()
    )
    return changed(request, place)


def _attempt(verb: Callable[[], object]) -> Refused | None:
    """Why the verb says no."""
    try:
        verb()
    except Refused as refused:
        return refused
    return None


def _tell(form: ReplyForm, promise: ComposerPromiseForm, refused: Refused) -> None:
    """The sentence stands where it belongs: at the reply, or at the promise that goes with it."""
    about_reply = refused.field in {*form.fields, "files"} or refused.code in _ABOUT_THE_TICKET
    if promise.wanted_now and not about_reply:
        promise.refuse(refused)
    else:
        form.refuse(refused)


def _send(
    request: StaffRequest, head: TicketHead, form: ReplyForm, promise: ComposerPromiseForm
) -> Message:
    asked = form.cleaned_data
    if asked["as_note"]:
        return _keep(request, head, form)
    return services.reply(
        head.ticket.pk,
        text_md=asked["text_md"],
        then=asked["then"],
        cc=form.copies(),
        files=_stored(form),
        promise=promise.draft() if promise.wanted_now else None,
        last_seen_message_id=None if asked["anyway"] else asked["last_seen"],
        actor=request.actor,
        at=clock.now(),
    )


def _keep(request: StaffRequest, head: TicketHead, form: WritingForm) -> Message:
    return services.add_note(
        head.ticket.pk,
        text_md=form.cleaned_data["text_md"],
        files=_stored(form),
        actor=request.actor,
        at=clock.now(),
    )


def _stored(form: WritingForm) -> list[StoredFile]:
    """The uploads stand in the file store before the verb's transaction begins."""
    return [files.store(upload) for upload in form.cleaned_data["uploads"]]


def _held(
    request: StaffRequest,
    place: Place,
    head: TicketHead,
    form: WritingForm,
    refused: Refused | None,
    *,
    kind: str,
    promise: ComposerPromiseForm | None = None,
) -> HttpResponse:
    """Nothing was sent, nothing is lost: what was typed stays, with the reason beside it."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if refused and not refused.field:
        status = HTTPStatus.CONFLICT
    context: Context = {f"{kind}_form": form, "refused": refused, "kind": kind, "open": kind}
    if promise:
        context["promise_form"] = promise
    context |= _moved(refused)
    if not wants_part(request):
        return show_ticket(request, place, status=status, more=context)
    at = clock.now()
    since = as_number(request.POST.get("since"))
    page = ticket_page(head.ticket.number, actor=request.actor, at=at, since=since)
    whole = {**ticket_context(request, place, page, at), **context, "form": form}
    response = render(request, "tickets/_held_part.html", whole, status=status)
    return put(response, f"#{kind}-say-{place.number}", "innerHTML")


def _moved(refused: Refused | None) -> Context:
    """The messages that came in meanwhile: the author reads them before he decides."""
    if refused is None or refused.code != "conversation_moved":
        return {}
    ids = refused.facts.get("message_ids")
    newer = Message.objects.filter(pk__in=ids if isinstance(ids, list) else []).order_by("pk")
    return {"newer": list(newer)}
