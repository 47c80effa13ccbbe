"""A node with real threads, a real provider over HTTP, and viewers that remember what they saw."""

import asyncio
import itertools
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from django.conf import settings

from chat import demo, providers
from chat.live import commands
from chat.live import node as nodes
from chat.live.node import Node
from chat.live.viewer import Viewer, Who
from chat.models import ApiKey, LanguageModel, Provider, User
from chat.protocol import parse_command
from tests.patience import PATIENCE

PATHS = {
    "openai_compatible": ("/openai/v1", "demo-chat"),
    "peakprivacy": ("/peakprivacy", "mistral-swiss"),
    "grayswan": ("/grayswan", "cygnet"),
}


def demo_model(port: int, kind: str = "openai_compatible", **fields: Any) -> LanguageModel:
    """A model of the demonstration provider that listens on the port."""
    settings.PRIVATE_PROVIDERS.append(f"127.0.0.1:{port}")
    path, name = PATHS[kind]
    provider = Provider.objects.create(
        name=f"Demo {kind}", kind=kind, base_url=f"http://127.0.0.1:{port}{path}", **fields
    )
    key = ApiKey(provider=provider)
    key.seal(providers.Secret("demo-key"))
    key.save()
    return LanguageModel.objects.create(provider=provider, model_name=name)


class Eyes:
    """A viewer's browser: keeps events and the blocks of each reply, and acknowledges."""

    def __init__(self, node: Node, user: User, *, acknowledges: bool = True) -> None:
        self.events: list[dict[str, Any]] = []
        self.blocks: dict[int, list[str]] = {}
        self.seqs: dict[int, list[int]] = {}
        self.closed: int | None = None
        self.acknowledges = acknowledges
        who = Who(user.id, "session", "fingerprint", "en", str(user))
        self.viewer = Viewer(who, self._take, self._close)
        self.node = node
        self._news = asyncio.Event()
        self._refs = itertools.count(1000)

    async def _take(self, text: str) -> None:
        message = json.loads(text)
        self.events.append(message)
        if message["type"] == "reply.advanced" and message["part"] == "content":
            blocks = self.blocks.setdefault(message["reply"], [])
            blocks[message["keep"] :] = message["blocks"]
            self.seqs.setdefault(message["reply"], []).append(message["seq"])
        if self.acknowledges:
            self.viewer.acknowledge(message["at"])
        self._news.set()

    async def _close(self, code: int) -> None:
        self.closed = code
        self._news.set()

    async def do(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Sends a command as its JSON text and gives the answer."""
        ref = next(self._refs)
        command = parse_command(json.dumps({"type": kind, "ref": ref, **fields}))
        await commands.handle(self.node, self.viewer, command)
        return await self.until(
            lambda event: event["type"].startswith("command.") and event["ref"] == ref
        )

    async def send(self, model: LanguageModel, text: str, **fields: Any) -> dict[str, Any]:
        fields.setdefault("conversation", str(uuid.uuid4()))
        fields.setdefault("key", str(uuid.uuid4()))
        return await self.do("message.send", text=text, language_model=model.id, **fields)

    async def until(
        self, test: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE
    ) -> dict[str, Any]:
        """The first event that passes the test, past ones included."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.events:
                    if test(event):
                        return event
                self._news.clear()
                await self._news.wait()

    async def ended(self, reply: int, seconds: float = PATIENCE) -> str:
        """The state in which the reply ended."""
        event = await self.until(
            lambda event: event["type"] == "reply.ended" and event["reply"] == reply, seconds
        )
        return str(event["state"])

    def text(self, reply: int) -> str:
        """What stands on the page, without tags."""
        return re.sub(r"<[^>]+>", "", "".join(self.blocks.get(reply, [])))


@asynccontextmanager
async def running_node() -> AsyncIterator[Node]:
    """A node without its sweep's door: nothing here signs in."""
    node = Node()
    nodes._node = node
    works = [node.relay.ticker.run(), node.hub.presence.run()]
    running = [asyncio.create_task(work) for work in works]
    try:
        yield node
    finally:
        await node.drain()
        for task in running:
            task.cancel()
        nodes._node = None


@asynccontextmanager
async def looking(node: Node, user: User, **options: Any) -> AsyncIterator[Eyes]:
    eyes = Eyes(node, user, **options)
    node.hub.everyone.add(eyes.viewer)
    pump = asyncio.create_task(eyes.viewer.pump())
    try:
        yield eyes
    finally:
        pump.cancel()
        node.hub.leave(eyes.viewer)
        node.hub.everyone.discard(eyes.viewer)


@asynccontextmanager
async def demo_server(pace: float = 0.0) -> AsyncIterator[demo.DemoServer]:
    server = await demo.start("127.0.0.1", 0, pace=pace, keep_messages=True)
    try:
        yield server
    finally:
        await server.close()
