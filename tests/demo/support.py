"""Asks a demonstration provider over a real socket, the way an adapter would."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from chat.demo import DemoServer, start
from chat.demo.calls import Call

MODELS = {"peakprivacy": "gpt-4", "grayswan": "cygnet", "openai_compatible": "demo-chat"}
DIALECTS = tuple(MODELS)
PATHS = {
    "peakprivacy": "/v1/ai/completions",
    "grayswan": "/chat/completions",
    "openai_compatible": "/chat/completions",
}


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[DemoServer]:
    server = await start("127.0.0.1", 0, **{"pace": 0, **options})
    try:
        yield server
    finally:
        await server.close()


def headers(dialect: str, key: str = "demo-key") -> dict[str, str]:
    return {"Api-token": key} if dialect == "peakprivacy" else {"Authorization": f"Bearer {key}"}


def url(server: DemoServer, dialect: str) -> str:
    return server.base_urls[dialect] + PATHS[dialect]


def body(dialect: str, question: str, **fields: Any) -> dict[str, Any]:
    streamed = {"anonymize": False} if dialect == "peakprivacy" and fields.get("stream") else {}
    messages = [{"role": "user", "content": question}]
    return {"model": MODELS[dialect], "messages": messages, **streamed, **fields}


def ask(dialect: str, question: str, *, key: str = "demo-key", **fields: Any) -> httpx.Response:
    return post(dialect, body(dialect, question, **fields), key=key)


def post(dialect: str, value: Any, *, key: str = "demo-key") -> httpx.Response:
    return ask_and_record(dialect, value, key=key)[0]


def ask_and_record(
    dialect: str, value: Any, *, key: str = "demo-key"
) -> tuple[httpx.Response, Call]:
    async def exchange() -> tuple[httpx.Response, Call]:
        async with running() as server, httpx.AsyncClient() as client:
            response = await client.post(
                url(server, dialect), json=value, headers=headers(dialect, key)
            )
            return response, server.calls[-1]

    return asyncio.run(exchange())


def get(path: str, **request_headers: str) -> httpx.Response:
    async def exchange() -> httpx.Response:
        async with running() as server, httpx.AsyncClient() as client:
            address = f"http://127.0.0.1:{server.port}{path}"
            return await client.get(address, headers=request_headers)

    return asyncio.run(exchange())


def frames(response: httpx.Response) -> list[Any]:
    """The data of every event; `[DONE]` stays a string."""
    data = [event.removeprefix("data: ") for event in response.text.split("\n\n") if event]
    return [item if item == "[DONE]" else json.loads(item) for item in data]


def streamed_text(response: httpx.Response, choice: int = 0) -> str:
    choices = [c for f in frames(response) if f != "[DONE]" for c in f["choices"]]
    parts = [c.get("delta") or c.get("message") or {} for c in choices if c["index"] == choice]
    return "".join(part.get("content") or "" for part in parts)
