"""bin/test, first half: the packages for tests stand, then the environment's Python goes on."""

import signal
import sys

from helpdesk.launch import packages
from helpdesk.launch.problem import told_in_one_line
from helpdesk.launch.progress import Progress

HELP = """\
bin/test                  everything: format, lint, import order, types, templates, settings,
                          migrations, tests, fault tests, a first start's migrate and demo
bin/test [pytest args]    only pytest with these arguments, for example: bin/test tests/core

PostgreSQL and Redis are started for the run and removed after it; with DATABASE_URL,
DATABASE_OWNER_URL and REDIS_URL set, those servers are used.
"""


def main() -> None:
    if sys.argv[1:] in (["--help"], ["-h"]):
        sys.stdout.write(HELP)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with told_in_one_line():
        packages.ensure(packages.TEST, Progress(sys.stdout))
    packages.run_in_environment("helpdesk.launch.checks", sys.argv[1:])


if __name__ == "__main__":
    main()
