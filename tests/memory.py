"""Temporary files of the tests are kept in memory: SQLite waits for the disk at every commit."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
WANTED = 4 * 2**30


def keep_files_in_memory() -> None:
    """Those of pytest and of all processes that tests start, too; gone when the tests end.

    Whoever sets TMPDIR finds the files there, and afterwards as well. Without enough memory
    they lie on the disk, where everything takes its time.
    """
    if "TMPDIR" in os.environ:
        return
    made = tempfile.mkdtemp(prefix="chatsite-tests-", dir=MEMORY if has_room() else None)
    # PostgreSQL's own user passes through it.
    Path(made).chmod(0o711)
    os.environ["TMPDIR"] = tempfile.tempdir = made
    atexit.register(shutil.rmtree, made, ignore_errors=True)


def has_room() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    about = os.statvfs(MEMORY)
    # Tests run small programs of their own from there.
    return about.f_bavail * about.f_frsize >= WANTED and not about.f_flag & os.ST_NOEXEC
