from pathlib import Path

import pytest

from helpdesk.launch.options import start_parser

CHECKOUT = Path("/somewhere/helpdesk")


def test_without_options_the_data_stand_in_the_checkout() -> None:
    options = start_parser(CHECKOUT).parse_args([])

    assert (options.port, options.data, options.no_demo) == (8000, CHECKOUT / "data", False)


def test_a_relative_folder_is_the_callers() -> None:
    options = start_parser(CHECKOUT).parse_args(["--data", "my desk", "--port", "8100"])

    assert (options.data, options.port) == (Path("my desk"), 8100)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--colour"], "--colour"),
        (["--por", "8000"], "--por"),
        (["here"], "here"),
        (["--port"], "--port"),
        (["--port", "http"], "'http'"),
        (["--port", "0"], "'0'"),
        (["--port", "65536"], "'65536'"),
        (["--port", "-1"], "--port"),
        (["--port", "٣"], "'٣'"),
        (["--port", "1e3"], "'1e3'"),
        (["--data"], "--data"),
    ],
)
def test_misuse_is_one_line_and_exit_code_2(
    arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        start_parser(CHECKOUT).parse_args(arguments)

    message = capsys.readouterr().err
    assert ended.value.code == 2
    assert message.count("\n") == 1
    assert named in message


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        start_parser(CHECKOUT).parse_args(["--help"])

    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(option in text for option in ("--port", "--data", "--no-demo"))
