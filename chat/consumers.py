"""The socket's door: who may come in, and the way from its messages to the node."""

import asyncio
import contextlib
import logging
import time
from typing import Any
from urllib.parse import urlsplit

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import parse_cookie
from django.utils.translation import get_supported_language_variant

from chat import database
from chat.domain import rights
from chat.live import commands, node
from chat.live.viewer import BAD_MESSAGES, RESTART, TOO_MANY, Viewer, Who
from chat.protocol import Acknowledge, BadCommand, Command, Ping, parse_command

logger = logging.getLogger(__name__)

QUEUE = 32
BAD_PER_MINUTE = 20
COMMANDS_PER_SECOND = 20
# A browser acknowledges every 32 kB: this is faster than any reply can be shown.
MESSAGES_PER_SECOND = 200


class LiveConsumer(AsyncWebsocketConsumer):
    """Reads and checks only; commands are done by a task of their own, frames sent by another.

    Channels waits for each handler before it takes the next message: a handler that worked
    would hold up the stop that comes after it.
    """

    viewer: Viewer | None = None
    groups: list[str] = []

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels' own dispatch hops to a database thread for every message; none is needed."""
        match message["type"]:
            case "websocket.connect":
                await self.connect()
            case "websocket.receive":
                await self.receive(message.get("text"), message.get("bytes"))
            case "websocket.disconnect":
                await self.disconnect(message.get("code", 1006))
                raise StopConsumer

    async def connect(self) -> None:
        who = await self._who() if origin_is_ours(self.scope) else None
        if who is None:
            # Closing before accepting answers the handshake with 403.
            await self.close()
            return
        self._node = node.current()
        await self.accept()
        if code := self._reason_to_close(who):
            await self.close(code)
            return
        self.viewer = Viewer(who, self._send, self._close)
        self._node.hub.everyone.add(self.viewer)
        self._queue: asyncio.Queue[Command] = asyncio.Queue(QUEUE)
        self._bad: list[float] = []
        self._sends = Rate(settings.MAX_SENDS_PER_MINUTE, 60)
        self._commands = Rate(COMMANDS_PER_SECOND * 10, 10)
        self._messages = Rate(MESSAGES_PER_SECOND * 10, 10)
        self._tasks = [asyncio.create_task(self.viewer.pump()), asyncio.create_task(self._work())]
        self.viewer.event({"type": "hello", "node": self._node.id})

    def _reason_to_close(self, who: Who) -> int | None:
        if self._node.draining:
            return RESTART
        mine = self._node.hub.where(lambda viewer: viewer.who.user_id == who.user_id)
        return TOO_MANY if len(mine) >= settings.MAX_SOCKETS_PER_USER else None

    async def _who(self) -> Who | None:
        key = cookies(self.scope).get(settings.SESSION_COOKIE_NAME, "")
        user = await database.read(rights.user_of_session, key)
        if user is None:
            return None
        return Who(user.id, key, rights.fingerprint(user), language_of(self.scope))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.viewer is None or self.viewer.closing:
            return
        if not self._messages.allows():
            self.viewer.end(TOO_MANY)
            return
        try:
            command = parse_command(text_data if text_data is not None else "")
        except BadCommand as problem:
            self._note_bad(str(problem))
            return
        if isinstance(command, Acknowledge):
            self.viewer.acknowledge(command.bytes)
        elif not self._commands.allows():
            self.viewer.end(TOO_MANY)
        elif not isinstance(command, Ping) and self._is_too_fast(command):
            self.viewer.event(commands.too_fast(self.viewer, command.ref))
        else:
            self._put(command)

    def _is_too_fast(self, command: Command) -> bool:
        return type(command) in commands.STARTERS and not self._sends.allows()

    def _put(self, command: Command) -> None:
        assert self.viewer is not None
        try:
            self._queue.put_nowait(command)
        except asyncio.QueueFull:
            self.viewer.end(TOO_MANY)

    def _note_bad(self, problem: str) -> None:
        assert self.viewer is not None
        now = time.monotonic()
        self._bad = [*(at for at in self._bad if now - at < 60), now]
        if len(self._bad) >= BAD_PER_MINUTE:
            self.viewer.end(BAD_MESSAGES)
        else:
            answer = {"type": "command.refused", "ref": 0, "code": "bad_command"}
            self.viewer.event({**answer, "words": problem})

    async def _work(self) -> None:
        """One command after the other: what a person does keeps its order."""
        assert self.viewer is not None
        while True:
            await commands.handle(self._node, self.viewer, await self._queue.get())

    async def _send(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text, "bytes": None})

    async def _close(self, code: int) -> None:
        with contextlib.suppress(Exception):
            await self.base_send({"type": "websocket.close", "code": code, "reason": None})

    async def disconnect(self, code: int) -> None:
        """Nothing is sent from here; replies go on without their viewers."""
        if self.viewer is None:
            return
        self._node.hub.leave(self.viewer)
        self._node.hub.everyone.discard(self.viewer)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Rate:
    """At most so many in so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._times: list[float] = []

    def allows(self) -> bool:
        now = time.monotonic()
        self._times = [at for at in self._times if now - at < self._seconds]
        if len(self._times) >= self._most:
            return False
        self._times.append(now)
        return True


def origin_is_ours(scope: Any) -> bool:
    """Exactly one Origin header, equal to one of PUBLIC_URLS in scheme, host and port."""
    origins = [value for name, value in scope["headers"] if name == b"origin"]
    if len(origins) != 1 or len(origins[0]) > 300:
        return False
    try:
        text = origins[0].decode("ascii")
        parts = urlsplit(text)
    except (UnicodeDecodeError, ValueError):
        return False
    return text == f"{parts.scheme}://{parts.netloc}" and text in settings.PUBLIC_URLS


def cookies(scope: Any) -> dict[str, str]:
    """The cookies of the handshake, read as for a page: both must know the same person."""
    headers = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
    return parse_cookie("; ".join(headers))


def language_of(scope: Any) -> str:
    chosen = cookies(scope).get(settings.LANGUAGE_COOKIE_NAME, "")
    try:
        return get_supported_language_variant(chosen)
    except LookupError:
        return settings.LANGUAGE_CODE
