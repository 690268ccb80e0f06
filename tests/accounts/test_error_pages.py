"""What people read when something is refused, missing, too large, too often or broken."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path

from accounts.models import User
from core.errors import Forbidden, NotFound, Refused
from helpdesk import views

pytestmark = pytest.mark.django_db


def _raise(error: Exception) -> HttpResponse:
    raise error


def _post(request: HttpRequest) -> HttpResponse:
    return HttpResponse(len(request.POST))


urlpatterns = [
    path("", include("helpdesk.urls")),
    path("broken/", lambda request: _raise(RuntimeError("secret of the stack"))),
    path("refused/", lambda request: _raise(Refused("The <b>conversation</b> moved.", code="x"))),
    path("forbidden/", lambda request: _raise(Forbidden("ticket.solve"))),
    path("unseen/", lambda request: _raise(NotFound("ticket 7"))),
    path("odd/", lambda request: _raise(SuspiciousOperation("odd"))),
    path("post/", _post),
]
handler400 = "helpdesk.views.bad_request"
handler403 = "helpdesk.views.forbidden"
handler404 = "helpdesk.views.not_found"
handler500 = "helpdesk.views.server_error"


@pytest.fixture
def visitor() -> object:
    with override_settings(ROOT_URLCONF=__name__):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status", "heading"),
    [
        ("/nowhere/", 404, "There is nothing here"),
        ("/unseen/", 404, "There is nothing here"),
        ("/forbidden/", 403, "You may not do that"),
        ("/refused/", 409, "That is not possible now"),
        ("/broken/", 500, "Something failed on our side"),
        ("/odd/", 400, "That could not be read"),
        ("/csp", 405, "There is nothing to read here"),
    ],
)
def test_every_no_is_a_page_with_a_way_on(
    visitor: Client, address: str, status: int, heading: str
) -> None:
    answer = visitor.get(address)
    text = answer.content.decode()
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in text
    assert 'href="/"' in text
    assert "Content-Security-Policy" in answer.headers


def test_missing_and_unseen_are_the_same_page(visitor: Client) -> None:
    assert visitor.get("/nowhere/").content == visitor.get("/unseen/").content


def test_a_fault_tells_its_number_and_nothing_else(visitor: Client) -> None:
    answer = visitor.get("/broken/")
    text = answer.content.decode()
    assert "secret of the stack" not in text
    assert "Traceback" not in text
    assert answer["X-Request-Id"] in text


def test_a_refusal_says_its_sentence_as_text(visitor: Client) -> None:
    text = visitor.get("/refused/").content.decode()
    assert "The &lt;b&gt;conversation&lt;/b&gt; moved." in text


def test_too_much_text_answers_413(visitor: Client) -> None:
    answer = visitor.post("/post/", {"text": "x" * 3_000_000})
    assert answer.status_code == 413
    assert "too much at once" in answer.content.decode()


def test_too_many_fields_answer_400(visitor: Client) -> None:
    answer = visitor.post("/post/", {f"field{n}": "x" for n in range(1001)})
    assert answer.status_code == 400


def test_a_form_without_its_token_is_refused_kindly(agent: User) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(agent)
    answer = careful.post("/settings/teams/", {"name": "Night watch"})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "This page is too old" in text
    assert "the browser keeps what you wrote" in text


def test_limits_answer_429_with_the_time_to_wait() -> None:
    answer = views.too_many(RequestFactory().get("/"))
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Too many attempts" in answer.content.decode()
