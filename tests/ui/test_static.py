"""What the browser gets: budgets, the sprite, and markup that the content policy allows."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted(
    path
    for path in ROOT.glob("**/templates/**/*.html")
    if not {".venv", "node_modules"} & set(path.relative_to(ROOT).parts)
)
PAGE_TEMPLATES = [path for path in TEMPLATES if "mail" not in path.relative_to(ROOT).parts]
OWN_SCRIPT_LIMIT = 24 * 1024
STYLE_LIMIT = 20 * 1024
FONT_LIMIT = 100 * 1024


def compressed(paths: list[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def stylesheets_of(template: str) -> list[Path]:
    """The style files a page of this layout loads."""
    text = (ROOT / "templates" / "_head.html").read_text()
    text += (ROOT / "templates" / template).read_text()
    return [STATIC / name for name in re.findall(r"static '(css/[a-z-]+\.css)'", text)]


def test_own_scripts_stay_within_their_budget() -> None:
    assert compressed(list((STATIC / "js").glob("*.js"))) <= OWN_SCRIPT_LIMIT


@pytest.mark.parametrize("layout", ["base.html", "centre.html", "error.html"])
def test_the_styles_of_a_page_stay_within_their_budget(layout: str) -> None:
    files = stylesheets_of(layout)
    assert files
    assert compressed(files) <= STYLE_LIMIT


def test_the_fonts_of_a_first_page_stay_within_their_budget() -> None:
    fonts = (STATIC / "fonts").glob("*-latin.woff2")
    assert sum(path.stat().st_size for path in fonts) <= FONT_LIMIT


def test_every_style_file_is_loaded_by_some_layout() -> None:
    loaded = {path for name in ("base.html", "centre.html") for path in stylesheets_of(name)}
    assert set((STATIC / "css").glob("*.css")) == loaded


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="i-([a-z0-9-]+)"', (STATIC / "icons.svg").read_text()))
    named = {
        (name, path.name)
        for path in TEMPLATES
        for name in re.findall(
            r"""(?:\{% icon |icon_name(?:=|\|default:))["']([a-z0-9-]+)["']""", path.read_text()
        )
    }
    assert named
    assert [pair for pair in named if pair[0] not in sprite] == []


@pytest.mark.parametrize("path", PAGE_TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_the_content_policy_forbids(path: Path) -> None:
    text = path.read_text()
    assert re.findall(r"""\sstyle\s*=""", text) == []
    assert re.findall(r"<style", text) == []
    assert [tag for tag in re.findall(r"<script\b[^>]*>", text) if " src=" not in tag] == []
    assert re.findall(r"""\s(?:on[a-z]+|hx-on[:a-z-]*)\s*=\s*["']""", text) == []
    assert re.findall(r"https?://[^\s\"']*\.(?:js|css|woff2)", text) == []


def test_scripts_never_build_markup_or_code_from_strings() -> None:
    forbidden = re.compile(r"\beval\(|new Function|\.(?:inner|outer)HTML|insertAdjacentHTML")
    scripts = {path.name: path.read_text() for path in (STATIC / "js").glob("*.js")}
    assert [name for name, text in scripts.items() if forbidden.search(text)] == []


def test_every_import_of_a_script_exists() -> None:
    for path in (STATIC / "js").glob("*.js"):
        for name in re.findall(r'(?:from|import) "\./([a-z]+\.js)"', path.read_text()):
            assert (STATIC / "js" / name).is_file(), f"{path.name} imports {name}"
