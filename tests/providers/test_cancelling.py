"""Stopping: the socket is closed at once, whatever the completion was waiting for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest

from chat.providers import Client, Completed, TextDelta, complete
from tests.patience import PATIENCE
from tests.providers.support import endpoint_to, prompt_of
from tests.wire import Reply, WireServer, sse, text_chunk

ENDLESS = Reply(sse(text_chunk("a")), pause=0.01, repeat=10_000)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.01)


async def read_all(client: Client, url: str, seen: list[str]) -> None:
    async with aclosing(complete(client, endpoint_to(url), prompt_of())) as events:
        async for event in events:
            seen += [event.text] if isinstance(event, TextDelta) else []


def stop_when(server: WireServer, condition: Callable[[list[str]], bool]) -> list[str]:
    async def scenario() -> list[str]:
        seen: list[str] = []
        async with Client() as client:
            task = asyncio.create_task(read_all(client, server.url, seen))
            await until(lambda: condition(seen))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await until(lambda: len(server.closed_at) == 1)
        return seen

    return asyncio.run(scenario())


def test_cancelling_after_some_deltas_closes_the_socket(server: WireServer) -> None:
    server.play(ENDLESS)
    assert len(stop_when(server, lambda seen: len(seen) >= 3)) < 10


def test_cancelling_before_the_head_closes_the_socket(server: WireServer) -> None:
    server.play(Reply(wait=30))
    assert stop_when(server, lambda seen: bool(server.requests)) == []


def test_cancelling_between_head_and_body_closes_the_socket(server: WireServer) -> None:
    server.play(Reply([], close="stall"))
    start = time.monotonic()
    stop_when(server, lambda seen: time.monotonic() > start + 0.2)


def test_cancelling_a_pause_before_a_retry_ends_it(server: WireServer) -> None:
    async def scenario() -> None:
        server.play(Reply([], 429, {"Retry-After": "20"}))
        async with Client() as client:
            endpoint = endpoint_to(server.url, max_retries=2)
            task = asyncio.ensure_future(anext(complete(client, endpoint, prompt_of())))
            await until(lambda: bool(server.requests))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(scenario())


def test_leaving_the_events_closes_the_socket(server: WireServer) -> None:
    async def scenario() -> None:
        server.play(ENDLESS)
        async with Client() as client:
            async with aclosing(complete(client, endpoint_to(server.url), prompt_of())) as events:
                assert isinstance(await anext(events), object)
            await until(lambda: len(server.closed_at) == 1)

    asyncio.run(scenario())


def test_stopping_one_stream_leaves_its_neighbour_alone(server: WireServer) -> None:
    async def whole(client: Client) -> Completed:
        async with aclosing(complete(client, endpoint_to(server.url), prompt_of())) as events:
            *_, last = [event async for event in events]
            assert isinstance(last, Completed)
            return last

    async def scenario() -> None:
        server.play(ENDLESS, Reply([*sse(text_chunk("b")) * 20, *sse("[DONE]")], pause=0.02))
        seen: list[str] = []
        async with Client() as client:
            endless = asyncio.create_task(read_all(client, server.url, seen))
            await until(lambda: bool(seen))
            neighbour = asyncio.create_task(whole(client))
            await until(lambda: len(server.requests) == 2)
            endless.cancel()
            assert await neighbour == Completed("done", None)

    asyncio.run(scenario())


def test_a_client_may_be_made_before_the_loop(server: WireServer) -> None:
    client = Client()

    async def scenario() -> list[str]:
        seen: list[str] = []
        await read_all(client, server.url, seen)
        await client.aclose()
        return seen

    assert asyncio.run(scenario()) == ["Hi"]


def test_a_slow_reader_does_not_make_memory_grow(server: WireServer) -> None:
    server.play(Reply(sse(text_chunk("x" * 50_000)), repeat=2000))

    async def pace() -> None:
        await asyncio.sleep(0.02)

    async def scenario() -> None:
        await _take(20, pace)

    async def _take(count: int, pace: Callable[[], Awaitable[None]]) -> None:
        async with Client() as client:
            endpoint = endpoint_to(server.url, max_reply_bytes=10**9)
            async with aclosing(complete(client, endpoint, prompt_of(), pace=pace)) as events:
                for _ in range(count):
                    await anext(events)
                assert server.bytes_sent < 20 * 1024 * 1024

    asyncio.run(scenario())
