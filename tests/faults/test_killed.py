"""SIGKILL in the middle of answers: what anyone has seen is stored, and nothing is left running."""

import asyncio
import random
from dataclasses import dataclass, field

import pytest

from tests.faults.oracle import assert_interrupted, assert_settled, assert_what_was_seen_is_stored
from tests.faults.viewer import Event, Viewer, viewers
from tests.processes import Site, provider

pytestmark = pytest.mark.processes

LIVES = 7
TOGETHER = 3


@dataclass
class Moment:
    """A reply, and the three who look at it; it is `age` seconds old when the server dies."""

    age: float
    sender: Viewer
    others: list[Viewer]
    sent: Event = field(default_factory=dict)

    async def begin(self, longest: float) -> None:
        await asyncio.sleep(longest - self.age)
        self.sent = await self.sender.send("/demo steady 60 20")
        for other in self.others:
            await other.watch(self.sent["conversation"])

    @property
    def all(self) -> list[Viewer]:
        return [self.sender, *self.others]


def test_sigkill_at_21_moments_loses_nothing_that_three_viewers_saw(site: Site) -> None:
    dice = random.Random(1)

    async def main() -> None:
        seen = 0
        async with provider(site) as demo:
            server = await site.start()
            for life in range(LIVES):
                moments = await a_life(site, dice)
                await server.kill()
                server = await site.start()
                for moment in moments:
                    assert_what_was_seen_is_stored(site, moment.sent["reply"], moment.all)
                    await assert_interrupted(site, moment.sender, moment.sent)
                    seen += len(moment.sender.text(moment.sent["reply"]))
                assert_settled(site, replies=(life + 1) * TOGETHER)
            server.remove()
            assert len(demo.calls) == LIVES * TOGETHER
        assert seen > 1000
        assert "Traceback" not in site.log

    asyncio.run(main())


async def a_life(site: Site, dice: random.Random) -> list[Moment]:
    """Replies of different age, in the middle of which the server is to die."""
    moments = []
    for person in site.people[:TOGETHER]:
        three = [Viewer(site, person) for _ in range(3)]
        await asyncio.gather(*(viewer.connect() for viewer in three))
        moments.append(Moment(dice.uniform(0.0, 1.2), three[0], three[1:]))
    longest = max(moment.age for moment in moments)
    await asyncio.gather(*(moment.begin(longest) for moment in moments))
    return moments
