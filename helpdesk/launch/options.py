"""What can be typed after bin/start."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

DEFAULT_PORT = 8000
DEFAULT_DATA = Path("data")


class OneLineParser(argparse.ArgumentParser):
    """Misuse is answered by one line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        message = message.replace("unrecognized arguments:", "unknown option or argument:")
        sys.stderr.write(f"{self.prog}: {message} (see {self.prog} --help)\n")
        sys.exit(2)


def start_parser(checkout: Path) -> argparse.ArgumentParser:
    result = OneLineParser(
        prog="bin/start",
        allow_abbrev=False,
        description="Starts Helpdesk: Python packages, PostgreSQL, Redis, web, worker and clock. "
        "Ctrl-C stops all of it.",
        epilog="With DATABASE_URL or REDIS_URL set, those servers are used instead of own ones.",
    )
    result.add_argument(
        "--port", type=port, default=DEFAULT_PORT, help=f"web port (default {DEFAULT_PORT})"
    )
    result.add_argument(
        "--data",
        type=Path,
        default=checkout / DEFAULT_DATA,
        metavar="DIR",
        help="folder for everything kept (default: data in the checkout)",
    )
    result.add_argument(
        "--no-demo", action="store_true", help="no fictional company on the first start"
    )
    return result


def port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port between 1 and 65535")
    return int(text)
