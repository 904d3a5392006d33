#!/usr/bin/env python
"""Runs Django's commands. With no variable set, the embedded PostgreSQL and Valkey start on first use."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "innoteams.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
