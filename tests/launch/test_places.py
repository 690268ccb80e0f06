import os
import stat
from pathlib import Path

import pytest

from helpdesk.launch.places import make_folders, make_socket_folder, places_of
from helpdesk.launch.problem import Problem


def test_two_names_of_one_folder_are_one_instance(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "desk")

    assert places_of(tmp_path / "link") == places_of(tmp_path / "desk" / ".." / "desk")


def test_two_folders_have_two_socket_folders(tmp_path: Path) -> None:
    assert places_of(tmp_path / "a").sockets != places_of(tmp_path / "b").sockets


def test_a_socket_path_stays_short_below_a_long_folder_with_spaces(tmp_path: Path) -> None:
    places = places_of(tmp_path / ("a long name " * 15) / 'with "quotes" and % signs')

    assert len(str(places.redis_socket)) < 60
    assert " " not in str(places.sockets)


def test_a_line_break_in_the_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="line break"):
        places_of(tmp_path / "two\nlines")


def test_what_is_kept_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    places = places_of(tmp_path / "desk")

    make_folders(places)

    for name in ("run", "log", "files", "mail", "redis"):
        assert stat.S_IMODE((places.data / name).stat().st_mode) == 0o700


def test_a_data_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(Problem, match=r"cannot be written: .+ Choose another with --data\."):
        make_folders(places_of(tmp_path / "file"))


def test_a_socket_folder_of_a_stranger_is_refused(tmp_path: Path) -> None:
    places = places_of(tmp_path / "desk")
    places.sockets.symlink_to(tmp_path)

    try:
        with pytest.raises(Problem, match="belongs to somebody else"):
            make_socket_folder(places, os.geteuid(), os.getegid())
    finally:
        places.sockets.unlink()
