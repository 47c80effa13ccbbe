"""This server process: its relay, its hub and its watchers, made when the event loop is there."""

import asyncio
import logging
import secrets
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from django.conf import settings

from chat import database
from chat.domain import endings, tool_calls
from chat.models.completion import State

from . import alerts, housekeeping, sealing
from .hub import Hub
from .relay import Relay
from .sweep import Sweep
from .transfers import Transfers
from .viewer import RESTART

if TYPE_CHECKING:
    from .polling import Poll

logger = logging.getLogger(__name__)

NEAR_THE_END = 3.0
FINAL_STORE = 5.0


class Node:
    """`id` is made anew at each start: it says who owns a running reply."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        self.loop = asyncio.get_running_loop()
        self.hub = Hub()
        self.relay = Relay(self.id, self.hub)
        self.sweep = Sweep(self.id, self.hub, self.relay)
        self.draining = False
        self.polls: dict[str, Poll] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._short: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._watch(self.relay.ticker.run())
        self._watch(self.hub.presence.run())
        self._watch(self.sweep.run())
        self._watch(housekeeping.run())
        self._watch(sealing.run())
        self._watch(Transfers(self.id, self.hub).run())
        self._watch(alerts.run())

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Something short, whoever waits for it; kept, or it is collected in the middle."""
        task = self.loop.create_task(work)
        self._short.add(task)
        task.add_done_callback(self._short.discard)
        return task

    def _watch(self, work: Coroutine[None, None, None]) -> None:
        task = self.loop.create_task(work)
        task.add_done_callback(_tell_if_broken)
        self._tasks.append(task)

    async def drain(self) -> None:
        """Refuses new replies, lets some end, ends the rest as interrupted, closes all sockets."""
        if self.draining:
            return
        self.draining = self.relay.draining = True
        logger.info("draining %d replies", len(self.relay.running))
        await self._wait_for_replies()
        try:
            async with asyncio.timeout(FINAL_STORE):
                await self.relay.cut_all(State.INTERRUPTED)
                await database.write(endings.interrupt_waiting, self.id)
        except TimeoutError:
            logger.warning("some replies are left to be taken over")
        self.hub.close(self.hub.everyone, RESTART)
        await asyncio.sleep(0.2)
        for task in self._tasks:
            task.cancel()
        await self.relay.close()

    async def _wait_for_replies(self) -> None:
        deadline = self.loop.time() + NEAR_THE_END
        while self.relay.running and self.loop.time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _tell_if_broken(task: asyncio.Task[None]) -> None:
    """A watcher runs until the server ends: without this, one that broke would be missed late."""
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.critical("a watcher broke: restart the server", exc_info=error)


_node: Node | None = None


def current() -> Node:
    """The node of this process, started on first use. Needs the running event loop."""
    global _node  # noqa: PLW0603 - one process is one node
    if _node is None or _node.loop is not asyncio.get_running_loop():
        _node = Node()
        _node.start()
    return _node


def running() -> Node | None:
    """The node if there is one: for sync code, which must not make it."""
    return _node


def is_draining() -> bool:
    return _node is not None and _node.draining


def take_over_at_start() -> int:
    """Before the first request: on SQLite nobody else can own what still looks open."""
    tool_calls.take_over("", at_once=settings.SQLITE)
    return len(endings.take_over("", at_once=settings.SQLITE))
