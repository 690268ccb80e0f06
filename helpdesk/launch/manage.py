"""bin/manage, first half: the packages stand, then the environment's Python goes on."""

import signal
import sys

from helpdesk.launch import packages
from helpdesk.launch.problem import told_in_one_line
from helpdesk.launch.progress import Progress


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with told_in_one_line():
        # What the command prints may be read by a program: nothing else goes to stdout.
        packages.ensure(packages.RUN, Progress(sys.stderr))
    packages.run_in_environment("helpdesk.launch.manage_command", sys.argv[1:])


if __name__ == "__main__":
    main()
