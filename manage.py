#!/usr/bin/env python3
"""Command line of the desk; `bin/manage` runs it with the right settings."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    if len(sys.argv) > 1 and sys.argv[1] == "migrate":
        os.environ.setdefault("HELPDESK_PROCESS", "migrate")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
