"""House rules that no ready-made linter knows: sizes, foreign keys, bells, secrets in templates."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey

ROOT = Path(settings.BASE_DIR)
# Lowest first; apps on one line never point at each other.
LAYERS = (
    {"core"},
    {"mailboxes", "timers", "calendars"},
    {"outbox"},
    {"accounts"},
    {"customers"},
    {"notifications"},
    {"promises"},
    {"tickets"},
    {"intake"},
    {"helpdesk"},
)
KERNEL = "tickets"
ONLY_IN_RING = re.compile(
    r"countdown=|eta=|(?:self|task)\.retry\(|\.delay\(|apply_async|send_task|on_commit"
)
RING = "helpdesk/ring.py"


def _sources(*suffixes: str) -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for line in listed.stdout.splitlines():
        path = ROOT / line
        if path.suffix in suffixes and path.is_file():
            yield path


def _ours() -> list[Path]:
    return [path for path in _sources(".py") if "migrations" not in path.parts]


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _ours()
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": length
        for path in _ours()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > 50
    }
    assert long == {}


def test_only_the_ring_publishes_to_the_broker() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _ours()
        if path.parts[len(ROOT.parts)] not in {"tests", "bench"}
        and str(path.relative_to(ROOT)) != RING
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if ONLY_IN_RING.search(line)
    ]
    assert found == []


def _height(app: str) -> int:
    return next(height for height, layer in enumerate(LAYERS) if app in layer)


def _foreign_keys() -> list[tuple[str, str, str]]:
    ours = set().union(*LAYERS)
    return [
        (
            model._meta.app_label,
            f"{model.__name__}.{field.name}",
            field.related_model._meta.app_label,
        )
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey)
        and model._meta.app_label in ours
        and field.related_model._meta.app_label in ours
    ]


@pytest.mark.parametrize(("app", "name", "target"), _foreign_keys())
def test_foreign_keys_point_down_or_at_the_kernel(app: str, name: str, target: str) -> None:
    assert target in (app, KERNEL) or _height(target) < _height(app), name


def test_nothing_names_this_machine() -> None:
    places = (f"{ROOT}/", f"{Path.home()}/")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _sources(".py", ".html", ".js", ".css", ".md", ".toml", ".yml", ".txt", "")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if any(place in line for place in places)
    ]
    assert found == []
