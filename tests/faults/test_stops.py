"""Stops from everywhere, and the provider's own faults: one end each, counted once."""

import asyncio
import random
import time

import pytest

from tests.faults.oracle import (
    assert_what_was_seen_is_stored,
    outcomes,
    state_of,
    stored_text,
)
from tests.faults.viewer import Viewer, article, soon, viewers, words
from tests.patience import PATIENCE
from tests.processes import Site, provider

pytestmark = pytest.mark.processes


def test_five_stops_from_a_second_tab_are_one_end_and_close_the_provider(served: Site) -> None:
    async def main() -> None:
        async with provider(served) as demo, viewers(served, *served.people[10:11] * 2) as tabs:
            sent = await tabs[0].send("/demo steady 50 90")
            await tabs[1].watch(sent["conversation"])
            await tabs[0].sees(sent["reply"])
            answers = await asyncio.gather(*(tabs[1].stop(sent) for _ in range(5)))
            assert {answer["type"] for answer in answers} == {"command.accepted"}
            await soon(lambda: demo.running_calls == 0)
            for tab in tabs:
                assert await tab.ended(sent["reply"], seconds=PATIENCE) == "stopped"
            assert_what_was_seen_is_stored(served, sent["reply"], tabs)
            assert words(tabs[0].text(sent["reply"])) == words(stored_text(served, sent["reply"]))

            assert (await tabs[0].stop(sent))["type"] == "command.accepted"
            assert state_of(served, sent["reply"]) == "stopped"
            assert outcomes(served, sent["reply"]) == [("stopped", "estimated")]
            assert [call.outcome for call in demo.calls] == ["closed"]

    asyncio.run(main())


def test_a_stop_before_the_first_text_closes_the_provider(served: Site) -> None:
    async def main() -> None:
        async with provider(served) as demo, viewers(served, served.people[11]) as [viewer]:
            sent = await viewer.send("/demo slow 90")
            await soon(lambda: demo.running_calls == 1)
            await viewer.stop(sent)
            await soon(lambda: demo.running_calls == 0)
            assert await viewer.ended(sent["reply"], seconds=PATIENCE) == "stopped"
            assert outcomes(served, sent["reply"]) == [("stopped", "estimated")]
            assert stored_text(served, sent["reply"]) == ""

    asyncio.run(main())


def test_a_stop_at_the_very_end_leaves_one_end_and_one_record(served: Site) -> None:
    """Forty answers of a second, stopped around the moment when they end by themselves."""
    dice = random.Random(8)
    states: set[str] = set()

    async def main() -> None:
        moment = 0.95
        async with provider(served), viewers(served, *served.people[12:20]) as senders:
            for _ in range(5):
                sent = await asyncio.gather(
                    *(viewer.send("/demo steady 20 1") for viewer in senders)
                )
                pairs = list(zip(senders, sent, strict=True))
                await asyncio.gather(
                    *(
                        viewer.stop_in(moment + dice.uniform(-0.1, 0.1), one)
                        for viewer, one in pairs
                    )
                )
                ended = [await assert_one_end(viewer, one["reply"]) for viewer, one in pairs]
                states.update(ended)
                # Towards the moment when half of them are stopped, however busy the machine is.
                moment += 0.4 * (ended.count("stopped") / len(ended) - 0.5)

    asyncio.run(main())
    assert states == {"stopped", "completed"}


async def assert_one_end(viewer: Viewer, reply: int) -> str:
    state = await viewer.ended(reply)
    told = [event["type"] for event in viewer.events if event.get("reply") == reply]
    assert told.count("reply.ended") == 1
    assert state_of(viewer.site, reply) == state
    assert [outcome for outcome, _ in outcomes(viewer.site, reply)] == [state]
    assert words(viewer.text(reply)) == words(stored_text(viewer.site, reply))
    return state


@pytest.mark.parametrize(
    ("prompt", "category", "source"),
    [
        ("/demo broken stream", "stream_interrupted", "estimated"),
        ("/demo truncated", "stream_truncated", "estimated"),
        ("/demo refused key", "auth", "unknown"),
    ],
)
def test_a_broken_answer_is_kept_named_and_counted(
    served: Site, prompt: str, category: str, source: str
) -> None:
    async def main() -> None:
        async with provider(served), viewers(served, served.people[20]) as [viewer]:
            sent = await viewer.send(prompt)
            assert await viewer.ended(sent["reply"]) == "failed"
            assert outcomes(served, sent["reply"]) == [("failed", source)]
            assert category_of(served, sent["reply"]) == category
            assert viewer.text(sent["reply"]).strip() == stored_text(served, sent["reply"]).strip()

    asyncio.run(main())


def test_a_silent_an_endless_and_a_stalled_provider_are_given_up(site: Site) -> None:
    """Each ends at its limit: 1 s for the first text, 4 s for all of it."""
    prompts = ("/demo slow 90", "/demo steady 20 90", "/demo stall")
    limits = (1, 4, 4)

    async def main() -> None:
        server = await site.start(FIRST_BYTE_TIMEOUT=1, REPLY_TIMEOUT=4)
        async with provider(site) as demo, viewers(site, *site.people[:3]) as people:
            began = time.monotonic()
            sent = await asyncio.gather(
                *(viewer.send(prompt) for viewer, prompt in zip(people, prompts, strict=True))
            )
            for viewer, one, limit in zip(people, sent, limits, strict=True):
                assert await viewer.ended(one["reply"], seconds=PATIENCE) == "failed"
                assert limit <= time.monotonic() - began < limit + PATIENCE
                assert "Try again" in article(await viewer.page(one["conversation"]), one["reply"])
            await soon(lambda: demo.running_calls == 0)
            assert [category_of(site, one["reply"]) for one in sent] == [
                "upstream_timeout",
                "stream_stalled",
                "stream_stalled",
            ]
            stored = words(stored_text(site, sent[1]["reply"]))
            assert words(people[1].text(sent[1]["reply"])) == stored
            assert len(stored) > 40
            # On a busy machine a call may be given up before the provider has read it.
            assert {call.outcome for call in demo.calls} == {"closed"}
        server.remove()

    asyncio.run(main())


def category_of(site: Site, reply: int) -> str:
    query = (
        "SELECT c.error_category FROM chat_completion c"
        " JOIN chat_message m ON m.completion_id = c.id WHERE m.id = ?"
    )
    [(category,)] = site.rows(query, reply)
    return str(category)
