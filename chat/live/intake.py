"""What a browser sends, checked and queued: the same for a socket and for plain requests."""

import asyncio
import time

from django.conf import settings

from chat.protocol import Acknowledge, BadCommand, Command, Ping, parse_command

from . import commands
from .node import Node
from .viewer import BAD_MESSAGES, GONE, TOO_MANY, Viewer

QUEUE = 32
BAD_PER_MINUTE = 20
COMMANDS_PER_SECOND = 20
# A browser acknowledges every 32 kB: this is faster than any reply can be shown.
MESSAGES_PER_SECOND = 200


class Intake:
    """`take` reads and checks only; a task of its own does the commands, another sends frames.

    Whoever brings the messages waits for `take`: if it worked, it would hold up the stop that
    comes behind.
    """

    def __init__(self, node: Node, viewer: Viewer) -> None:
        self.viewer = viewer
        self._node = node
        self._queue: asyncio.Queue[Command] = asyncio.Queue(QUEUE)
        self._bad: list[float] = []
        self._sends = Rate(settings.MAX_SENDS_PER_MINUTE, 60)
        self._commands = Rate(COMMANDS_PER_SECOND * 10, 10)
        self._messages = Rate(MESSAGES_PER_SECOND * 10, 10)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._node.hub.everyone.add(self.viewer)
        self._tasks = [asyncio.create_task(self.viewer.pump()), asyncio.create_task(self._work())]
        self.viewer.event({"type": "hello", "node": self._node.id})

    async def stop(self) -> None:
        """Nothing is sent from here; replies go on without their viewers."""
        self.viewer.end(GONE)
        self._node.hub.leave(self.viewer)
        self._node.hub.everyone.discard(self.viewer)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def take(self, text: str) -> None:
        if self.viewer.closing:
            return
        if not self._messages.allows():
            self.viewer.end(TOO_MANY)
            return
        try:
            command = parse_command(text)
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
        try:
            self._queue.put_nowait(command)
        except asyncio.QueueFull:
            self.viewer.end(TOO_MANY)

    def _note_bad(self, problem: str) -> None:
        now = time.monotonic()
        self._bad = [*(at for at in self._bad if now - at < 60), now]
        if len(self._bad) >= BAD_PER_MINUTE:
            self.viewer.end(BAD_MESSAGES)
        else:
            answer = {"type": "command.refused", "ref": 0, "code": "bad_command"}
            self.viewer.event({**answer, "words": problem})

    async def _work(self) -> None:
        """One command after the other: what a person does keeps its order.

        One that has begun is done to its end when the socket closes meanwhile: a reply that it
        stored would never be started.
        """
        while True:
            command = await self._queue.get()
            await asyncio.shield(
                self._node.spawn(commands.handle(self._node, self.viewer, command))
            )


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
