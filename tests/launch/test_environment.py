import stat
from pathlib import Path

import pytest

from helpdesk.launch import environment, facts, manage_command
from helpdesk.launch.places import CHECKOUT, Places, make_folders, places_of
from helpdesk.launch.problem import Problem


@pytest.fixture
def places(tmp_path: Path) -> Places:
    result = places_of(tmp_path / "my desk")
    make_folders(result)
    return result


def test_without_servers_of_others_both_are_embedded(places: Places) -> None:
    variables = environment.build(places, {}, kind="local", port=8123)

    assert variables["HELPDESK_EMBEDDED"] == "postgres redis"
    assert variables["DATABASE_URL"].startswith("postgresql://helpdesk_app@/helpdesk?host=")
    assert variables["DATABASE_OWNER_URL"].startswith("postgresql://helpdesk_owner@/helpdesk?")
    assert variables["REDIS_URL"] == f"unix://{places.redis_socket}"
    assert variables["HELPDESK_PUBLIC_URL"] == "http://127.0.0.1:8123"


def test_servers_of_others_are_used(places: Places) -> None:
    outer = {"DATABASE_URL": "postgresql://a@db/desk", "REDIS_URL": "redis://r/0"}

    variables = environment.build(places, outer, kind="local")

    assert variables["HELPDESK_EMBEDDED"] == ""
    assert variables["DATABASE_URL"] == outer["DATABASE_URL"]
    assert "DATABASE_OWNER_URL" not in variables


def test_the_secret_key_is_made_once_and_is_the_owners(places: Places) -> None:
    first = environment.build(places, {}, kind="local")["HELPDESK_SECRET_KEY"]
    second = environment.build(places, {}, kind="local")["HELPDESK_SECRET_KEY"]

    assert first == second
    assert len(first) >= 64
    assert stat.S_IMODE((places.data / "secret.key").stat().st_mode) == 0o600


def test_a_damaged_secret_key_is_told_and_not_replaced(places: Places) -> None:
    (places.data / "secret.key").write_text("")

    with pytest.raises(Problem, match=r"secret\.key holds no usable key"):
        environment.build(places, {}, kind="local")


@pytest.mark.parametrize("text", ["0", "-1", "two", "1e2", "2000", "٣"])
def test_a_number_of_processes_that_is_none_is_refused(places: Places, text: str) -> None:
    with pytest.raises(Problem, match="HELPDESK_WEB_PROCESSES must be a whole number"):
        environment.build(places, {"HELPDESK_WEB_PROCESSES": text}, kind="local")


def test_the_facts_of_a_start_are_read_back_and_are_the_owners(places: Places) -> None:
    variables = environment.build(places, {"LANG": "C"}, kind="local")

    facts.write(places, variables)
    facts.write(places, variables)

    assert facts.read(places) == {name: variables[name] for name in facts.NAMES}
    assert stat.S_IMODE(places.facts.stat().st_mode) == 0o600


def test_damaged_facts_count_as_none(places: Places) -> None:
    places.facts.write_text("{")

    assert facts.read(places) == {}


@pytest.mark.parametrize(
    ("arguments", "outer", "folder", "command"),
    [
        (["check"], {}, CHECKOUT / "data", ["check"]),
        (["check"], {"HELPDESK_DATA": "/d"}, Path("/d"), ["check"]),
        (["--data", "x y", "check"], {"HELPDESK_DATA": "/d"}, Path("x y"), ["check"]),
        (["--data=x", "check"], {}, Path("x"), ["check"]),
        (["demo", "--data", "x"], {}, Path("x"), ["demo"]),
        ([], {}, CHECKOUT / "data", []),
    ],
)
def test_the_data_folder_is_named_anywhere_or_by_the_environment(
    arguments: list[str], outer: dict[str, str], folder: Path, command: list[str]
) -> None:
    assert manage_command.split(arguments, outer) == (folder, command)


def test_data_without_a_folder_is_refused() -> None:
    with pytest.raises(Problem, match="--data needs a folder"):
        manage_command.split(["--data"], {})


def test_a_command_for_rows_needs_a_running_instance(tmp_path: Path) -> None:
    places = places_of(tmp_path / "never started")

    with pytest.raises(Problem, match=r"is not running on .+ Start it first: bin/start --data"):
        manage_command.variables_for(places, ["receive_email"], {})
    assert not places.data.exists()


def test_a_command_for_code_works_before_the_first_start(tmp_path: Path) -> None:
    places = places_of(tmp_path / "never started")

    variables = manage_command.variables_for(places, ["check"], {})

    assert variables["HELPDESK_DATA"] == str(places.data)
    assert not places.data.exists()


def test_only_migrate_works_as_the_owner(places: Places) -> None:
    outer = {"DATABASE_URL": "postgresql://a@db/desk", "REDIS_URL": "redis://r/0"}

    assert manage_command.variables_for(places, ["migrate"], outer)["HELPDESK_PROCESS"] == "migrate"
    assert "HELPDESK_PROCESS" not in manage_command.variables_for(places, ["demo"], outer)
