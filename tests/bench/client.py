"""A browser without a page: sends a prompt, reads the stream, notes when each token came."""

import asyncio
import json
import re
import time
import uuid
from dataclasses import dataclass, field

import websockets

TOKEN = re.compile(r"(\d+)T(\d+)")


@dataclass(slots=True)
class Seen:
    """Seconds. `first` from sending to the first token; `waits` from the provider to here."""

    first: float = 0.0
    waits: list[float] = field(default_factory=list)
    last: int = -1
    failed: str = ""

    def take(self, text: str, sent: float) -> None:
        now = time.monotonic_ns()
        for number, at in TOKEN.findall(text):
            if int(number) > self.last:
                self.last = int(number)
                self.first = self.first or time.monotonic() - sent
                self.waits.append((now - int(at)) / 1e9)


async def ask_bare(port: int, tokens: int) -> Seen:
    seen = Seen()
    async with websockets.connect(f"ws://127.0.0.1:{port}/", max_size=None) as socket:
        sent = time.monotonic()
        await socket.send("hello")
        while seen.last < tokens - 1:
            seen.take(str(await asyncio.wait_for(socket.recv(), 60)), sent)
    return seen


async def ask_chatsite(port: int, session: str, model: int) -> Seen:
    seen = Seen()
    async with websockets.connect(
        f"ws://127.0.0.1:{port}/live/",
        additional_headers={"Cookie": f"sessionid={session}"},
        origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
        max_size=None,
    ) as socket:
        sent = time.monotonic()
        names = {"conversation": str(uuid.uuid4()), "key": str(uuid.uuid4()), "ref": 1}
        command = {"type": "message.send", "text": "hello", "language_model": model, **names}
        await socket.send(json.dumps(command))
        await _follow(socket, seen, sent)
    return seen


async def _follow(socket: websockets.ClientConnection, seen: Seen, sent: float) -> None:
    acknowledged = 0
    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), 60))
        if message["type"] == "reply.advanced":
            seen.take("".join(message["blocks"]), sent)
        elif message["type"] == "command.refused":
            seen.failed = message["words"]
            return
        elif message["type"] == "reply.ended":
            seen.failed = "" if message["state"] == "completed" else message["state"]
            return
        if message["at"] - acknowledged > 32_768:
            acknowledged = message["at"]
            await socket.send(json.dumps({"type": "frames.acknowledge", "bytes": acknowledged}))
