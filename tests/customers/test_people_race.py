"""Many mails of a new sender at once make one person."""

import threading

import pytest
from django.db import connections

from core.actor import Actor
from core.models import Event
from customers import services
from customers.models import Person, PersonAddress
from tests.cast import NOW


@pytest.mark.django_db(transaction=True)
def test_one_person_however_many_ask_at_once() -> None:
    start = threading.Barrier(6)
    found: list[int] = []

    def ask(number: int) -> None:
        try:
            start.wait(timeout=10)
            address = "New@sender.example" if number % 2 else "new@sender.example"
            person = services.find_or_create_person(
                address=address, name="New", actor=Actor.system(), at=NOW
            )
            found.append(person.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(found) == 6
    assert len(set(found)) == Person.objects.count() == PersonAddress.objects.count() == 1
    assert Event.objects.filter(kind="person.created").count() == 1
