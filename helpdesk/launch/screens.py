"""bin/screens, first half: the packages for tests stand, then the environment's Python goes on."""

import signal
import sys

from helpdesk.launch import packages
from helpdesk.launch.problem import told_in_one_line
from helpdesk.launch.progress import Progress


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with told_in_one_line():
        packages.ensure(packages.TEST, Progress(sys.stdout))
    packages.run_in_environment("tests.browser.pictures", sys.argv[1:])


if __name__ == "__main__":
    main()
