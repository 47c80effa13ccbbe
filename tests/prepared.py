"""A data directory with tables and static files, made once for all workers of a run.

`python -m tests.prepared` brings the directory in CHATSITE_DATA_DIR there.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OF_THE_CALLER = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "SECRET_KEY"}
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())


def environment(**values: object) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key not in OF_THE_CALLER}
    return inherited | {key: str(value) for key, value in values.items()}


def copy_prepared(directory: Path) -> None:
    """Fills a directory; the secrets and whatever else `prepare` makes are made anew there."""
    shutil.copytree(
        _prepared(),
        directory,
        ignore=shutil.ignore_patterns("secret_key", "*_keys"),
        dirs_exist_ok=True,
    )


def copy_tables(database: Path) -> None:
    """An SQLite file with all tables, and the rows that migrations make."""
    shutil.copy(_prepared() / "db.sqlite3", database)


def _prepared() -> Path:
    shared = Path(tempfile.gettempdir())
    done = shared / f"prepared-{RUN}"
    with (shared / f"prepared-{RUN}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            made = Path(tempfile.mkdtemp(dir=shared))
            given = environment(CHATSITE_DATA_DIR=made, CHATSITE_DEMO=0)
            subprocess.run(
                [sys.executable, "-m", "tests.prepared"], cwd=ROOT, env=given, check=True
            )
            made.rename(done)
    return done


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "chatsite.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    from chat.domain import setup

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    setup.remember_static()


if __name__ == "__main__":
    main()
