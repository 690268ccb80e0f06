"""The doctor names each fault in one line and says what to do; a sound installation has none."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.db import connection
from psycopg2.extensions import parse_dsn

from core import claim
from core.models import Heartbeat
from helpdesk import doctor, heartbeat
from tests.durable.post import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sound(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    monkeypatch.setenv("HELPDESK_SECRET_KEY", "s" * 50)
    for folder in ("files", "mail"):
        (tmp_path / folder).mkdir()
    heartbeat.beat_clock()
    heartbeat.beat("worker")


def test_a_sound_installation_has_no_faults(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("doctor")
    assert capsys.readouterr().out == "No faults found.\n"


def test_faults_make_it_fail_with_a_line_each(
    capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.DEBUG = True
    Heartbeat.objects.all().delete()
    with pytest.raises(SystemExit, match="1"):
        call_command("doctor")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert all(line.endswith(".") for line in lines)


def _no_owner(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_OWNER_URL")


def _no_key(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HELPDESK_SECRET_KEY")


def _public_but_local(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PUBLIC_URL = "https://desk.example"


def _no_folder(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MAIL_DIR.rmdir()


def _open_key(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    key = settings.DATA_DIR / "secret.key"
    key.write_text("key")
    key.chmod(0o644)


def _no_redis(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"


def _silent_clock(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Heartbeat.objects.update(beat_at=claim.instant() - timedelta(minutes=2))
    heartbeat.beat("worker")


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        (_no_owner, "DATABASE_OWNER_URL is not set"),
        (_no_key, "HELPDESK_SECRET_KEY is not set"),
        (_public_but_local, "Set it to production"),
        (_no_folder, "is missing. Make it"),
        (_open_key, "chmod 600"),
        (_no_redis, "Redis does not answer"),
        (_silent_clock, "No clock has shown itself since"),
    ],
)
def test_each_fault_is_named(
    breaks: Callable[[Any, pytest.MonkeyPatch], None],
    says: str,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    breaks(settings, monkeypatch)
    (line,) = doctor.faults()
    assert says in line


@pytest.mark.django_db(transaction=True)
def test_an_application_that_owns_the_tables_is_named() -> None:
    before = connection.settings_dict["USER"]
    connection.close()
    connection.settings_dict["USER"] = parse_dsn(configured.DATABASE_OWNER_URL)["user"]
    try:
        (line,) = doctor.faults()
    finally:
        connection.close()
        connection.settings_dict["USER"] = before
    assert "rewrite history" in line


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer_is_named() -> None:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = "nowhere"
    try:
        (line,) = doctor.faults()
    finally:
        connection.settings_dict["NAME"] = before
    assert line.startswith("PostgreSQL does not answer")
