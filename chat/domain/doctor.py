"""Looks at the set-up before the server starts: one sentence for each thing that is wrong."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from . import keys

LEAST_FREE_BYTES = 200_000_000
# A check reads the whole file: the start does not wait for that of a large one.
MOST_CHECKED_BYTES = 200_000_000

_lock: IO[str] | None = None


def complaints() -> list[str]:
    """Empty when the server may start."""
    return _database() or [*keys.check_keys(), *_settings(), *_second_process()]


def _database() -> list[str]:
    try:
        if words := damage():
            return [words]
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["The database is not up to date. Run: python manage.py prepare"]
    except DatabaseError as error:
        return [f"The database cannot be used: {str(error).splitlines()[0]}"]
    return []


def damage() -> str:
    """A sentence when SQLite finds something wrong with its file. Raises DatabaseError."""
    if not settings.SQLITE:
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        if cursor.fetchone()[0] > MOST_CHECKED_BYTES:
            return ""
        cursor.execute("PRAGMA quick_check(1)")
        found = str(cursor.fetchone()[0]).replace("*** in database main ***", "").strip()
    if found == "ok":
        return ""
    return f"The database file is damaged ({found.splitlines()[0]}). Restore the last back-up."


def _settings() -> list[str]:
    found = []
    if settings.DEBUG and settings.HTTPS:
        found.append("DEBUG is on at a public address. Set DEBUG=0.")
    if shutil.disk_usage(settings.DATA_DIR).free < LEAST_FREE_BYTES:
        found.append(f"Less than 200 MB are free at {settings.DATA_DIR}. Make room first.")
    return found + _anchor_file()


def _anchor_file() -> list[str]:
    """The hourly line to it is a promise: nobody would notice that it is never written."""
    path = settings.LEDGER_ANCHOR_FILE
    try:
        if path:
            Path(path).open("a").close()
    except OSError as error:
        return [f"LEDGER_ANCHOR_FILE {path} cannot be written: {error.strerror}."]
    return []


def _second_process() -> list[str]:
    """SQLite and the hub in memory belong to one process: the lock is held until it ends."""
    global _lock  # noqa: PLW0603 - it must stay open as long as the process lives
    if not settings.SQLITE:
        return []
    _lock = (settings.DATA_DIR / "server.lock").open("w")
    try:
        fcntl.flock(_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return [
            f"A server is running already on {settings.DATA_DIR}. "
            "Stop it, or use PostgreSQL (DATABASE_URL) for several processes."
        ]
    _lock.write(str(os.getpid()))
    _lock.flush()
    return []
