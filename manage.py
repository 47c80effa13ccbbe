#!/usr/bin/env python3
"""Runs Chatsite's commands from a shell."""

import os
import sys

from django.core.management import execute_from_command_line

from chatsite.environment import BadSetting

# sysexits.h: the configuration is wrong.
EX_CONFIG = 78

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    try:
        execute_from_command_line(sys.argv)
    except BadSetting as problem:
        print(problem, file=sys.stderr)
        sys.exit(EX_CONFIG)
