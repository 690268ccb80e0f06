from pathlib import Path

import pytest

from helpdesk.launch import postgres, postgres_home
from helpdesk.launch.places import make_folders, places_of
from helpdesk.launch.problem import Problem


@pytest.mark.parametrize(
    ("processes", "threads", "connections"), [(1, 16, 100), (4, 16, 110), (8, 32, 306)]
)
def test_connections_are_enough_for_every_thread(
    processes: int, threads: int, connections: int
) -> None:
    assert postgres.max_connections(processes, threads) == connections


def test_nothing_committed_can_be_lost_and_nobody_can_call_from_outside() -> None:
    lines = postgres.configuration(Path("/sockets"), 100).splitlines()

    for line in (
        "fsync = 'on'",
        "synchronous_commit = 'on'",
        "full_page_writes = 'on'",
        "listen_addresses = ''",
        "log_lock_waits = 'on'",
        "tcp_keepalives_idle = '30'",
        "tcp_user_timeout = '60000'",
    ):
        assert line in lines


def test_a_user_name_with_a_quote_stays_one_name() -> None:
    assert postgres.ident_map(['a"b', "root"]) == 'helpdesk "a""b" all\nhelpdesk "root" all\n'


def test_a_cluster_of_another_version_is_refused(tmp_path: Path) -> None:
    places = places_of(tmp_path / "desk")
    make_folders(places)
    cluster = places.data / "pg"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("16\n")
    home = postgres_home.PostgresHome(tmp_path, cluster, postgres_home.user_with(0))

    with pytest.raises(Problem, match=r"made by PostgreSQL 16; this is PostgreSQL 18\."):
        postgres.prepare(home, places, connections=100)


def test_a_user_id_without_a_name_is_told() -> None:
    with pytest.raises(Problem, match="user id 54321 has none"):
        postgres_home.user_with(54321)


def test_a_copied_data_folder_does_not_share_the_database_of_the_first(tmp_path: Path) -> None:
    spare = tmp_path / "spare"
    first, copy = places_of(tmp_path / "first"), places_of(tmp_path / "copy")
    make_folders(first)
    make_folders(copy)
    postgres_home.claim(spare, first)

    with pytest.raises(Problem, match=r"is a copy of .+/first"):
        postgres_home.claim(spare, copy)


def test_a_moved_data_folder_keeps_its_database(tmp_path: Path) -> None:
    spare = tmp_path / "spare"
    first = places_of(tmp_path / "first")
    make_folders(first)
    postgres_home.claim(spare, first)
    (spare / "pg").mkdir()
    first.data.rename(tmp_path / "moved")
    moved = places_of(tmp_path / "moved")

    postgres_home.claim(spare, moved)

    assert moved.postgres_cluster() == spare / "pg"
