"""What a first start needs: the first administrator, and static files that are up to date.

SetupProblem   has a sentence that says what to change
"""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from chat.models import User

# No letters and digits that are mistaken for each other when copied from a terminal.
ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class SetupProblem(Exception):
    pass


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """`password` is only filled when it was made here: it is shown once and stored nowhere."""

    email: str
    password: str = field(default="", repr=False)


def first_administrator() -> FirstAdministrator | None:
    """Makes the first administrator; None: there is one.

    Raises SetupProblem when CHATSITE_ADMIN_EMAIL cannot be used.
    """
    if User.objects.filter(is_superuser=True, is_active=True).exists():
        return None
    email = settings.FIRST_ADMIN_EMAIL.lower()
    try:
        validate_email(email)
    except ValidationError:
        raise SetupProblem(f"CHATSITE_ADMIN_EMAIL is {email!r}; write an email address.") from None
    made = "" if settings.FIRST_ADMIN_PASSWORD else _password()
    with transaction.atomic():
        user = User.objects.filter(email=email).first() or User(email=email)
        user.is_active = user.is_staff = user.is_superuser = True
        user.set_password(settings.FIRST_ADMIN_PASSWORD or made)
        user.save()
    return FirstAdministrator(email, made)


def must_migrate() -> bool:
    """Asks the recorded migrations, which is much quicker than running the command in vain."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def static_fingerprint() -> str:
    """Changes when a static file, ours or a library's, is added, removed or written."""
    digest = hashlib.sha256()
    for path in sorted(_static_files()):
        status = path.stat()
        digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def static_is_current() -> bool:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    mark = _mark()
    return manifest.exists() and mark.exists() and mark.read_text() == static_fingerprint()


def remember_static() -> None:
    _mark().write_text(static_fingerprint())


def _mark() -> Path:
    """Beside the collected files, where the web server does not reach."""
    path: Path = settings.DATA_DIR / "static.fingerprint"
    return path


def _static_files() -> Iterator[Path]:
    for finder in get_finders():
        for name, storage in finder.list(["CVS", ".*", "*~"]):
            yield Path(storage.path(name))


def _password() -> str:
    """Four groups of five: long enough never to be guessed, short enough to be typed."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(4))
    return "-".join(groups)
