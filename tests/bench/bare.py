"""The bare relay that Chatsite is compared with: daphne, Channels and httpx, a frame per token.

No sign-in, no database, no rendering. Run by daphne as `tests.bench.bare:application`.
"""

import json
import os
from typing import Any

import django
import httpx
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

settings.configure()
django.setup()
client = httpx.AsyncClient(limits=httpx.Limits(max_connections=1000), timeout=60)


class Relay(AsyncWebsocketConsumer):
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": text_data}]}
        async with client.stream("POST", os.environ["BENCH_PROVIDER"], json=body) as response:
            async for line in response.aiter_lines():
                await self.relay(line)

    async def relay(self, line: str) -> None:
        if not line.startswith("data: {"):
            return
        choices = json.loads(line[6:])["choices"]
        if choices and (text := choices[0]["delta"].get("content")):
            await self.send(text)


async def application(scope: Any, receive: Any, send: Any) -> None:
    await Relay.as_asgi()(scope, receive, send)
