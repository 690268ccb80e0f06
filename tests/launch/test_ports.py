import socket

import pytest

from helpdesk.launch import ports
from helpdesk.launch.problem import Problem


def test_a_port_somebody_listens_on_is_told_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]

        with pytest.raises(Problem, match=rf"Port {taken} is in use\. .*--port"):
            ports.require_free(taken)


def test_a_free_port_is_accepted_and_left_free() -> None:
    port = ports.free_port()

    ports.require_free(port)
    ports.require_free(port)
