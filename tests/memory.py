"""Temporary files of the tests are kept in memory: SQLite waits for the disk at every commit."""

import atexit
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path

MEMORY = Path("/dev/shm")
WANTED = 4 * 2**30
PREFIX = "chatsite-tests-"


def keep_files_in_memory() -> None:
    """Those of pytest and of all processes that tests start, too; gone when the tests end.

    Whoever sets TMPDIR finds the files there, and afterwards as well. Without enough memory
    they lie on the disk, where everything takes its time.
    """
    if "TMPDIR" in os.environ:
        return
    remove_leftovers()
    made = tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY if has_room() else None)
    # PostgreSQL's own user passes through it.
    Path(made).chmod(0o711)
    os.environ["TMPDIR"] = tempfile.tempdir = made
    # Open, and so locked, for as long as this process lives.
    lock = os.open(Path(made) / "lock", os.O_CREAT | os.O_WRONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    atexit.register(shutil.rmtree, made, ignore_errors=True)


def remove_leftovers() -> None:
    """Runs that were killed left their files in memory."""
    for lock in MEMORY.glob(f"{PREFIX}*/lock"):
        try:
            with lock.open("w") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Younger ones may just be about to be locked.
                if time.time() - lock.parent.stat().st_ctime > 60:
                    shutil.rmtree(lock.parent, ignore_errors=True)
        except OSError:
            continue


def has_room() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    about = os.statvfs(MEMORY)
    # Tests run small programs of their own from there.
    return about.f_bavail * about.f_frsize >= WANTED and not about.f_flag & os.ST_NOEXEC
