"""Settings follow from the environment; a bad value ends the start with one sentence."""

import ast
import os
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from chatsite.environment import BadSetting

ROOT = Path(__file__).resolve().parent.parent
# Read by Django and its parts, and not by us.
DJANGOS = {"DEFAULT_FROM_EMAIL", "SESSION_COOKIE_AGE"}
# What a plain machine has in its environment is no setting of ours.
KEPT = ("PATH", "HOME", "PYTHONPATH")


@pytest.fixture
def settings_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Runs the settings file anew in an environment of exactly these variables."""

    def read(**environment: str) -> dict[str, Any]:
        for name in set(os.environ) - {*KEPT}:
            monkeypatch.delenv(name)
        for name, value in {"CHATSITE_DATA_DIR": str(tmp_path), **environment}.items():
            monkeypatch.setenv(name, value)
        spec = spec_from_file_location("chatsite.settings_again", ROOT / "chatsite/settings.py")
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return vars(module)

    return read


def test_with_nothing_set_it_serves_on_loopback_with_a_file_and_a_demonstration(
    settings_with: Any, tmp_path: Path
) -> None:
    found = settings_with()
    assert {name: found[name] for name in ("DEBUG", "HOST", "PORT", "DEMO", "DEMO_PORT")} == {
        "DEBUG": False,
        "HOST": "127.0.0.1",
        "PORT": 8000,
        "DEMO": True,
        "DEMO_PORT": 8001,
    }
    assert found["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert found["DATABASES"]["default"]["NAME"] == tmp_path / "db.sqlite3"
    assert found["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["PRIVATE_PROVIDERS"] == ["127.0.0.1:8001"]
    assert found["SESSION_COOKIE_NAME"] == "sessionid"


def test_an_encrypted_address_makes_cookies_that_only_travel_encrypted(
    settings_with: Any,
) -> None:
    found = settings_with(PUBLIC_URL="https://chat.example.org")
    assert found["ALLOWED_HOSTS"] == ["chat.example.org"]
    assert (found["SESSION_COOKIE_NAME"], found["SESSION_COOKIE_SECURE"]) == (
        "__Host-sessionid",
        True,
    )
    assert found["SECURE_HSTS_SECONDS"] > 0


def test_without_the_demonstration_no_private_address_is_allowed(settings_with: Any) -> None:
    assert settings_with(CHATSITE_DEMO="0")["PRIVATE_PROVIDERS"] == []


def test_postgres_ends_statements_that_take_too_long(settings_with: Any) -> None:
    address = "postgres://anna@db/chat?connect_timeout=9"
    found = settings_with(DATABASE_URL=address)["DATABASES"]["default"]
    assert found["OPTIONS"] == {
        "connect_timeout": 9,
        "tcp_user_timeout": 20_000,
        "options": "-c statement_timeout=15s",
    }
    assert found["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "ture", "DEBUG is 'ture'; write 1 or 0."),
        ("PORT", "70000", "PORT is '70000'; write a whole number, 0 to 65535."),
        ("CHATSITE_DEMO", "maybe", "CHATSITE_DEMO is 'maybe'; write 1 or 0."),
        ("SESSION_DAYS", "0", "SESSION_DAYS is '0'; write a whole number, 1 to 365."),
        ("LANGUAGE_CODE", "rm", "LANGUAGE_CODE is 'rm'; write one of en, de, fr, it."),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is 'LOUD'; write one of DEBUG, INFO, WARNING, ERROR."),
        (
            "PRIVATE_PROVIDERS",
            "models.internal:8080, http://models/v1",
            "PRIVATE_PROVIDERS has 'http://models/v1'; write host:port, like models.internal:8080.",
        ),
        ("DEFAULT_FROM_EMAIL", "nobody", "DEFAULT_FROM_EMAIL is 'nobody'; write an email address."),
        ("REDIS_URL", "cache:6379", "REDIS_URL must begin with redis://, rediss:// or unix://."),
    ],
)
def test_a_bad_value_is_refused_with_a_sentence(
    settings_with: Any, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        settings_with(**{name: value})
    assert str(refused.value) == sentence


def test_a_command_prints_the_sentence_and_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "serve"],
        check=False,
        env={"PATH": os.environ["PATH"], "CHATSITE_DATA_DIR": str(tmp_path), "PORT": "eighty"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    sentence = "PORT is 'eighty'; write a whole number, 0 to 65535.\n"
    assert (done.returncode, done.stdout, done.stderr) == (78, "", sentence)


def test_every_value_from_the_environment_is_used() -> None:
    """A promise in the table of settings that nothing keeps is worse than none."""
    source = (ROOT / "chatsite/settings.py").read_text()
    code = "".join(path.read_text() for path in ROOT.glob("chat/**/*.py"))
    unused = {
        name
        for name in re.findall(r"^([A-Z_]+) = env_", source, re.MULTILINE)
        if f"settings.{name}" not in code and not _is_used_in(source, name)
    }
    assert unused == DJANGOS


def _is_used_in(source: str, name: str) -> bool:
    loads = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name))
    return any(node.id == name and isinstance(node.ctx, ast.Load) for node in loads)
