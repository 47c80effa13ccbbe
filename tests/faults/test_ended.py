"""SIGTERM in the middle of answers: a clean end soon, whatever else happens."""

import asyncio
import random
import signal
import time
from contextlib import AsyncExitStack

import pytest

from tests.faults.oracle import (
    OPEN,
    assert_interrupted,
    assert_settled,
    assert_stored_as_interrupted,
    assert_what_was_seen_is_stored,
    outcomes,
    state_of,
)
from tests.faults.scenes import moments
from tests.faults.viewer import Viewer
from tests.patience import PATIENCE
from tests.processes import Site, provider, raw_connection

pytestmark = pytest.mark.processes

TOGETHER = 4
COME_BACK_SOON = 1012
HALF_A_REQUEST = b"GET / HTTP/1.1\r\nHost:"

# What else happens: bytes of a half-sent request; signals and the seconds before each.
LIVES = {
    "alone": (b"", [(0.0, signal.SIGTERM)]),
    "with half a request": (HALF_A_REQUEST, [(0.0, signal.SIGTERM)]),
    "twice": (b"", [(0.0, signal.SIGTERM), (0.4, signal.SIGTERM), (0.1, signal.SIGTERM)]),
    "and Ctrl-C": (HALF_A_REQUEST, [(0.0, signal.SIGTERM), (0.5, signal.SIGINT)]),
    "and a closed terminal": (b"", [(0.0, signal.SIGHUP), (1.0, signal.SIGHUP)]),
}


@pytest.mark.parametrize("life", LIVES)
def test_sigterm_stores_everything_and_closes_all_sockets(site: Site, life: str) -> None:
    half, signals = LIVES[life]

    async def main() -> None:
        async with provider(site) as demo, AsyncExitStack() as stack:
            server = await site.start()
            idle = Viewer(site, site.people[-1])
            await idle.connect()
            if half:
                await stack.enter_async_context(raw_connection(site.port, half))
            scene = await moments(site, random.Random(life), TOGETHER)
            began = time.monotonic()
            for pause, number in signals:
                await asyncio.sleep(pause)
                server.signal(number)
            assert await server.ended() == 0
            assert time.monotonic() - began < PATIENCE
            assert demo.running_calls == 0
            for viewer in [idle, *(viewer for moment in scene for viewer in moment.all)]:
                assert await viewer.gone() == COME_BACK_SOON
            for moment in scene:
                assert_what_was_seen_is_stored(site, moment.reply, moment.all)
                assert_stored_as_interrupted(site, moment.reply)
            assert_settled(site, replies=TOGETHER)
        assert "Traceback" not in site.log

    asyncio.run(main())


def test_an_answer_near_its_end_is_completed_and_a_waiting_one_is_interrupted(site: Site) -> None:
    async def main() -> None:
        async with provider(site) as demo:
            server = await site.start()
            viewer = Viewer(site, site.people[0])
            await viewer.connect()
            first = await viewer.send("/demo steady 50 2")
            second = await viewer.send("And then?", conversation=first["conversation"])
            server.signal(signal.SIGTERM)
            await asyncio.sleep(0.2)
            refused = await viewer.send("One more")
            assert (refused["type"], refused["code"]) == ("command.refused", "draining")
            assert await server.ended() == 0
            assert state_of(site, first["reply"]) == "completed"
            assert outcomes(site, first["reply"]) == [("completed", "reported")]
            assert state_of(site, second["reply"]) == "interrupted"
            assert outcomes(site, second["reply"]) == [("interrupted", "unknown")]
            assert await viewer.gone() == COME_BACK_SOON
            assert len(demo.calls) == 1

    asyncio.run(main())


def test_a_message_that_comes_with_the_signal_is_not_left_running(site: Site) -> None:
    """Sent and signalled at one instant: the command is under way when the drain begins."""
    dice = random.Random(5)

    async def main() -> None:
        async with provider(site):
            for _ in range(3):
                server = await site.start()
                viewer = Viewer(site, site.people[0])
                await viewer.connect()
                sending = asyncio.create_task(viewer.send("/demo steady 50 20", seconds=5))
                await asyncio.sleep(dice.uniform(0, 0.012))
                server.signal(signal.SIGTERM)
                assert await server.ended() == 0
                await asyncio.gather(sending, return_exceptions=True)
                assert site.rows(f"SELECT id, state FROM chat_completion WHERE {OPEN}") == []

    asyncio.run(main())


def test_a_locked_database_does_not_hold_up_the_end(site: Site) -> None:
    """What could not be stored was not shown; the next start takes the answers over."""

    async def main() -> None:
        async with provider(site):
            server = await site.start()
            scene = await moments(site, random.Random(2), 2)
            with site.locked():
                began = time.monotonic()
                server.signal(signal.SIGTERM)
                assert await server.ended() == 0
                assert time.monotonic() - began < PATIENCE
            assert {await viewer.gone() for viewer in scene[0].all} == {COME_BACK_SOON}
            server = await site.start()
            for moment in scene:
                assert_what_was_seen_is_stored(site, moment.reply, moment.all)
                await assert_interrupted(site, moment.sender, moment.sent)
            server.remove()

    asyncio.run(main())


def test_sigkill_in_the_drain_loses_nothing(site: Site) -> None:
    dice = random.Random(9)

    async def main() -> None:
        async with provider(site) as demo:
            server = await site.start()
            for life, pause in enumerate((0.05, 0.5, dice.uniform(2.95, 3.1)), start=1):
                scene = await moments(site, dice, TOGETHER)
                server.signal(signal.SIGTERM)
                await asyncio.sleep(pause)
                await server.kill()
                server = await site.start()
                for moment in scene:
                    assert_what_was_seen_is_stored(site, moment.reply, moment.all)
                    await assert_interrupted(site, moment.sender, moment.sent)
                assert_settled(site, replies=TOGETHER * life)
            assert len(demo.calls) == 3 * TOGETHER
            server.remove()

    asyncio.run(main())
