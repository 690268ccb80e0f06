"""Addresses of the desk's screens."""

from django.urls import path

from tickets.views import (
    changes,
    files,
    mail_frame,
    queue,
    solving,
    tickets,
    writing,
)

urlpatterns = [
    path("v/<slug:slug>/", queue.show, name="queue"),
    path("v/<slug:slug>/<int:number>/", tickets.workspace, name="queue_ticket"),
    path("t/<int:number>/", tickets.alone, name="ticket"),
    path("t/<int:number>/customer/", tickets.customer, name="ticket_customer"),
    path("t/<int:number>/history/", tickets.show_history, name="ticket_history"),
    path("t/<int:number>/read/", tickets.read, name="ticket_read"),
    path("t/<int:number>/reply/", writing.reply, name="ticket_reply"),
    path("t/<int:number>/note/", writing.note, name="ticket_note"),
    path(
        "t/<int:number>/messages/<int:message_id>/acceptance/",
        writing.acceptance,
        name="ticket_acceptance",
    ),
    path("t/<int:number>/assignee/", changes.assignee, name="ticket_assignee"),
    path("t/<int:number>/team/", changes.team, name="ticket_team"),
    path("t/<int:number>/priority/", changes.priority, name="ticket_priority"),
    path("t/<int:number>/hold/", changes.hold, name="ticket_hold"),
    path("t/<int:number>/customers-turn/", changes.customers_turn, name="ticket_customers_turn"),
    path("t/<int:number>/taking-up/", changes.taking_up, name="ticket_taking_up"),
    path("t/<int:number>/reopening/", changes.reopening, name="ticket_reopening"),
    path("t/<int:number>/solve/", solving.solve, name="ticket_solve"),
    path("mail/<int:message_id>/body/", mail_frame.body, name="mail_body"),
    path("files/<slug:name>/", files.download, name="file"),
    path("files/<slug:name>/preview/", files.preview, name="file_preview"),
]
