"""Whether the web server will be able to listen."""

import errno
import socket

from helpdesk.launch.problem import Problem

HOST = "127.0.0.1"


def require_free(port: int) -> None:
    """Raises Problem when the web server could not listen on `port`."""
    with socket.socket() as probe:
        # As the web server does: connections of an earlier one may still be closing.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Problem(
                    f"Port {port} is in use. Choose another with --port, for example "
                    f"bin/start --port {port + 1 if port < 65535 else 8000}."
                ) from error
            raise Problem(f"Port {port} cannot be used: {error.strerror}.") from error


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
