"""Doors of a person's page."""

from collections.abc import Callable
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import customers.services
from accounts.access import has_right
from accounts.gate import StaffRequest, needs, staff
from accounts.views.answers import done, see_other, status_of
from core import clock
from tickets.forms.people import (
    AddressForm,
    LocaleForm,
    NameForm,
    NoteForm,
    PhoneForm,
    ZoneForm,
)
from tickets.queries.people import PersonPage, person_page

RIGHT = "ticket.open"


@require_safe
@staff
def person(request: StaffRequest, person_id: int) -> HttpResponse:
    """Who somebody is, what he wrote about, and how we kept our word."""
    page = _page(request, person_id)
    if page.person.pk != person_id:
        return see_other("person", page.person.pk)
    return _show(request, page)


@require_POST
@staff
@needs(RIGHT)
def addresses(request: StaffRequest, person_id: int) -> HttpResponse:
    """One more mail address."""
    return _change(request, person_id, AddressForm(request.POST), customers.services.add_address)


@require_POST
@staff
@needs(RIGHT)
def phones(request: StaffRequest, person_id: int) -> HttpResponse:
    """One more phone number."""
    return _change(request, person_id, PhoneForm(request.POST), customers.services.add_phone)


@require_POST
@staff
@needs(RIGHT)
def name(request: StaffRequest, person_id: int) -> HttpResponse:
    """What the person is called."""
    return _change(request, person_id, NameForm(request.POST), customers.services.set_name)


@require_POST
@staff
@needs(RIGHT)
def note(request: StaffRequest, person_id: int) -> HttpResponse:
    """What is good to know of the person."""
    return _change(request, person_id, NoteForm(request.POST), customers.services.set_note)


@require_POST
@staff
@needs(RIGHT)
def zone(request: StaffRequest, person_id: int) -> HttpResponse:
    """The zone that the person's times are meant in."""
    return _change(request, person_id, ZoneForm(request.POST), customers.services.set_zone)


@require_POST
@staff
@needs(RIGHT)
def locale(request: StaffRequest, person_id: int) -> HttpResponse:
    """The language of our letters to the person."""
    return _change(request, person_id, LocaleForm(request.POST), customers.services.set_locale)


def _page(request: StaffRequest, person_id: int) -> PersonPage:
    before = request.GET.get("before", "")
    older_than = int(before) if before.isdecimal() and len(before) < 19 else None
    return person_page(person_id, actor=request.actor, at=clock.now(), before=older_than)


def _change(
    request: StaffRequest, person_id: int, form: forms.Form, verb: Callable[..., object]
) -> HttpResponse:
    """`verb` with what the form says. Who may not see the person may not change him: read first."""
    page = _page(request, person_id)
    if done(
        form,
        lambda: verb(person_id, **form.cleaned_data, actor=request.actor, at=clock.now()),
    ):
        messages.success(request, _("Saved."))
        return see_other("person", person_id)
    return _show(request, page, form)


def _show(request: StaffRequest, page: PersonPage, sent: forms.Form | None = None) -> HttpResponse:
    fresh: dict[str, forms.Form] = {
        "address_form": AddressForm(),
        "phone_form": PhoneForm(),
        "name_form": NameForm(initial={"name": page.person.name}),
        "note_form": NoteForm(initial={"note": page.person.note}),
        "zone_form": ZoneForm(initial={"zone": page.zone}),
        "locale_form": LocaleForm(initial={"locale": page.person.locale}),
    }
    shown = {
        key: sent if sent is not None and type(sent) is type(form) else form
        for key, form in fresh.items()
    }
    context = {"page": page, "may_edit": has_right(request.actor, RIGHT), **shown}
    status = status_of(sent) if sent is not None else HTTPStatus.OK
    return render(request, "people/person.html", context, status=status)
