"""The watchers of a server process."""

import asyncio

import pytest

from chat.live.node import Node


async def breaking() -> None:
    raise RuntimeError("no tick any more")


async def until_cancelled() -> None:
    await asyncio.Event().wait()


def test_a_watcher_that_breaks_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    async def watch() -> Node:
        node = Node()
        node._watch(breaking())
        node._watch(until_cancelled())
        await asyncio.sleep(0.01)
        node._tasks[1].cancel()
        await asyncio.sleep(0)
        return node

    node = asyncio.run(watch())  # kept: a collected task would tell of itself, and too late
    (told,) = caplog.records
    assert (len(node._tasks), told.levelname, told.name) == (2, "CRITICAL", "chat.live.node")
    assert told.exc_info is not None
    assert isinstance(told.exc_info[1], RuntimeError)
