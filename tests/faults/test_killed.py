"""SIGKILL in the middle of answers: what anyone has seen is stored, and nothing is left running."""

import asyncio
import random
import signal

import pytest

from tests.faults.oracle import (
    assert_interrupted,
    assert_settled,
    assert_what_was_seen_is_stored,
    outcomes,
)
from tests.faults.scenes import Moment, moments
from tests.processes import Server, Site, provider

pytestmark = pytest.mark.processes

LIVES = 7
TOGETHER = 3


async def assert_kept(site: Site, scene: list[Moment]) -> None:
    for moment in scene:
        assert_what_was_seen_is_stored(site, moment.reply, moment.all)
        await assert_interrupted(site, moment.sender, moment.sent)


def test_sigkill_at_21_moments_loses_nothing_that_three_viewers_saw(site: Site) -> None:
    dice = random.Random(1)

    async def main() -> None:
        seen = 0
        async with provider(site) as demo:
            server = await site.start()
            for life in range(1, LIVES + 1):
                scene = await moments(site, dice, TOGETHER)
                await server.kill()
                server = await site.start()
                await assert_kept(site, scene)
                assert_settled(site, replies=life * TOGETHER)
                seen += sum(len(moment.sender.text(moment.reply)) for moment in scene)
            server.remove()
            assert len(demo.calls) == LIVES * TOGETHER
        assert seen > 1000
        assert "Traceback" not in site.log

    asyncio.run(main())


@pytest.mark.parametrize("place", ["after-commit", "after-publish"])
def test_a_death_between_storing_and_showing_loses_nothing(site: Site, place: str) -> None:
    dice = random.Random(place)

    async def main() -> None:
        async with provider(site) as demo:
            server = await site.start(CHATSITE_FAILPOINTS=place)
            for life in range(1, 4):
                scene = await moments(site, dice, 1)
                assert await server.ended() == -signal.SIGKILL
                server = await site.start(CHATSITE_FAILPOINTS=place)
                await assert_kept(site, scene)
                assert_settled(site, replies=life)
            server.remove()
            assert len(demo.calls) == 3

    asyncio.run(main())


def test_a_server_that_dies_while_it_starts_takes_over_once(site: Site) -> None:
    dice = random.Random(7)

    async def main() -> None:
        async with provider(site):
            server = await site.start()
            scene = await moments(site, dice, TOGETHER)
            await server.kill()
            for _ in range(5):
                server = site.launch()
                await asyncio.sleep(dice.uniform(0.1, 2.0))
                await server.kill()
            server = await site.start()
            await assert_kept(site, scene)
            assert_settled(site, replies=TOGETHER)
            server.remove()
        assert site.log.count("were interrupted by the last end of the server") == 1

    asyncio.run(main())


def test_a_killed_answer_can_be_continued(site: Site) -> None:
    async def main() -> None:
        async with provider(site, pace=0.4):
            server = await site.start()
            [moment] = await moments(site, random.Random(3), 1, "/demo long 3")
            await moment.sender.sees(moment.reply)
            await server.kill()
            server = await site.start()
            await moment.sender.connect()
            states = await moment.sender.watch(moment.sent["conversation"])
            assert states[moment.reply] == "interrupted"
            continued = await moment.sender.do(
                "reply.continue",
                conversation=moment.sent["conversation"],
                reply=moment.reply,
                key="3f9f2a52-7a6e-4b3d-9d5a-1f1f3f9f2a52",
            )
            assert await moment.sender.ended(continued["reply"]) == "completed"
            assert outcomes(site, continued["reply"]) == [("completed", "reported")]
            before, after = (moment.sender.text(n) for n in (moment.reply, continued["reply"]))
            assert after.startswith(before.rstrip()[:20])
            assert len(after) > len(before)
            await moment.sender.close()
            await end(server)

    asyncio.run(main())


async def end(server: Server) -> None:
    server.signal(signal.SIGTERM)
    assert await server.ended() == 0
