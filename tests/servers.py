"""Real PostgreSQL and Redis servers for the tests, on free loopback ports, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
import redis

from tests import prepared

READY_WITHIN = 60.0
# PostgreSQL refuses to run as root.
OTHER_USERS = ("postgres", "nobody")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(name: str, package: str) -> str:
    """Where it is; Debian keeps PostgreSQL's programs out of the path."""
    versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    found = shutil.which(name) or next(iter(sorted(map(str, versions), reverse=True)), None)
    if found is None:
        pytest.fail(f"{name} is missing. On Debian: apt-get install {package}", pytrace=False)
    return found


class Server(ABC):
    """A server process with its data in a directory of its own. Can be stopped and run again."""

    def __init__(self, command: list[str], directory: Path, user: str | None = None) -> None:
        self._command = command
        self._directory = directory
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def run(self) -> None:
        """Starts it and returns when it answers."""

    def start(self, is_ready: Callable[[], object]) -> None:
        """`is_ready` raises as long as the server does not answer."""
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, cwd=self._directory, **as_user(self._user)
            )
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                is_ready()
            except (psycopg.OperationalError, redis.ConnectionError) as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log_text = (self._directory / "log").read_text(errors="replace")
                    pytest.fail(f"{self._command[0]}: {error}\n{log_text}", pytrace=False)
                time.sleep(0.05)
            else:
                return

    def stop(self, number: int = signal.SIGINT) -> None:
        """SIGINT is a quick and clean end for both servers; SIGKILL a crash."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None


class Postgres(Server):
    def __init__(self, directory: Path) -> None:
        self._port = free_port()
        user = other_user() if os.getuid() == 0 else None
        data = directory / "data"
        if user is not None:
            shutil.chown(directory, user)
        make = [program("initdb", "postgresql"), "-D", str(data), "-U", "chatsite", "-A", "trust"]
        options = [*make, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(options, check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user(user))
        settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
        flags = [word for setting in settings for word in ("-c", setting)]
        postgres = [program("postgres", "postgresql"), "-D", str(data), "-p", str(self._port)]
        super().__init__([*postgres, *flags], directory, user)

    def url(self, database: str) -> str:
        return f"postgres://chatsite@127.0.0.1:{self._port}/{database}"

    def run(self) -> None:
        self.start(lambda: self._connect().close())

    def new_database(self, like: str = "") -> str:
        """The address of an empty database, or of a copy of one that nobody is connected to."""
        name = f"chatsite_{time.monotonic_ns()}"
        template = like.rpartition("/")[2] or "template1"
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return self.url(name)

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5)


class Redis(Server):
    def __init__(self, directory: Path) -> None:
        self._port = free_port()
        server = program("redis-server", "redis-server")
        options = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        super().__init__([server, *options, str(directory)], directory)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def run(self) -> None:
        self.start(self.empty)

    def empty(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


def as_user(name: str | None) -> dict[str, Any]:
    """Arguments that let a child process run as somebody else."""
    if name is None:
        return {}
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def other_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in OTHER_USERS if name in known)


ServerT = TypeVar("ServerT", bound=Server)


@contextmanager
def directory_for(name: str) -> Iterator[Path]:
    """Not pytest's own: those are closed to the user that PostgreSQL runs as."""
    directory = Path(tempfile.mkdtemp(prefix=f"chatsite-{name}-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def running(server: ServerT) -> Iterator[ServerT]:
    try:
        server.run()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with directory_for("postgres") as directory, running(Postgres(directory)) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> str:
    """An empty database for this test alone."""
    return postgres.new_database()


@pytest.fixture(scope="session")
def tables(postgres: Postgres) -> str:
    """A database with what migrations make, once for all workers; nobody writes into it."""
    dumps = prepared.once("postgres", lambda made: _dump(postgres, made))
    database = postgres.new_database()
    restore = [program("psql", "postgresql-client"), "-q", "-v", "ON_ERROR_STOP=1", "-d", database]
    script = str(dumps / "dump.sql")
    subprocess.run([*restore, "-f", script], check=True, stdout=subprocess.DEVNULL)
    return database


def _dump(postgres: Postgres, directory: Path) -> None:
    database = postgres.new_database()
    prepared.migrate(directory, DATABASE_URL=database)
    dump = [program("pg_dump", "postgresql-client"), "-f", str(directory / "dump.sql"), database]
    subprocess.run(dump, check=True)


@pytest.fixture
def migrated(postgres: Postgres, tables: str) -> str:
    """A copy of it for this test alone."""
    return postgres.new_database(like=tables)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    with directory_for("redis") as directory, running(Redis(directory)) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """A Redis without any keys."""
    redis_server.empty()
    return redis_server.url
