"""Reads settings from the environment and refuses bad values with one sentence.

BadSetting   names the variable and says what to write instead
"""

import contextlib
import os
import secrets
import zoneinfo
from collections.abc import Collection
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
DEFAULT_PORTS = {"http": 80, "https": 443}
DATABASES = {"postgres", "postgresql", "sqlite"}


class BadSetting(ImproperlyConfigured):
    pass


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
        raise BadSetting(f"{name} is {value!r}; write 1 or 0.")
    return default


def env_int(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    value = env_text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
        raise BadSetting(f"{name} is {value!r}; write a whole number, {least} to {most}.")
    return int(value)


def env_list(name: str) -> list[str]:
    return [part.strip() for part in env_text(name).split(",") if part.strip()]


def env_targets(name: str) -> list[str]:
    """Exact targets in a network, each as host:port."""
    targets = env_list(name)
    for target in targets:
        host, _, port = target.rpartition(":")
        if not host or "/" in host or not (port.isascii() and port.isdigit()):
            raise BadSetting(f"{name} has {target!r}; write host:port, like models.internal:8080.")
    return targets


def env_proxy(name: str) -> str:
    """An http:// address with host and port, or nothing. It may hold a password: never repeated."""
    value = env_text(name)
    try:
        parts = urlsplit(value)
        is_plain = bool(parts.scheme == "http" and parts.hostname and parts.port)
    except ValueError:
        is_plain = False
    if value and not (is_plain and parts.path in {"", "/"}):
        raise BadSetting(f"{name} cannot be read; write http://host:port, like http://proxy:3128.")
    return value


def env_mail_address(name: str, default: str) -> str:
    value = env_text(name, default)
    _, address = parseaddr(value)
    if not all(address.partition("@")):
        raise BadSetting(f"{name} is {value!r}; write an email address.")
    return value


def env_choice(name: str, default: str, choices: Collection[str]) -> str:
    value = env_text(name, default)
    if value not in choices:
        raise BadSetting(f"{name} is {value!r}; write one of {', '.join(choices)}.")
    return value


def env_time_zone(name: str, default: str) -> str:
    value = env_text(name, default)
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise BadSetting(f"{name} is {value!r}; write a name like Europe/Zurich.") from None
    return value


def env_origins(name: str, default: list[str]) -> list[str]:
    """Web addresses as scheme://host[:port], without a path, all http or all https."""
    origins = [_origin(name, value) for value in env_list(name) or default]
    if len({origin.partition(":")[0] for origin in origins}) > 1:
        raise BadSetting(f"{name} mixes http and https; use https everywhere.")
    return origins


def _origin(name: str, value: str) -> str:
    """As browsers write it in the Origin header: in lower case, without the usual port."""
    problem = f"{name} has {value!r}; write addresses like https://chat.example.org."
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise BadSetting(problem) from None
    plain = parts.scheme in DEFAULT_PORTS and parts.hostname and parts.path in {"", "/"}
    if not plain or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadSetting(problem)
    host = host_of(value)
    usual = port in {None, DEFAULT_PORTS[parts.scheme]}
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def host_of(origin: str) -> str:
    """The host of an origin in the form of ALLOWED_HOSTS: no port, IPv6 in brackets."""
    host = urlsplit(origin).hostname or ""
    return f"[{host}]" if ":" in host else host


def data_directory(path: str) -> Path:
    """The directory for database, secrets and collected static files, made when it is missing."""
    # Also what SQLite and collectstatic make later is nobody else's to read.
    os.umask(0o077)
    directory = Path(path).expanduser().resolve()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"CHATSITE_DATA_DIR {directory} cannot be made: {error.strerror}."
        ) from None
    return directory


def database(url: str, directory: Path) -> dict[str, Any]:
    """Django's description of the database at the address; without one, of a file of our own."""
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": directory / "db.sqlite3"}
    problem = "DATABASE_URL cannot be read; write postgres://user:password@host:5432/name."
    if url.partition(":")[0] not in DATABASES:
        raise BadSetting(problem)
    if not url.startswith("sqlite"):
        need_driver("DATABASE_URL", "psycopg")
    try:
        return dict(dj_database_url.parse(url))
    except (ValueError, KeyError):
        raise BadSetting(problem) from None


def need_driver(name: str, module: str) -> None:
    if find_spec(module) is None:
        raise BadSetting(f"{name} needs {module}, which is not installed. Run: make run")


def mail_server(url: str) -> dict[str, Any]:
    """Django's settings for the server at smtp://user:password@host:587, or smtps://…:465.

    Without an address, mails are printed to the server's output.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadSetting("EMAIL_URL cannot be read; write smtp://user:password@host:587.")
    secure = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if secure else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": port == 587,
        "EMAIL_TIMEOUT": 20,
    }


def secret_key(directory: Path) -> str:
    """SECRET_KEY from the environment, else from a file that is made on the first run (0600)."""
    value = env_text("SECRET_KEY") or _secret_file(directory / "secret_key")
    if len(value) < 32 or len(set(value)) < 5:
        raise BadSetting("SECRET_KEY is too short; use at least 32 random characters.")
    return value


def _secret_file(path: Path) -> str:
    """Linked into place when it is complete: a second process never reads half a secret."""
    try:
        if not path.exists():
            _write_secret(path)
        return path.read_text().strip()
    except OSError as error:
        raise BadSetting(f"{path} cannot be used: {error.strerror}.") from None


def _write_secret(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
