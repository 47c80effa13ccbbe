"""A data directory with tables and static files, made once for all workers of a run.

`python -m tests.prepared` collects the static files into the one in CHATSITE_DATA_DIR.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OF_THE_CALLER = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())


def environment(**values: object) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key not in OF_THE_CALLER}
    return inherited | {key: str(value) for key, value in values.items()}


def copy_prepared(directory: Path) -> None:
    """Fills a directory; the secrets and whatever else `prepare` makes are made anew there."""
    static = once("static", lambda made: _run(made, "-m", "tests.prepared"))
    shutil.copytree(static, directory, dirs_exist_ok=True)
    copy_tables(directory / "db.sqlite3")


def copy_tables(database: Path) -> None:
    """An SQLite file with all tables, and the rows that migrations make."""
    tables = once("tables", migrate)
    shutil.copy(tables / "db.sqlite3", database)


def migrate(directory: Path, **given: str) -> None:
    _run(directory, "manage.py", "migrate", "--verbosity", "0", **given)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A directory that is filled unless another worker has done it already."""
    shared = Path(tempfile.gettempdir())
    done = shared / f"{name}-{RUN}"
    with (shared / f"{name}-{RUN}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            made = Path(tempfile.mkdtemp(dir=shared))
            make(made)
            (made / "secret_key").unlink()
            made.rename(done)
    return done


def _run(directory: Path, *words: str, **given: str) -> None:
    there = environment(CHATSITE_DATA_DIR=directory, CHATSITE_DEMO=0, **given)
    subprocess.run([sys.executable, *words], cwd=ROOT, env=there, check=True)


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "chatsite.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    from chat.domain import setup

    call_command("collectstatic", verbosity=0, interactive=False)
    setup.remember_static()


if __name__ == "__main__":
    main()
