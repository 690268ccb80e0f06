"""supervisor's configuration, and talking to it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from helpdesk.launch.cleanup import SUPERVISOR
from helpdesk.launch.places import CHECKOUT, Places
from helpdesk.launch.problem import Problem
from helpdesk.launch.programs import PROGRAMS, SERVERS, Program
from helpdesk.launch.waiting import poll

LOG_LIMIT = "5MB"
LOG_BACKUPS = 3
START_TIMEOUT_S = 20.0
STOP_TIMEOUT_S = 90.0

# A path may hold spaces, quotes, percent and comment signs. None of them is written here: the
# data folder comes in as a variable, and `python` is found by PATH.
HEAD = """\
[unix_http_server]
file={sockets}/supervisor.sock
chmod=0700

[supervisord]
nodaemon=true
silent=true
logfile=%(ENV_HELPDESK_DATA)s/log/supervisord.log
logfile_maxbytes={limit}
logfile_backups={backups}
pidfile=%(ENV_HELPDESK_DATA)s/run/supervisord.pid
{user}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
PROGRAM = """
[program:{name}]
command=python -m helpdesk.launch.program {name}
priority={order}
autostart={autostart}
autorestart=true
startsecs=1
startretries=1000000
stopsignal={signal}
stopwaitsecs={wait}
killasgroup=true
redirect_stderr=true
stdout_logfile=%(ENV_HELPDESK_DATA)s/log/{name}.log
stdout_logfile_maxbytes={limit}
stdout_logfile_backups={backups}
"""


def configuration(places: Places, embedded: list[str]) -> str:
    """The servers start with supervisor; the other programs when the database is ready."""
    parts = [
        HEAD.format(
            sockets=places.sockets,
            limit=LOG_LIMIT,
            backups=LOG_BACKUPS,
            user="user=root\n" if os.geteuid() == 0 else "",
        )
    ]
    for program in PROGRAMS.values():
        if program.name in embedded or program.name not in SERVERS:
            parts.append(_section(program))
    return "".join(parts)


def _section(program: Program) -> str:
    return PROGRAM.format(
        name=program.name,
        order=program.order,
        autostart="true" if program.name in SERVERS else "false",
        signal=program.stop_signal.name.removeprefix("SIG"),
        wait=program.stop_wait_s,
        limit=LOG_LIMIT,
        backups=LOG_BACKUPS,
    )


class Supervisor:
    """supervisord of one instance, as a child of this process."""

    def __init__(self, places: Places, variables: Mapping[str, str]) -> None:
        self._places = places
        self._variables = dict(variables)
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """supervisord answers; the embedded servers are being started."""
        embedded = self._variables["HELPDESK_EMBEDDED"].split()
        path = self._places.run / "supervisord.conf"
        path.write_text(configuration(self._places, embedded), encoding="utf-8")
        with (self._places.log / "supervisord.err").open("wb") as errors:
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "supervisor.supervisord", "-c", path],
                env=self._variables,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                # Ctrl-C reaches bin/start alone, which stops the programs in their order.
                start_new_session=True,
            )
        poll(
            self._answers,
            timeout_s=START_TIMEOUT_S,
            while_true=self.is_running,
            problem=f"{SUPERVISOR} did not start; see {errors.name}.",
        )

    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def start_program(self, name: str) -> None:
        wait_until_it_runs = False
        self._ask().supervisor.startProcess(name, wait_until_it_runs)

    def pid_of(self, name: str) -> int:
        """0 while the program does not run."""
        facts = self._ask().supervisor.getProcessInfo(name)
        return int(facts["pid"]) if isinstance(facts, dict) else 0

    def wait(self) -> int:
        """Returns when supervisord has ended by itself; its exit code."""
        if self._child is None:
            raise Problem(f"{SUPERVISOR} was not started.")
        return self._child.wait()

    def stop(self) -> None:
        """The programs are stopped in the reverse of their order, then supervisord ends."""
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _ask(self) -> ServerProxy:
        """supervisor's interface; a new one each time, for one that failed stays unusable."""
        address = f"unix://{self._places.sockets}/supervisor.sock"
        # The address of the proxy is not used, but it must look like one.
        return ServerProxy("http://127.0.0.1", SupervisorTransport("", "", address))

    def _answers(self) -> bool:
        try:
            return bool(self._ask().supervisor.getState())
        except (OSError, Fault):
            return False
