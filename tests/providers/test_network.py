"""TLS, the environment, and encodings that were not asked for."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.providers import Completed, client
from tests.providers.certificates import make_certificate
from tests.providers.support import collect, endpoint_to, error_of, run, run_all, story_of
from tests.wire import Reply, WireServer, json_reply, sse, text_chunk

HEADERS = {"Content-Type": "text/event-stream"}
BODY = b"".join(sse(text_chunk("Hi"), text_chunk("", "stop"), "[DONE]"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1")


@pytest.fixture
def tls_server(certificate: Path) -> Iterator[WireServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with WireServer(Reply([BODY]), ssl_context=context) as server:
        yield server


@pytest.fixture
def trusting(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose list of authorities has the test's own."""
    context = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(client, "_ssl_context", lambda: context)


def test_a_certificate_nobody_vouches_for_is_refused(tls_server: WireServer) -> None:
    error = error_of(run(endpoint_to(tls_server.url)))
    assert (error.category, error.phase) == ("misconfigured", "connect")
    assert tls_server.requests == []


@pytest.mark.usefixtures("trusting")
def test_a_completion_over_tls_is_read_like_any_other(tls_server: WireServer) -> None:
    pieces = sse(text_chunk("x" * 70_000), text_chunk("y", "stop"), "[DONE]")
    tls_server.play(Reply(pieces))
    for events in run_all(*[endpoint_to(tls_server.url)] * 8):
        assert story_of(events).text == {0: "x" * 70_000 + "y"}
    # Not always the same one: what is left of a body when [DONE] is read ends its connection.
    assert tls_server.connections < 8


@pytest.mark.usefixtures("trusting")
def test_a_certificate_for_another_host_is_refused(tls_server: WireServer) -> None:
    error = error_of(run(endpoint_to(f"https://localhost:{tls_server.port}")))
    assert error.category == "misconfigured"


@pytest.mark.usefixtures("trusting")
def test_tls_cut_off_without_goodbye_is_an_interruption(tls_server: WireServer) -> None:
    tls_server.play(Reply(sse(text_chunk("Hi")), close="reset"))
    assert error_of(run(endpoint_to(tls_server.url))).category == "stream_interrupted"


def test_the_environment_does_not_reroute_calls(
    server: WireServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with WireServer(json_reply({})) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert isinstance(run(endpoint_to(server.url))[-1], Completed)
        assert proxy.requests == []
    assert (server.requests[0].header("Authorization") or "").startswith("Bearer ")


def test_frames_squeezed_one_by_one_arrive_as_sent(server: WireServer) -> None:
    squeezer = zlib.compressobj(wbits=31)
    pieces = [
        squeezer.compress(frame) + squeezer.flush(zlib.Z_SYNC_FLUSH)
        for frame in sse(text_chunk("a"), text_chunk("b", "stop"), "[DONE]")
    ]
    server.play(Reply(pieces, headers={**HEADERS, "Content-Encoding": "gzip"}))
    assert story_of(run(endpoint_to(server.url))).text == {0: "ab"}


@pytest.mark.parametrize("wbits", [15, -15])
def test_both_kinds_of_deflate_are_read(server: WireServer, wbits: int) -> None:
    squeezer = zlib.compressobj(wbits=wbits)
    pieces = [squeezer.compress(BODY) + squeezer.flush()]
    server.play(Reply(pieces, headers={**HEADERS, "Content-Encoding": "deflate"}))
    assert story_of(run(endpoint_to(server.url))).text == {0: "Hi"}


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "gzip, br"])
def test_an_encoding_that_cannot_be_undone_is_a_bad_response(
    server: WireServer, encoding: str
) -> None:
    server.play(Reply([BODY], headers={**HEADERS, "Content-Encoding": encoding}))
    assert error_of(run(endpoint_to(server.url))).category == "bad_response"


def test_an_error_that_cannot_be_read_is_known_by_its_status(server: WireServer) -> None:
    server.play(Reply([b"?"], 429, {"Content-Encoding": "br", "Retry-After": "40"}))
    error = error_of(run(endpoint_to(server.url)))
    assert (error.category, error.retry_after, error.status) == ("rate_limited", 40.0, 429)


def test_a_bomb_is_refused_before_it_grows(server: WireServer) -> None:
    bomb = gzip.compress(b"\n" * 50_000_000)
    server.play(Reply([bomb], headers={**HEADERS, "Content-Encoding": "gzip"}))
    tracemalloc.start()
    error = error_of(run(endpoint_to(server.url)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.category == "bad_response"
    assert peak < 10_000_000


def test_a_line_without_end_costs_no_more_than_its_cap(server: WireServer) -> None:
    server.play(Reply([b"x" * 65536], repeat=800))
    tracemalloc.start()
    error = error_of(run(endpoint_to(server.url)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.category == "bad_response"
    assert peak < 20_000_000


def test_asyncio_is_not_blocked_by_a_flood(server: WireServer) -> None:
    server.play(Reply(sse(*[text_chunk("x")] * 500), repeat=40))
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    async def scenario() -> None:
        ticker = asyncio.create_task(tick())
        await collect(endpoint_to(server.url, max_reply_bytes=10**9))
        ticker.cancel()

    asyncio.run(scenario())
    assert ticks > 5
