"""`manage.py serve` starts, or says in one sentence why it cannot."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.prepared import ROOT, copy_prepared
from tests.servers import free_port

SERVE = (sys.executable, "manage.py", "serve", "--prepare")
ANSWERS_WITHIN = 60.0


def surroundings(directory: Path, **values: object) -> dict[str, str]:
    plain = {"PATH": os.environ["PATH"], "CHATSITE_DATA_DIR": str(directory), "CHATSITE_DEMO": "0"}
    return plain | {name: str(value) for name, value in values.items()}


@contextmanager
def serving(
    directory: Path, port: int, *command: str, **settings: object
) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        command or SERVE,
        cwd=ROOT,
        env=surroundings(directory, PORT=port, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        deadline = time.monotonic() + ANSWERS_WITHIN
        while not answers(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.communicate()


def answers(port: int) -> bool:
    """An open port is not enough: before the first answer a signal ends it without a word."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            return bool(answer.read() == b"ok\n")
    except OSError:
        return False


def said_until_its_end(process: "subprocess.Popen[str]") -> str:
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    return said


def refusal(directory: Path, **values: object) -> tuple[int, str]:
    """The exit code and what it said instead of serving."""
    done = subprocess.run(
        SERVE,
        check=False,
        cwd=ROOT,
        env=surroundings(directory, **values),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stderr.removesuffix("\n")


@pytest.mark.processes
@pytest.mark.parametrize("command", [SERVE, ("make", "--silent", "run")], ids=["manage", "make"])
def test_a_first_start_says_how_to_sign_in_and_a_second_one_does_not(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    if command == SERVE:
        copy_prepared(tmp_path)
    with serving(tmp_path, port, *command) as process:
        first = said_until_its_end(process)
    assert "Sign in with\n  email     admin@localhost\n  password  " in first
    assert f"Chatsite is at {address}  (Ctrl-C ends it)" in first
    with serving(tmp_path, port, *command) as process:
        second = said_until_its_end(process)
    assert second.startswith(f"Chatsite is at {address}  (Ctrl-C ends it)\n")


@pytest.mark.processes
def test_secrets_can_be_read_by_their_owner_only_and_a_forgotten_setting_is_told(
    tmp_path: Path,
) -> None:
    copy_prepared(tmp_path)
    with serving(tmp_path, free_port(), PUBLIC_URL="https://127.0.0.1") as process:
        modes = {
            path.name: oct(stat.S_IMODE(path.stat().st_mode))
            for path in tmp_path.iterdir()
            if path.name in {"secret_key", "encryption_keys"}
        }
        said = said_until_its_end(process)
    assert modes == {"secret_key": "0o600", "encryption_keys": "0o600"}
    assert "PUBLIC_URL begins with https. If a reverse proxy stands in front, set BEHIND" in said


@pytest.mark.processes
def test_a_second_process_on_the_same_data_is_refused(tmp_path: Path) -> None:
    copy_prepared(tmp_path)
    with serving(tmp_path, free_port()):
        code, sentence = refusal(tmp_path, PORT=free_port())
    assert (code, sentence) == (
        78,
        f"A server is running already on {tmp_path}. "
        "Stop it, or use PostgreSQL (DATABASE_URL) for several processes.",
    )


@pytest.mark.processes
def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    copy_prepared(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, sentence = refusal(tmp_path, PORT=port)
    assert code == 78
    assert sentence.startswith(f"CommandError: Couldn't listen on 127.0.0.1:{port}: ")
    assert sentence.endswith("Address already in use. Set HOST or PORT.")


def test_a_database_that_is_not_there_is_named_in_one_line(tmp_path: Path) -> None:
    address = f"postgres://anna:s3cret@127.0.0.1:{free_port()}/chat"
    code, sentence = refusal(tmp_path, DATABASE_URL=address)
    assert code == 78
    assert sentence.startswith("CommandError: The database cannot be used: connection failed:")
    assert "s3cret" not in sentence


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (0, r"The database cannot be used: file is not a database"),
        # What SQLite found is told in its own words, which change with its versions.
        (9, r"The database file is damaged \(.*page 10: .*\)\. Restore the last back-up\."),
    ],
)
def test_a_damaged_database_is_named_before_anything_is_written_to_it(
    tmp_path: Path, page: int, words: str
) -> None:
    copy_prepared(tmp_path)
    with (tmp_path / "db.sqlite3").open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\xff" * 4096)
    code, sentence = refusal(tmp_path)
    assert code == 78
    assert re.fullmatch(f"CommandError: {words}", sentence, re.IGNORECASE)
