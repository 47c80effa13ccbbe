"""Sockets at the real application, without a server: who knocks, with which headers."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from chat.live import node as nodes
from chat.live.node import Node
from chat.models import User
from chatsite.asgi import application
from tests.patience import PATIENCE

Headers = list[tuple[bytes, bytes]]
BACKEND = settings.AUTHENTICATION_BACKENDS[0]


def session_for(user: User) -> str:
    """Signs the person in, as a page would; the key of the session."""
    request = HttpRequest()
    request.session = SessionStore()
    login(request, user, backend=BACKEND)
    request.session.save()
    return str(request.session.session_key)


def headers(session: str = "", origin: str | None = None) -> Headers:
    found = [(b"origin", (settings.PUBLIC_URLS[0] if origin is None else origin).encode())]
    return [*found, (b"cookie", f"sessionid={session}".encode())] if session else found


class Socket:
    """One open or refused connection; `closed` is its close code once it has one."""

    def __init__(self, given: Headers, path: str = "/live/") -> None:
        self.wire = WebsocketCommunicator(application, path, headers=given)
        self.events: list[dict[str, Any]] = []
        self.closed: int | None = None

    async def knock(self) -> bool:
        """False: the handshake is refused."""
        opened, _code = await self.wire.connect(timeout=PATIENCE)
        return bool(opened)

    async def say(self, message: object) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        await self.wire.send_input({"type": "websocket.receive", "text": text})

    async def next(self, seconds: float = PATIENCE) -> dict[str, Any] | None:
        """The next event; None: the server closed the socket."""
        output = await self.wire.receive_output(seconds)
        if output["type"] == "websocket.close":
            self.closed = output.get("code")
            return None
        event = dict(json.loads(output["text"]))
        self.events.append(event)
        return event

    async def until(
        self, test: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE
    ) -> dict[str, Any]:
        async with asyncio.timeout(seconds):
            while True:
                event = await self.next(seconds)
                assert event is not None, f"closed with {self.closed}"
                if test(event):
                    return event

    async def do(self, kind: str, ref: int = 1, **fields: Any) -> dict[str, Any]:
        """Sends a command and gives its answer."""
        await self.say({"type": kind, "ref": ref, **fields})
        return await self.until(
            lambda event: event["type"].startswith("command.") and event["ref"] in (ref, 0)
        )

    async def ends(self, seconds: float = PATIENCE) -> int | None:
        """Reads until the server closes; the close code."""
        async with asyncio.timeout(seconds):
            while await self.next(seconds):
                pass
        return self.closed


@asynccontextmanager
async def house() -> AsyncIterator[Node]:
    """The node of this process with all that watches over it."""
    node = nodes.current()
    try:
        yield node
    finally:
        await node.drain()
        nodes._node = None


@asynccontextmanager
async def knocking(given: Headers, path: str = "/live/") -> AsyncIterator[Socket]:
    socket = Socket(given, path)
    try:
        yield socket
    finally:
        await socket.wire.disconnect(timeout=PATIENCE)


@asynccontextmanager
async def inside(session: str) -> AsyncIterator[Socket]:
    """A socket that was let in and greeted."""
    async with knocking(headers(session)) as socket:
        assert await socket.knock()
        assert (await socket.next() or {})["type"] == "hello"
        yield socket


def play(scene: Callable[[Node], Awaitable[None]]) -> None:
    async def main() -> None:
        async with house() as node:
            await scene(node)

    asyncio.run(main())
