"""The shell and the shared partials, rendered without a database."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup, Tag
from django import forms
from django.template.loader import render_to_string

pytestmark = pytest.mark.urls("tests.ui.urls")

VIEW = SimpleNamespace(slug="my-open", name="My open", icon="inbox", count=4, hot=True)
RAIL = {
    "tickets_count": 231,
    "promises_today": 2,
    "promises_hot": 0,
    "unread_notifications": 3,
    "current": "home",
    "user_name": "Amara <Osei>",
    "until_text": "Until 17:30",
    "sees_settings": False,
    "views": [VIEW],
}
ERROR_PAGES = ["403.html", "403_csrf.html", "404.html", "429.html", "500.html"]


class PromiseForm(forms.Form):
    what = forms.CharField(help_text="In the customer's words.")
    asked = forms.BooleanField(required=False)
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("at", "At"), ("by", "By")])

    def clean(self) -> None:
        raise forms.ValidationError("You are off <then>.")


def soup(template: str, **context: object) -> BeautifulSoup:
    return BeautifulSoup(render_to_string(template, context), "html.parser")


def rail(**changes: object) -> BeautifulSoup:
    return soup("_rail.html", rail=RAIL | changes)


def one(page: BeautifulSoup, selector: str) -> Tag:
    """The only element that matches."""
    (found,) = page.select(selector)
    return found


def words(page: BeautifulSoup, selector: str) -> str:
    return one(page, selector).get_text(" ", strip=True)


def test_the_rail_shows_where_one_is_and_caps_its_counts() -> None:
    page = rail()
    assert words(page, '.nav.main [aria-current="page"]') == "Home"
    assert words(page, '[data-key="g t"]') == "Tickets 99+"
    assert words(page, '[data-key="g p"]') == "Promises 2 today"
    assert words(page, ".me > .grow > .m") == "Amara <Osei>"


def test_overdue_promises_displace_the_count_of_today() -> None:
    page = rail(promises_hot=1)
    assert words(page, '[data-key="g p"] .n.hot') == "1 overdue"
    assert one(page, "nav.rail")["data-badge"] == "1"


@pytest.mark.parametrize(("sees", "links"), [(True, 1), (False, 0)])
def test_only_who_may_read_the_settings_is_led_there(sees: bool, links: int) -> None:
    assert len(rail(sees_settings=sees).select('a[href="/settings/"]')) == links


@pytest.mark.urls("tests.ui.no_urls")
def test_a_place_without_an_address_is_absent() -> None:
    page = rail()
    assert page.select(".nav.main a, form") == []
    assert one(page, "a.brand")["href"] == "/"


def test_the_shell_has_one_main_a_skip_link_and_no_live_hub_for_strangers() -> None:
    page = soup("base.html", rail=RAIL)
    assert one(page, "main")["id"] == "main"
    assert one(page, "a.skip")["href"] == "#main"
    assert page.select("live-hub") == []
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))


def test_a_wrong_field_is_tied_to_its_error_and_its_help() -> None:
    page = soup("_field.html", field=PromiseForm({"what": ""})["what"])
    field = one(page, "input")
    described = str(field["aria-describedby"]).split()
    assert field["aria-invalid"] == "true"
    assert {one(page, f"#{name}").name for name in described} == {"p", "ul"}
    assert one(page, "label")["for"] == field["id"]


def test_radios_are_one_group_with_a_legend() -> None:
    page = soup("_field.html", field=PromiseForm({"what": "x"})["kind"])
    assert words(page, "fieldset > legend") == "Kind"
    described = one(page, "fieldset")["aria-describedby"]
    assert one(page, f"#{described}").name == "ul"


def test_a_tick_box_stands_before_its_label() -> None:
    page = soup("_field.html", field=PromiseForm()["asked"])
    assert [tag.name for tag in page.select(".ff.check > *")] == ["input", "label"]


def test_errors_of_the_whole_form_are_escaped_and_announced() -> None:
    page = soup("_errors.html", form=PromiseForm({"what": "x", "kind": "at"}))
    assert words(page, '[role="alert"]') == "You are off <then>."


@pytest.mark.parametrize("template", ERROR_PAGES)
def test_error_pages_need_no_request_and_offer_a_way_on(template: str) -> None:
    page = soup(template)
    assert words(page, "h1")
    assert words(page, 'main a.btn[href="/"]')
