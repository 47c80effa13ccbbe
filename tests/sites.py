"""Sites as `make run` leaves them after the first start, with the demonstration."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.prepared import ROOT, copy_prepared, environment
from tests.processes import can_connect
from tests.servers import free_port

EMAIL, PASSWORD = "erin@example.org", "correct-horse-battery"
STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Site:
    """A server with its demonstration providers, and the first administrator's password."""

    origin: str
    data: Path


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`prepare` and `serve`, as `make run` calls them; tables and static files are there."""
    with serving(tmp_path_factory.mktemp("shared")) as site:
        yield site


@pytest.fixture(scope="session")
def fresh_site(shared_site: Site) -> Site:
    """Many modules share it; one that sets up something for everybody makes its own instead."""
    return shared_site


@contextmanager
def serving(data: Path, script: str = "", **settings: object) -> Iterator[Site]:
    """`script` is run in Django's shell before the server starts."""
    copy_prepared(data)
    port, demo_port = free_port(), free_port()
    variables = environment(
        CHATSITE_DATA_DIR=data,
        PORT=port,
        CHATSITE_DEMO=1,
        CHATSITE_DEMO_PORT=demo_port,
        CHATSITE_ADMIN_EMAIL=EMAIL,
        CHATSITE_ADMIN_PASSWORD=PASSWORD,
        **settings,
    )
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "prepare"], cwd=ROOT, env=variables, check=True)
    if script:
        subprocess.run([*manage, "shell", "-v0", "-c", script], cwd=ROOT, env=variables, check=True)
    with (data / "log").open("wb") as log:
        server = subprocess.Popen([*manage, "serve"], cwd=ROOT, env=variables, stderr=log)
    try:
        wait_for(port)
        yield Site(f"http://127.0.0.1:{port}", data)
    finally:
        server.terminate()
        server.wait(60)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not can_connect(port):
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)
