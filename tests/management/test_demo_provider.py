"""The command in a process of its own, as a person starts and ends it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from django.core.management import execute_from_command_line

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes


def environment(folder: Path) -> dict[str, str]:
    nowhere = "postgres://nobody@127.0.0.1:1/nothing"
    return os.environ | {"CHATSITE_DATA_DIR": str(folder), "DATABASE_URL": nowhere}


@contextmanager
def command(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo_provider", *arguments],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_its_address_answers_and_ends_cleanly(number: int, tmp_path: Path) -> None:
    with command(tmp_path, "--port", "0", "--pace", "0") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(5)]
        address = re.search(r"http://127\.0\.0\.1:\d+", lines[0])
        assert address is not None
        response = httpx.get(
            f"{address.group()}/openai/v1/models", headers={"Authorization": "Bearer demo-key"}
        )
        assert response.status_code == 200

        process.send_signal(number)
        output, errors = process.communicate(timeout=60)

    assert (process.returncode, output, errors) == (0, "", "")
    assert f"  openai_compatible  {address.group()}/openai/v1\n" in lines
    assert lines[-1] == "Its key is demo-key. End it with Ctrl+C.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "http"], "'http' is not a port between 0 and 65535"),
        (["--port", "70000"], "'70000' is not a port between 0 and 65535"),
        (["--port", "0", "--pace", "-1"], "'-1' is not a number between 0 and 1000"),
        (["--port", "0", "--pace", "nan"], "'nan' is not a number between 0 and 1000"),
    ],
)
def test_bad_values_are_refused_with_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", "demo_provider", *arguments])
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with command(tmp_path, "--port", "0") as first:
        assert first.stdout is not None
        port = first.stdout.readline().strip().rpartition(":")[2]
        with command(tmp_path, "--port", port) as second:
            _, errors = second.communicate(timeout=60)

    assert second.returncode == 1
    assert errors.startswith(f"CommandError: Cannot listen on 127.0.0.1:{port}: ")
