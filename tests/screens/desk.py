"""Promises' pages in tests: signed in at two o'clock, read as a person reads them."""

from datetime import datetime

from bs4 import BeautifulSoup, Tag
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.cast import NOW
from tests.screens.browsing import Answer, as_
from tickets.queries import badges, counts, shift


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.shows = NOW

    def now(self) -> datetime:
        return self.shows


def visit(user: User) -> Client:
    """A browser of this colleague; nothing is remembered from earlier tests."""
    badges._cache.clear()
    shift.forget()
    return as_(user)


def cost(client: Client, path: str) -> int:
    """How many statements the page costs whom this process has not seen for ten seconds."""
    badges._cache.clear()
    counts._cache.clear()
    with CaptureQueriesContext(connection) as statements:
        assert client.get(path).status_code == 200
    return len(statements)


def page(answer: Answer) -> BeautifulSoup:
    """The page's elements."""
    return BeautifulSoup(answer.content, "html.parser")


def words(found: Tag | BeautifulSoup) -> str:
    """What can be read in it, on one line."""
    return " ".join(found.get_text(" ").split())


def part(answer: Answer, selector: str) -> str:
    """The words of the only element that matches."""
    (found,) = page(answer).select(selector)
    return words(found)


def parts(answer: Answer, selector: str) -> list[str]:
    """The words of every element that matches."""
    return [words(found) for found in page(answer).select(selector)]
