"""The live view over plain requests, for where a proxy lets no socket through."""

import asyncio
import secrets

from .intake import Intake
from .node import Node
from .viewer import Viewer, Who

# Seconds. An answer waits for news at most so long: shorter than what proxies cut.
LONGEST_WAIT = 20.0
FORGOTTEN_AFTER = 60.0


class Poll:
    """Takes the place of one socket: `exchange` brings what the browser says and fetches news."""

    def __init__(self, node: Node, who: Who) -> None:
        self.id = secrets.token_urlsafe(18)
        self.viewer = Viewer(who, self._send, self._close)
        self.closed: int | None = None
        self._node = node
        self._intake = Intake(node, self.viewer)
        self._messages: list[str] = []
        self._news = asyncio.Event()
        self._forget: asyncio.TimerHandle | None = None

    def start(self) -> None:
        self._node.polls[self.id] = self
        self._intake.start()
        self._wait_to_forget()

    async def _send(self, text: str) -> None:
        self._messages.append(text)
        self._news.set()

    async def _close(self, code: int) -> None:
        """The next request is told; until then nothing is watched any more."""
        self.closed = code
        self._node.hub.leave(self.viewer)
        self._node.hub.everyone.discard(self.viewer)
        self._news.set()

    async def exchange(self, texts: list[str], *, wait: bool) -> list[str]:
        """With `wait`: the messages since the last time, at least one or after a pause.

        Without, none: only one request at a time fetches them, so that they keep their order.
        """
        self._wait_to_forget()
        for text in texts:
            self._intake.take(text)
        if not wait:
            return []
        if not self._messages and self.closed is None:
            self._news.clear()
            try:
                async with asyncio.timeout(LONGEST_WAIT):
                    await self._news.wait()
            except TimeoutError:
                return []
        messages, self._messages = self._messages, []
        if self.closed is not None:
            await self.end()
        return messages

    def _wait_to_forget(self) -> None:
        """A browser that does not come back any more is one that has gone."""
        if self._forget is not None:
            self._forget.cancel()
        self._forget = self._node.loop.call_later(
            LONGEST_WAIT + FORGOTTEN_AFTER, lambda: self._node.spawn(self.end())
        )

    async def end(self) -> None:
        if self._forget is not None:
            self._forget.cancel()
        self._node.polls.pop(self.id, None)
        await self._intake.stop()
