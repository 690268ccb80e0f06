"""bin/start itself: real programs on a new data folder."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from helpdesk.launch import ports, processes, servers
from helpdesk.launch.places import CHECKOUT, Places, places_of
from helpdesk.launch.waiting import holds_within

pytestmark = pytest.mark.faults

PROGRAMS = ("postgres", "redis", "web", "worker", "clock")
READY_S = 90
STOP_S = 60


class Instance:
    """One data folder, and the calls of bin/start on it."""

    def __init__(self, data: Path) -> None:
        self.places: Places = places_of(data)
        self.port = ports.free_port()
        self.output = data.with_name("output.txt")
        self.running: subprocess.Popen[bytes] | None = None

    def command(self, *options: str) -> list[str]:
        data = str(self.places.data)
        return [str(CHECKOUT / "bin" / "start"), "--data", data, "--port", str(self.port), *options]

    def start(self, *options: str) -> None:
        with self.output.open("wb") as output:
            self.running = subprocess.Popen(
                self.command(*options),
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def start_until_ready(self, *options: str) -> None:
        self.start(*options)
        line = f"Helpdesk is ready on http://127.0.0.1:{self.port}\n"
        assert holds_within(READY_S, lambda: line in self.text() or self.has_ended()), self.text()
        assert line in self.text()

    def text(self) -> str:
        return self.output.read_text(errors="replace")

    def has_ended(self) -> bool:
        return self.running is not None and self.running.poll() is not None

    def send(self, number: signal.Signals) -> None:
        assert self.running is not None
        self.running.send_signal(number)

    def exit_code(self) -> int:
        assert self.running is not None
        return self.running.wait(STOP_S)

    def pid(self, name: str) -> int:
        pid = processes.read_pid(self.places.pid_file(name))
        assert pid is not None
        return pid

    def comes_back(self, name: str, killed: int) -> bool:
        return holds_within(
            30, lambda: self.pid(name) != killed and processes.is_running(self.pid(name))
        )

    def left(self) -> list[int]:
        """Every running process of this data folder, wherever it was started."""
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        ours = [pid for pid in pids if processes.belongs_to(self.places, pid)]
        return [pid for pid in ours if processes.is_running(pid)]


def environment() -> dict[str, str]:
    """As in a shell: nothing of the test run's own servers and settings."""
    outer = servers.without_servers(os.environ)
    return {name: value for name, value in outer.items() if not name.startswith("HELPDESK_")}


@contextmanager
def new_instance() -> Iterator[Instance]:
    folder = Path(tempfile.mkdtemp(prefix="helpdesk test ", dir="/tmp"))
    folder.chmod(0o711)
    result = Instance(folder / "my data")
    try:
        yield result
    finally:
        if result.running is not None and not result.has_ended():
            result.send(signal.SIGTERM)
            result.exit_code()
        shutil.rmtree(folder)


@pytest.fixture
def instance() -> Iterator[Instance]:
    with new_instance() as result:
        yield result


@pytest.fixture(scope="module")
def demo() -> Iterator[Instance]:
    """A first start as a stranger makes it; it runs on while several tests look at it."""
    with new_instance() as result:
        result.start_until_ready()
        yield result


def test_a_first_start_is_ready_and_names_who_can_sign_in(demo: Instance) -> None:
    assert "agent@demo.example" in demo.text()
    for name in PROGRAMS:
        assert processes.is_running(demo.pid(name))
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/readyz", timeout=10) as answer:
        assert answer.status == 200


def test_commands_reach_the_running_instance(demo: Instance) -> None:
    data = str(demo.places.data)
    manage = [str(CHECKOUT / "bin" / "manage"), "--data", data, "migrate", "--check"]

    assert subprocess.run(manage, env=environment(), check=False).returncode == 0


def test_a_second_start_on_the_same_data_is_one_line(demo: Instance) -> None:
    second = subprocess.run(
        demo.command(), env=environment(), capture_output=True, text=True, check=False
    )

    assert second.returncode == 1
    assert second.stderr.startswith("Helpdesk is already running on ")
    assert second.stderr.count("\n") == 1


def test_a_killed_program_is_back_and_the_others_stay(demo: Instance) -> None:
    for name in PROGRAMS:
        before = {each: demo.pid(each) for each in PROGRAMS}
        os.kill(before[name], signal.SIGKILL)

        assert demo.comes_back(name, before[name]), name
        others = [each for each in PROGRAMS if each != name]
        assert {one: demo.pid(one) for one in others} == {one: before[one] for one in others}


def test_an_empty_desk_gets_a_link_to_set_it_up(instance: Instance) -> None:
    instance.start_until_ready("--no-demo")

    assert f"http://127.0.0.1:{instance.port}/setup/" in instance.text()
    assert "demo.example" not in instance.text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_leaves_no_process(instance: Instance, number: signal.Signals) -> None:
    instance.start_until_ready("--no-demo")

    instance.send(number)

    assert instance.exit_code() == 0
    assert instance.left() == []
    assert list(instance.places.run.glob("*.pid")) == []
    assert not instance.places.sockets.exists()


def test_told_to_stop_while_it_starts_it_leaves_no_process(instance: Instance) -> None:
    instance.start("--no-demo")
    assert holds_within(READY_S, lambda: instance.places.pid_file("postgres").exists())

    instance.send(signal.SIGTERM)

    assert instance.exit_code() == 0
    assert instance.left() == []


def test_a_killed_start_is_cleaned_up_by_the_next(instance: Instance) -> None:
    instance.start_until_ready("--no-demo")
    left_behind = [instance.pid(name) for name in PROGRAMS]

    instance.send(signal.SIGKILL)
    os.kill(instance.pid("supervisord"), signal.SIGKILL)
    instance.exit_code()
    assert any(map(processes.is_running, left_behind))

    instance.start_until_ready("--no-demo")

    assert "an earlier start had left behind" in instance.text()
    assert not any(map(processes.is_running, left_behind))


def test_without_its_supervisor_it_stops_and_says_so(instance: Instance) -> None:
    instance.start_until_ready("--no-demo")

    os.kill(instance.pid("supervisord"), signal.SIGKILL)

    assert instance.exit_code() == 1
    assert "The supervisor ended by itself" in instance.text()
    assert instance.left() == []


def test_a_damaged_secret_key_is_told_in_one_line(instance: Instance) -> None:
    instance.places.data.mkdir()
    (instance.places.data / "secret.key").write_text("too short\n")

    instance.start("--no-demo")

    assert instance.exit_code() == 1
    assert instance.text().count("\n") == 1
    assert "secret.key holds no usable key" in instance.text()


def test_a_web_server_that_cannot_start_is_told_with_the_end_of_its_log(
    instance: Instance,
) -> None:
    """Somebody takes the port after it was found free."""
    instance.start("--no-demo")
    assert holds_within(READY_S, lambda: instance.places.pid_file("postgres").exists())

    with socket.socket() as somebody:
        somebody.bind((ports.HOST, instance.port))

        assert instance.exit_code() == 1

    assert "web ends as soon as it starts" in instance.text()
    assert "address already in use" in instance.text()
    assert instance.left() == []
