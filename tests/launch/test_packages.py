from pathlib import Path

import pytest

from helpdesk.launch import packages


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
