"""A link that died without a word: the server lets go of it by itself (F11)."""

import asyncio
import time

import pytest

from tests.faults.raw import raw_socket
from tests.faults.viewer import viewers
from tests.processes import Person, Site

pytestmark = pytest.mark.processes

GONE_WITHIN = 60.0


def test_a_browser_that_answers_no_ping_is_let_go_and_others_are_not(served: Site) -> None:
    async def main() -> None:
        async with viewers(served, served.people[33]) as [other]:
            silent = await asyncio.to_thread(seconds_until_dropped, served, served.people[34])
            assert 5 < silent < GONE_WITHIN
            await other.ping()

    asyncio.run(main())


def seconds_until_dropped(site: Site, person: Person) -> float:
    """Reads the server's pings and answers none of them."""
    began = time.monotonic()
    with raw_socket(site, person) as client:
        client.settimeout(GONE_WITHIN + 5)
        try:
            while client.recv(65_536):
                pass
        except (TimeoutError, ConnectionError):
            pass
    return time.monotonic() - began
