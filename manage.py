#!/usr/bin/env python3
"""Runs Chatsite's commands from a shell."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    execute_from_command_line(sys.argv)
