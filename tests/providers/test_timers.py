"""The limits in time, shortened: heartbeats are no progress, and a pace is no stall."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing

import pytest

from chat.providers import Client, Completed, Event, TextDelta, Timeouts, Usage, complete
from tests.patience import PATIENCE
from tests.providers.support import collect, endpoint_to, error_of, prompt_of, run, story_of
from tests.wire import Reply, WireServer, sse, text_chunk

PING = b": ping\n\n"


def timed(server: WireServer, **limits: float) -> tuple[list[Event], float]:
    start = time.monotonic()
    events = run(endpoint_to(server.url, timeouts=Timeouts(**limits)))
    return events, time.monotonic() - start


def test_heartbeats_between_frames_are_no_stall(server: WireServer) -> None:
    frame, last = sse(text_chunk("a"), text_chunk("b", "stop"))
    server.play(Reply([frame, *[PING] * 12, last], pause=0.05))
    events, _ = timed(server, idle=0.4, no_data=PATIENCE)
    assert story_of(events).text == {0: "ab"}


def test_heartbeats_alone_are_a_stall(server: WireServer) -> None:
    server.play(Reply([*sse(text_chunk("a")), *[PING] * 1200], pause=0.05))
    events, seconds = timed(server, idle=PATIENCE, no_data=0.4)
    assert (error_of(events).category, error_of(events).partial) == ("stream_stalled", True)
    assert 0.4 <= seconds < PATIENCE


def test_silence_is_a_stall(server: WireServer) -> None:
    server.play(Reply(sse(text_chunk("a")), close="stall"))
    events, seconds = timed(server, idle=0.3)
    assert error_of(events).category == "stream_stalled"
    assert 0.3 <= seconds < PATIENCE


def test_a_trickle_ends_at_the_hard_limit(server: WireServer) -> None:
    server.play(Reply(sse(text_chunk("a")), pause=0.02, repeat=5000))
    events, seconds = timed(server, hard=0.5)
    assert error_of(events).category == "stream_stalled"
    assert 0.5 <= seconds < PATIENCE


def test_heartbeats_after_the_finish_do_not_prolong_the_grace(server: WireServer) -> None:
    server.play(Reply([*sse(text_chunk("a", "stop")), *[PING] * 1200], pause=0.05))
    events, seconds = timed(server, grace=0.3)
    assert events[-1] == Completed("lost_after_finish", None)
    assert 0.3 <= seconds < PATIENCE


def test_usage_that_comes_within_the_grace_is_taken(server: WireServer) -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 1}}
    server.play(Reply(sse(text_chunk("a", "stop"), usage, "[DONE]"), pause=0.1))
    events, _ = timed(server, grace=PATIENCE)
    assert events[-1] == Completed("done", Usage(prompt=1))


def test_one_piece_may_take_longer_than_a_first_byte(server: WireServer) -> None:
    server.play(Reply(sse(text_chunk("a", "stop")), wait=0.5))
    limits = Timeouts(first_byte=0.2, first_byte_whole=PATIENCE)
    endpoint = endpoint_to(server.url, "peakprivacy", timeouts=limits)
    assert isinstance(run(endpoint)[-1], Completed)


def test_a_paced_read_brings_what_came_meanwhile_and_is_no_stall(server: WireServer) -> None:
    server.play(Reply([*sse(*map(text_chunk, "abcdefghij")), *sse("[DONE]")], pause=0.03))
    waits = 0

    async def pace() -> None:
        nonlocal waits
        waits += 1
        await asyncio.sleep(0.8)

    limits = Timeouts(idle=0.6, no_data=0.6)
    events = run(endpoint_to(server.url, timeouts=limits), prompt_of(), pace)
    assert story_of(events).text == {0: "abcdefghij"}
    assert waits < 10


def test_a_pace_that_never_ends_meets_the_hard_limit(server: WireServer) -> None:
    server.play(Reply(sse(text_chunk("a")), pause=0.01, repeat=50))

    async def pace() -> None:
        await asyncio.sleep(2 * PATIENCE)

    events = run(endpoint_to(server.url, timeouts=Timeouts(hard=0.4)), prompt_of(), pace)
    assert error_of(events).category == "stream_stalled"


@pytest.mark.parametrize("streams", [40])
def test_many_streams_share_a_client_without_cross_talk(server: WireServer, streams: int) -> None:
    words = [text_chunk(word) for word in ("one ", "two ", "three")]
    server.play(Reply(sse(*words, text_chunk("", "stop"), "[DONE]"), pause=0.01))

    async def one(client: Client) -> str:
        async with aclosing(complete(client, endpoint_to(server.url), prompt_of())) as events:
            return "".join([event.text async for event in events if isinstance(event, TextDelta)])

    async def together() -> list[str]:
        async with Client() as client:
            return await asyncio.gather(*[one(client) for _ in range(streams)])

    assert asyncio.run(together()) == ["one two three"] * streams


def test_a_cancelled_pace_is_a_cancellation_and_no_stall(server: WireServer) -> None:
    server.play(Reply(sse(text_chunk("a")), pause=0.01, repeat=50))

    async def scenario() -> None:
        held = asyncio.Event()

        async def pace() -> None:
            held.set()
            await asyncio.sleep(2 * PATIENCE)

        task = asyncio.create_task(collect(endpoint_to(server.url), prompt_of(), pace))
        await held.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())
