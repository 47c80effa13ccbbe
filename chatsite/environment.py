"""Reads settings from the environment and refuses bad values with one sentence."""

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def env_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, *, default: bool) -> bool:
    """A typing error must not silently mean "off": only the listed words count."""
    value = env_text(name).lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    if value:
        raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")
    return default


def env_int(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    value = env_text(name)
    if not value:
        return default
    if not value.isdigit() or not least <= int(value) <= most:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number, {least} to {most}.")
    return int(value)


def env_list(name: str) -> list[str]:
    return [part.strip() for part in env_text(name).split(",") if part.strip()]


def env_origins(name: str, default: list[str]) -> list[str]:
    """Web addresses as scheme://host[:port], without a path.

    Raises ImproperlyConfigured for anything else.
    """
    return [_origin(name, value) for value in env_list(name) or default]


def _origin(name: str, value: str) -> str:
    parts = urlsplit(value)
    plain = parts.scheme in {"http", "https"} and parts.hostname and parts.path in {"", "/"}
    if not plain or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured(
            f"{name} has {value!r}; write addresses like https://chat.example.org."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def host_of(origin: str) -> str:
    """The host of an origin in the form of ALLOWED_HOSTS: no port, IPv6 in brackets."""
    host = urlsplit(origin).hostname or ""
    return f"[{host}]" if ":" in host else host


def data_directory(path: str) -> Path:
    """The directory for database, secrets and collected static files, made when it is missing."""
    directory = Path(path).expanduser().resolve()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"CHATSITE_DATA_DIR {directory} cannot be made: {error.strerror}."
        ) from None
    return directory


def secret_key(directory: Path) -> str:
    """SECRET_KEY from the environment, else from a file that is made on the first run (0600)."""
    value = env_text("SECRET_KEY") or _secret_file(directory / "secret_key")
    if len(value) < 32 or len(set(value)) < 5:
        raise ImproperlyConfigured("SECRET_KEY is too short; use at least 32 random characters.")
    return value


def _secret_file(path: Path) -> str:
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()
