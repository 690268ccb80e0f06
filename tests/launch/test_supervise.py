import configparser
from pathlib import Path

import pytest

from helpdesk.launch.places import places_of
from helpdesk.launch.supervise import configuration


def parsed(folder: Path, embedded: list[str]) -> configparser.RawConfigParser:
    result = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"))
    result.read_string(configuration(places_of(folder), embedded))
    return result


def test_every_program_is_restarted_and_logs_with_rotation(tmp_path: Path) -> None:
    config = parsed(tmp_path, ["postgres", "redis"])

    for name in ("postgres", "redis", "web", "worker", "clock"):
        section = config[f"program:{name}"]
        assert section["autorestart"] == "true"
        assert section["command"].endswith(f"helpdesk.launch.program {name}")
        assert section["stdout_logfile"] == f"%(ENV_HELPDESK_DATA)s/log/{name}.log"
        assert section["stdout_logfile_maxbytes"] == "5MB"


def test_the_order_is_servers_then_web_worker_clock(tmp_path: Path) -> None:
    config = parsed(tmp_path, ["postgres", "redis"])

    programs = [name for name in config.sections() if name.startswith("program:")]
    in_order = sorted(programs, key=lambda name: int(config[name]["priority"]))
    assert [name.removeprefix("program:") for name in in_order] == [
        "postgres",
        "redis",
        "web",
        "worker",
        "clock",
    ]


def test_only_the_servers_start_before_the_tables_stand(tmp_path: Path) -> None:
    config = parsed(tmp_path, ["postgres", "redis"])

    starts = {name: config[f"program:{name}"]["autostart"] for name in ("postgres", "web")}
    assert starts == {"postgres": "true", "web": "false"}


def test_postgres_is_stopped_by_int_and_the_worker_gets_its_time(tmp_path: Path) -> None:
    config = parsed(tmp_path, ["postgres", "redis"])

    assert config["program:postgres"]["stopsignal"] == "INT"
    assert config["program:worker"]["stopwaitsecs"] == "25"


def test_servers_of_others_are_not_started(tmp_path: Path) -> None:
    config = parsed(tmp_path, ["redis"])

    assert not config.has_section("program:postgres")
    assert config.has_section("program:redis")


@pytest.mark.parametrize("name", ["with space", "50% off", "a ;b", "a #b", 'it\'s "quoted"'])
def test_no_path_can_break_the_configuration(tmp_path: Path, name: str) -> None:
    text = configuration(places_of(tmp_path / name), ["postgres", "redis"])

    assert name not in text
