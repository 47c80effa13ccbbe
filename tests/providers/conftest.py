"""One replay server per module, set to a short greeting before each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.wire import Reply, WireServer, sse, text_chunk


@pytest.fixture(scope="module")
def running() -> Iterator[WireServer]:
    with WireServer() as server:
        yield server


@pytest.fixture
def server(running: WireServer) -> WireServer:
    running.play(Reply(sse(text_chunk("Hi"), text_chunk("", "stop"), "[DONE]")))
    return running
