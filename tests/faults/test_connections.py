"""Cuts, tabs, late comers: whoever comes back or joins sees exactly what is stored."""

import asyncio
import random
import uuid

import pytest

from tests.faults.oracle import outcomes, state_of, stored_text
from tests.faults.viewer import Viewer, article, text_of, viewers, words
from tests.processes import Site, provider

pytestmark = pytest.mark.processes


async def assert_shows_what_is_stored(viewer: Viewer, conversation: str, reply: int) -> None:
    """What the viewer was sent, and what a page that is loaded now shows."""
    stored = words(stored_text(viewer.site, reply))
    assert stored
    assert words(viewer.text(reply)) == stored
    page = article(await viewer.page(conversation), reply)
    assert words(text_of(page)) == stored


def test_after_a_long_cut_the_viewer_gets_exactly_what_is_stored(served: Site) -> None:
    async def main() -> None:
        async with provider(served) as demo, viewers(served, served.people[0]) as [viewer]:
            sent = await viewer.send("/demo steady 50 5")
            await viewer.sees(sent["reply"])
            before = len(words(viewer.text(sent["reply"])))
            await viewer.cut()
            await asyncio.sleep(2)
            assert demo.running_calls == 1
            await viewer.connect()
            assert (await viewer.watch(sent["conversation"]))[sent["reply"]] == "running"
            await viewer.sees(sent["reply"], characters=(before + 80) * 8)
            assert await viewer.ended(sent["reply"]) == "completed"
            await assert_shows_what_is_stored(viewer, sent["conversation"], sent["reply"])
            assert len(demo.calls) == 1

    asyncio.run(main())


def test_forty_cuts_in_one_answer_leave_no_gap_and_no_duplicate(served: Site) -> None:
    dice = random.Random(4)

    async def main() -> None:
        async with provider(served), viewers(served, *served.people[1:2] * 2) as [viewer, other]:
            # It lasts until it is stopped, however long the cuts take on a busy machine.
            sent = await viewer.send("/demo steady 100 60")
            await other.watch(sent["conversation"])
            for _ in range(40):
                await asyncio.sleep(dice.uniform(0, 0.15))
                await viewer.cut()
                await asyncio.sleep(dice.uniform(0, 0.1))
                await viewer.connect()
                await viewer.watch(sent["conversation"])
            await viewer.stop(sent)
            for one in (viewer, other):
                assert await one.ended(sent["reply"]) == "stopped"
                await assert_shows_what_is_stored(one, sent["conversation"], sent["reply"])
                assert (one.holes, one.backwards) == (0, 0)

    asyncio.run(main())


def test_whoever_joins_in_the_middle_or_at_the_end_sees_all_of_it(served: Site) -> None:
    """Sixty viewers of six answers, most of them close to the end."""
    dice = random.Random(6)

    async def join(sent: dict[str, str], reply: int, delay: float) -> None:
        viewer = Viewer(served, served.people[2])
        await asyncio.sleep(delay)
        await viewer.connect()
        state = (await viewer.watch(sent["conversation"]))[reply]
        if state == "running":
            await viewer.ended(reply)
            await assert_shows_what_is_stored(viewer, sent["conversation"], reply)
        assert viewer.holes == 0
        await viewer.close()

    async def main() -> None:
        async with provider(served), viewers(served, served.people[2]) as [sender]:
            for _ in range(6):
                sent = await sender.send("/demo steady 100 1")
                delays = [dice.uniform(0, 0.9), *(dice.uniform(0.75, 1.0) for _ in range(9))]
                await asyncio.gather(*(join(sent, sent["reply"], delay) for delay in delays))

    asyncio.run(main())


def test_two_tabs_see_one_generation_whoever_sends(served: Site) -> None:
    async def main() -> None:
        async with provider(served) as demo, viewers(served, *served.people[3:4] * 2) as tabs:
            conversation = str(uuid.uuid4())
            replies = []
            for turn in range(4):
                tab = tabs[turn % 2]
                sent = await tab.send("/demo steady 100 1", conversation=conversation)
                if turn == 0:
                    await tabs[1].watch(conversation)
                replies.append(sent["reply"])
                for one in tabs:
                    assert await one.ended(sent["reply"]) == "completed"
            for one in tabs:
                for reply in replies:
                    await assert_shows_what_is_stored(one, conversation, reply)
            assert len(demo.calls) == 4

    asyncio.run(main())


def test_a_stranger_gets_404_and_is_refused_at_the_socket(served: Site) -> None:
    async def main() -> None:
        people = served.people[4:6]
        async with provider(served), viewers(served, *people) as [owner, stranger]:
            sent = await owner.send("/demo steady 100 1")
            refused = await stranger.do("conversation.open", conversation=sent["conversation"])
            assert (refused["type"], refused["code"]) == ("command.refused", "not_found")
            with pytest.raises(AssertionError):
                await stranger.page(sent["conversation"])
            assert await owner.ended(sent["reply"]) == "completed"
            assert stranger.text(sent["reply"]) == ""

    asyncio.run(main())


def test_one_message_sent_twenty_times_at_once_and_after_a_cut_is_one_call(served: Site) -> None:
    async def main() -> None:
        async with provider(served) as demo, viewers(served, *served.people[6:7] * 4) as tabs:
            names = {"conversation": str(uuid.uuid4()), "key": str(uuid.uuid4())}
            answers = await asyncio.gather(
                *(tab.send("/demo steady 100 1", **names) for tab in tabs * 5)
            )
            assert [answer["again"] for answer in answers].count(False) == 1
            await tabs[0].cut()
            await tabs[0].connect()
            answers.append(await tabs[0].send("/demo steady 100 1", **names))
            [reply] = {answer["reply"] for answer in answers}
            for tab in tabs:
                assert await tab.ended(reply) == "completed"
                await assert_shows_what_is_stored(tab, names["conversation"], reply)
            assert outcomes(served, reply) == [("completed", "reported")]
            assert len(demo.calls) == 1

    asyncio.run(main())


def test_two_messages_at_one_instant_run_one_after_the_other(served: Site) -> None:
    async def main() -> None:
        async with provider(served) as demo, viewers(served, *served.people[7:8] * 2) as tabs:
            for _ in range(8):
                conversation = str(uuid.uuid4())
                sent = await asyncio.gather(
                    *(
                        tab.send(f"/demo steady 200 {n}", conversation=conversation)
                        for n, tab in enumerate(tabs)
                    )
                )
                replies = sorted(answer["reply"] for answer in sent)
                for tab in tabs:
                    assert [await tab.ended(reply) for reply in replies] == ["completed"] * 2
                assert [outcomes(served, reply) for reply in replies] == [
                    [("completed", "reported")]
                ] * 2
                assert_in_turn(served, replies)
            assert len(demo.calls) == 16

    asyncio.run(main())


def assert_in_turn(site: Site, replies: list[int]) -> None:
    query = (
        "SELECT c.started_at, c.finished_at FROM chat_completion c"
        " JOIN chat_message m ON m.completion_id = c.id WHERE m.id = ?"
    )
    [(_, first_end)] = site.rows(query, replies[0])
    [(second_start, _)] = site.rows(query, replies[1])
    assert first_end <= second_start
    assert state_of(site, replies[1]) == "completed"
