"""bin/start, first half: what can be done by a Python without packages.

Once the packages stand, the environment's own Python goes on in `helpdesk.launch.instance`.
"""

import signal
import sys

from helpdesk.launch import packages, ports
from helpdesk.launch.options import start_parser
from helpdesk.launch.places import CHECKOUT, make_folders, places_of
from helpdesk.launch.problem import told_in_one_line
from helpdesk.launch.progress import Progress


def main() -> None:
    options = start_parser(CHECKOUT).parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with told_in_one_line():
        make_folders(places_of(options.data))
        if not packages.is_ready(packages.RUN):
            # Later the port is looked at again; now, nobody waits a minute to learn it.
            ports.require_free(options.port)
        packages.ensure(packages.RUN, Progress(sys.stdout))
    packages.run_in_environment("helpdesk.launch.instance", sys.argv[1:])


if __name__ == "__main__":
    main()
