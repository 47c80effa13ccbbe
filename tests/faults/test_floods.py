"""Viewers who send too much or read too slowly are no burden for the others."""

import asyncio
import contextlib
import time

import pytest

from tests.faults.oracle import stored_text
from tests.faults.raw import close_code, raw_socket, text_frame
from tests.faults.viewer import Event, Viewer, viewers
from tests.patience import PATIENCE
from tests.processes import Person, Site, provider

pytestmark = pytest.mark.processes

TOO_MANY = 4013
# A read of tiny messages is taken apart in one go; a busy machine adds its own.
QUICK = 5.0
MEGABYTE = 2**20


@pytest.mark.parametrize(
    ("message", "count", "code"),
    [
        (b'{"type":"ping"}', 100_000, TOO_MANY),
        (b"{", 100_000, TOO_MANY),
        # Refused by the WebSocket library, which drops the connection.
        (b"x" * MEGABYTE, 100, None),
    ],
    ids=["pings", "nonsense", "huge"],
)
def test_a_flood_of_messages_is_cut_off(
    served: Site, message: bytes, count: int, code: int | None
) -> None:
    async def main() -> None:
        server = served.server
        assert server is not None
        async with viewers(served, served.people[30]) as [other]:
            before, began = server.memory, time.monotonic()
            flooding = asyncio.create_task(
                asyncio.to_thread(flood, served, served.people[31], message, count)
            )
            slowest, grown = 0.0, 0
            while not flooding.done():
                slowest = max(slowest, await other.ping())
                grown = max(grown, server.memory - before)
                await asyncio.sleep(0.06)
            took = time.monotonic() - began
            assert flooding.result() == code
            print(f"{took:.2f} s, slowest ping {slowest:.3f} s, +{grown / MEGABYTE:.1f} MB")
            assert took < PATIENCE
            assert slowest < QUICK
            assert grown < 20 * MEGABYTE

    asyncio.run(main())


def flood(site: Site, person: Person, message: bytes, count: int) -> int | None:
    """Sends as fast as it goes until the server ends it; its close code."""
    bulk = text_frame(message) * max(1, 4096 // len(message))
    with raw_socket(site, person) as client:
        with contextlib.suppress(ConnectionError):
            for _ in range(count * len(message) // len(bulk)):
                client.sendall(bulk)
        return close_code(client)


class SlowViewer(Viewer):
    """Takes its time over each message."""

    async def take(self, event: Event, size: int) -> None:
        await asyncio.sleep(0.1)
        await super().take(event, size)


def test_a_slow_viewer_gets_fewer_frames_and_ends_with_the_same_text(served: Site) -> None:
    async def main() -> None:
        person = served.people[32]
        async with provider(served), viewers(served, person) as [quick]:
            slow = SlowViewer(served, person)
            await slow.connect()
            sent = await quick.send("/demo long 120")
            await slow.watch(sent["conversation"])
            for viewer in (quick, slow):
                assert await viewer.ended(sent["reply"], seconds=40) == "completed"
            assert slow.text(sent["reply"]) == quick.text(sent["reply"])
            assert "Paragraph 120 of 120." in slow.text(sent["reply"])
            assert len(stored_text(served, sent["reply"])) > 40_000
            await slow.close()

    asyncio.run(main())
