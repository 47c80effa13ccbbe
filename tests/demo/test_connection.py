"""Connections: what is bounded, how answers break, and how soon a hang-up is noticed."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import httpx
import pytest

from chat.demo import DemoServer
from chat.demo.calls import Call
from chat.demo.connection import MAX_BODY_BYTES
from tests.patience import PATIENCE

from .support import DIALECTS, body, headers, running, url


def raw_request(question: str, extra: bytes = b"", *, stream: bool = False) -> bytes:
    content = json.dumps(body("openai_compatible", question, stream=stream)).encode()
    return (
        b"POST /openai/v1/chat/completions HTTP/1.1\r\nHost: demo\r\n"
        b"Authorization: Bearer demo-key\r\n" + extra + b"Content-Length: %d\r\n\r\n" % len(content)
    ) + content


async def until_ended(call: Call) -> None:
    """Until the server has seen the end; fails when that takes too long."""
    await until(lambda: not call.running)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)


def with_raw_connection(
    act: Callable[[DemoServer, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    *,
    pace: float = 0,
) -> None:
    async def connect() -> None:
        async with running(pace=pace) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            await act(server, reader, writer)
            writer.close()

    asyncio.run(connect())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_closed_stream_is_noticed(dialect: str) -> None:
    async def leave_early() -> Call:
        async with running(pace=1) as server, httpx.AsyncClient() as client:
            question = body(dialect, "/demo long", stream=True)
            async with client.stream(
                "POST", url(server, dialect), json=question, headers=headers(dialect)
            ) as response:
                async for _ in response.aiter_bytes():
                    break
                assert server.running_calls == 1
            await until_ended(server.calls[-1])
            return server.calls[-1]

    call = asyncio.run(leave_early())

    assert (call.outcome, call.streamed, call.dialect) == ("closed", True, dialect)


@pytest.mark.parametrize("question", ["/demo slow 90", "/demo stall"])
def test_leaving_before_the_first_byte_is_noticed(question: str) -> None:
    async def leave(
        server: DemoServer, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(raw_request(question))
        await until(lambda: server.running_calls == 1)
        writer.close()
        await until_ended(server.calls[-1])
        assert server.calls[-1].outcome == "closed"

    with_raw_connection(leave, pace=1)


def test_a_reader_that_does_not_read_holds_up_only_itself() -> None:
    async def flood() -> None:
        async with running() as server, httpx.AsyncClient() as client:
            question = body("grayswan", "/demo flood 20", stream=True)
            async with client.stream(
                "POST", url(server, "grayswan"), json=question, headers=headers("grayswan")
            ):
                other = await client.get(
                    f"{server.base_urls['openai_compatible']}/models",
                    headers=headers("openai_compatible"),
                )
                assert other.status_code == 200
                assert server.calls[0].running
            await until_ended(server.calls[0])

    asyncio.run(flood())


@pytest.mark.parametrize("stream", [True, False])
def test_a_broken_answer_breaks_the_connection(stream: bool) -> None:
    async def read() -> Call:
        async with running() as server, httpx.AsyncClient() as client:
            question = body("grayswan", "/demo broken stream", stream=stream)
            with pytest.raises(httpx.RemoteProtocolError):
                await client.post(
                    url(server, "grayswan"), json=question, headers=headers("grayswan")
                )
            return server.calls[-1]

    assert asyncio.run(read()).outcome == "error"


def test_a_stalled_answer_stays_open_without_an_end() -> None:
    async def stall(
        server: DemoServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(raw_request("/demo stall", stream=True))
        received = await reader.readuntil(b"then")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readuntil(b'finish_reason":"stop'), 0.3)
        assert b'"content":"This"' in received
        assert server.calls[-1].running

    with_raw_connection(stall)


def test_a_connection_serves_requests_one_after_the_other() -> None:
    async def pipeline(
        _server: DemoServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(raw_request("Hello") + raw_request("help", b"Connection: close\r\n"))
        answers = await reader.read(-1)
        assert answers.count(b"HTTP/1.1 200 ") == 2
        assert answers.index(b"Hello!") < answers.index(b"/demo broken stream")

    with_raw_connection(pipeline)


def test_it_asks_for_a_body_that_waits_to_be_asked() -> None:
    async def expect(
        _server: DemoServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        head, _, content = raw_request("Hello", b"Expect: 100-continue\r\n").partition(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 100 ")
        await reader.readline()
        writer.write(content)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")

    with_raw_connection(expect)


def test_a_body_over_the_limit_is_refused() -> None:
    async def send() -> httpx.Response:
        async with running() as server, httpx.AsyncClient() as client:
            return await client.post(
                url(server, "openai_compatible"),
                content=b" " * (MAX_BODY_BYTES + 1),
                headers=headers("openai_compatible"),
            )

    response = asyncio.run(send())

    assert (response.status_code, response.json()) == (413, {"error": "Request Entity Too Large"})


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400 "),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 100_000, b"HTTP/1.1 431 "),
    ],
)
def test_what_is_not_a_request_is_refused(sent: bytes, status: bytes) -> None:
    async def send(
        server: DemoServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(sent)
        assert (await reader.readline()).startswith(status)
        assert list(server.calls) == []

    with_raw_connection(send)
