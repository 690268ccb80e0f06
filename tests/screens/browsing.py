"""How screen tests visit pages: signed in, with or without a script."""

import re
from typing import Protocol

from django.test import Client

from accounts.models import User
from tickets.queries import counts, directory


class Answer(Protocol):
    """A response that was rendered."""

    content: bytes


def as_(user: User) -> Client:
    """A browser in which this person has signed in; nothing is remembered from earlier tests."""
    counts._cache.clear()
    directory.forget()
    client = Client()
    client.force_login(user)
    return client


def script(target: str = "") -> dict[str, str]:
    """The headers of a request by htmx that replaces the element `target`."""
    headers = {"HX-Request": "true"}
    return {**headers, "HX-Target": target} if target else headers


def text(response: Answer) -> str:
    """What a person reads on the page: no markup, no runs of blanks."""
    page = response.content.decode()
    page = re.sub(r"<(script|style|template|svg)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())
