"""uvicorn, started as the README says, keeps what daphne keeps."""

import asyncio
import random
import shlex
import signal

import pytest
from django.conf import global_settings

from tests.faults.oracle import (
    assert_settled,
    assert_stored_as_interrupted,
    assert_what_was_seen_is_stored,
)
from tests.faults.scenes import moments
from tests.prepared import ROOT
from tests.processes import Site, provider, raw_connection

pytestmark = pytest.mark.processes

COME_BACK_SOON = 1012
HALF_A_REQUEST = b"GET / HTTP/1.1\r\nHost:"
POST = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
# One byte more than a form may have; not more, or the answer could be lost with the connection.
TOO_MANY = global_settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
LARGE = POST + b"Content-Length: %d\r\n\r\n" % TOO_MANY
ENDLESS = POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % TOO_MANY + b"x" * TOO_MANY


def command(site: Site) -> tuple[str, ...]:
    """The line in the README, with another port."""
    readme = (ROOT / "README.md").read_text()
    line = readme[readme.index(".venv/bin/uvicorn ") :].partition("```")[0]
    words = shlex.split(line.replace("\\\n", ""))
    assert words[3:6] == ["127.0.0.1", "--port", "8000"]
    return "-m", "uvicorn", *words[1:5], str(site.port), *words[6:]


def test_sigterm_stores_everything_and_closes_all_sockets(site: Site) -> None:
    site.command = command(site)

    async def main() -> None:
        async with provider(site) as demo:
            server = await site.start()
            async with raw_connection(site.port, HALF_A_REQUEST):
                scene = await moments(site, random.Random("uvicorn"), 2)
                server.signal(signal.SIGTERM)
                assert await server.ended() == -signal.SIGTERM
            assert demo.running_calls == 0
            for moment in scene:
                for viewer in moment.all:
                    assert await viewer.gone() == COME_BACK_SOON
                assert_what_was_seen_is_stored(site, moment.reply, moment.all)
                assert_stored_as_interrupted(site, moment.reply)
            assert_settled(site, replies=2)
        assert "Traceback" not in site.log

    asyncio.run(main())


def test_a_second_process_and_large_bodies_are_refused(site: Site) -> None:
    site.command = command(site)

    async def main() -> None:
        server = await site.start()
        for request in (LARGE, ENDLESS):
            async with raw_connection(site.port, request) as reader:
                assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
        second = site.launch()
        assert await second.ended() == 3
        assert f"A server is running already on {site.directory}." in site.log
        server.remove()
        assert "Traceback" not in site.log

    asyncio.run(main())
