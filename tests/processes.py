"""Real server processes on data directories of their own: started, ended, killed, started again."""

import asyncio
import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from chat import demo
from tests.prepared import ROOT, copy_prepared, environment
from tests.servers import free_port

STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    email: str
    session: str


class Template:
    """A data directory with tables, static files, demonstration models and signed-in people.

    It is made once; its copies start quickly. The keys are sealed for one address, so the
    demonstration provider always listens on `demo_port`.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.demo_port = free_port()
        copy_prepared(directory)
        made = subprocess.run(
            [sys.executable, "-m", "tests.people", str(self.demo_port)],
            cwd=ROOT,
            env=environment(CHATSITE_DATA_DIR=directory, CHATSITE_ADMIN_PASSWORD="for-tests-only"),
            stdout=subprocess.PIPE,
            check=True,
        )
        told = json.loads(made.stdout)
        self.people = [Person(*row) for row in told["people"]]
        self.models: dict[str, int] = told["models"]


class Site:
    """A copy of the template at an address of its own; one server at a time runs on it."""

    command: tuple[str, ...] = ("manage.py", "serve")

    def __init__(self, directory: Path, template: Template) -> None:
        shutil.copytree(template.directory, directory)
        self.directory = directory
        self.template = template
        self.people = template.people
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.server: Server | None = None

    @property
    def log(self) -> str:
        return (self.directory / "log").read_text(errors="replace")

    def launch(self, **settings: object) -> "Server":
        """A server that is still on its way up."""
        variables = self._environment | {key: str(value) for key, value in settings.items()}
        with (self.directory / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=ROOT,
                env=variables,
                stdout=log,
                stderr=log,
            )
        self.server = Server(self, process)
        return self.server

    async def start(self, **settings: object) -> "Server":
        server = self.launch(**settings)
        await server.ready()
        return server

    @property
    def _environment(self) -> dict[str, str]:
        return environment(
            CHATSITE_DATA_DIR=self.directory,
            HOST="127.0.0.1",
            PORT=self.port,
            PUBLIC_URL=self.origin,
            CHATSITE_DEMO=0,
            PRIVATE_PROVIDERS=f"127.0.0.1:{self.template.demo_port}",
        )

    async def shell(self, code: str) -> None:
        """Runs code in a process of its own, beside the server."""
        words = ["manage.py", "shell", "--no-imports", "-c", code]
        process = await asyncio.create_subprocess_exec(
            sys.executable, *words, cwd=ROOT, env=self._environment
        )
        assert await process.wait() == 0

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Reads, or changes, the database from outside, as another process would."""
        with closing(sqlite3.connect(self.directory / "db.sqlite3", timeout=20)) as connection:
            found = connection.execute(query, values).fetchall()
            connection.commit()
            return found

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else can write meanwhile."""
        path = self.directory / "db.sqlite3"
        with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")


class Server:
    """A running `manage.py serve`."""

    def __init__(self, site: Site, process: "subprocess.Popen[bytes]") -> None:
        self.site = site
        self.process = process

    async def ready(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while not can_connect(self.site.port):
            assert self.process.poll() is None, self.site.log
            assert time.monotonic() < deadline, self.site.log
            await asyncio.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def ended(self, within: float = 60) -> int:
        """Its exit code."""
        async with asyncio.timeout(within):
            while self.process.poll() is None:
                await asyncio.sleep(0.02)
        return self.process.returncode

    async def kill(self) -> None:
        self.process.kill()
        await self.ended()

    def remove(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def memory(self) -> int:
        """Resident bytes."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    @property
    def handles(self) -> tuple[int, int]:
        """(open files and sockets, threads)."""
        process = psutil.Process(self.process.pid)
        return process.num_fds(), process.num_threads()


def can_connect(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def provider(site: Site, pace: float = 0.0) -> AsyncIterator[demo.DemoServer]:
    """The demonstration provider inside the test: it outlives servers and counts its calls."""
    server = await demo.start("127.0.0.1", site.template.demo_port, pace=pace, keep_messages=True)
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def raw_connection(port: int, data: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """A TCP connection that has sent some bytes and stays open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    await writer.drain()
    try:
        yield reader
    finally:
        writer.transport.abort()
