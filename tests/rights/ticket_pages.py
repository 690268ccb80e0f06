"""Queues, tickets, their doors, mail bodies and files."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core.defaults import storage_key
from tests.rights.line import Line, Stage
from tickets.models import Attachment, Message

#                anonymous, nobody, agent, supervisor, manager, administrator
STAFF_READ = "302 403 200 200 200 200"
NO_POST = "405"
NO_GET = "405"
DESK_DO = "302 403 303 303 403 403"


def _view(stage: Stage) -> dict[str, object]:
    return {"slug": "all-open"}


def _ticket(stage: Stage) -> dict[str, object]:
    return {"number": stage.ticket.number}


def _beside(stage: Stage) -> dict[str, object]:
    return {**_view(stage), **_ticket(stage)}


def _held_back(stage: Stage) -> dict[str, object]:
    message = Message.objects.filter(ticket=stage.ticket).latest("pk")
    message.flagged_at = message.at
    message.save(update_fields=["flagged_at"])
    return {**_ticket(stage), "message_id": message.pk}


def _mail(stage: Stage) -> dict[str, object]:
    return {"message_id": Message.objects.filter(ticket=stage.ticket).latest("pk").pk}


def _file(stage: Stage) -> dict[str, object]:
    file = Attachment.objects.first()
    if file is None:
        key = default_storage.save(storage_key(), ContentFile(b"x"))
        message = Message.objects.filter(ticket=stage.ticket).latest("pk")
        file = Attachment.objects.create(
            message=message, key=key, name="a.txt", content_type="text/plain", size=1
        )
    return {"name": file.key.rpartition("/")[2]}


LINES = (
    Line("v/<slug:slug>/", STAFF_READ, NO_POST, about=_view),
    Line("v/<slug:slug>/<int:number>/", STAFF_READ, NO_POST, about=_beside),
    Line("t/<int:number>/", STAFF_READ, NO_POST, about=_ticket),
    Line("t/<int:number>/customer/", STAFF_READ, NO_POST, about=_ticket),
    Line("t/<int:number>/history/", STAFF_READ, NO_POST, about=_ticket),
    # Everybody reads for himself.
    Line("t/<int:number>/read/", NO_GET, "302 403 303 303 303 303", about=_ticket),
    Line("t/<int:number>/reply/", STAFF_READ, "302 403 422 422 403 403", about=_ticket),
    Line("t/<int:number>/note/", STAFF_READ, "302 403 422 422 422 403", about=_ticket),
    Line("t/<int:number>/messages/<int:message_id>/acceptance/", NO_GET, DESK_DO, about=_held_back),
    Line("t/<int:number>/assignee/", NO_GET, "302 403 404 404 404 404", about=_ticket),
    Line("t/<int:number>/team/", NO_GET, "302 403 404 404 404 404", about=_ticket),
    Line("t/<int:number>/priority/", NO_GET, "302 403 409 409 403 403", about=_ticket),
    Line("t/<int:number>/hold/", STAFF_READ, "302 403 422 422 403 403", about=_ticket),
    Line("t/<int:number>/customers-turn/", STAFF_READ, "302 403 422 422 403 403", about=_ticket),
    Line("t/<int:number>/taking-up/", NO_GET, "302 403 409 409 403 403", about=_ticket),
    Line("t/<int:number>/reopening/", NO_GET, "302 403 409 409 403 403", about=_ticket),
    # A promise is open.
    Line("t/<int:number>/solve/", STAFF_READ, "302 403 409 409 403 403", about=_ticket),
    Line("mail/<int:message_id>/body/", STAFF_READ, NO_POST, about=_mail),
    Line("files/<slug:name>/", STAFF_READ, NO_POST, about=_file),
    # No picture: led to the download.
    Line("files/<slug:name>/preview/", "302 403 303 303 303 303", NO_POST, about=_file),
)
