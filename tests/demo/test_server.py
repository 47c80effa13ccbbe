"""Starting, ending, and the record of what was asked."""

import asyncio
import time

import httpx
import pytest

from chat.demo import start
from chat.demo.calls import REMEMBERED_CALLS, Call, record_of_calls
from tests.patience import PATIENCE

from .support import PATHS, ask_and_record, body, get, headers, running, url


def test_each_dialect_has_a_base_url_of_its_own() -> None:
    async def look() -> tuple[dict[str, str], int]:
        async with running() as server:
            return server.base_urls, server.port

    base_urls, port = asyncio.run(look())

    assert base_urls == {
        "peakprivacy": f"http://127.0.0.1:{port}/peakprivacy",
        "grayswan": f"http://127.0.0.1:{port}/grayswan",
        "openai_compatible": f"http://127.0.0.1:{port}/openai/v1",
    }


def test_each_dialect_also_answers_where_its_service_does() -> None:
    roots = {"peakprivacy": "", "grayswan": "", "openai_compatible": "/v1"}

    async def look() -> list[tuple[int, str]]:
        async with running() as server, httpx.AsyncClient() as client:
            for dialect, root in roots.items():
                await client.post(
                    f"http://127.0.0.1:{server.port}{root}{PATHS[dialect]}",
                    json=body(dialect, "Hello"),
                    headers=headers(dialect),
                )
            return [(call.status, call.dialect) for call in server.calls]

    assert asyncio.run(look()) == [(200, dialect) for dialect in roots]


def test_a_call_records_what_was_sent_but_neither_key_nor_words() -> None:
    value = body("grayswan", "a private question", temperature=0.5, stream=True)

    _, call = ask_and_record("grayswan", value)

    assert call == Call(
        method="POST",
        path="/grayswan/chat/completions",
        dialect="grayswan",
        header_names=call.header_names,
        model="cygnet",
        parameters={"model": "cygnet", "temperature": 0.5, "stream": True},
        messages=[],
        streamed=True,
        status=200,
        outcome="completed",
    )
    assert "Authorization" in call.header_names
    assert "demo-key" not in repr(call)


def test_messages_are_recorded_only_on_request() -> None:
    async def look() -> Call:
        async with running(keep_messages=True) as server, httpx.AsyncClient() as client:
            value = body("grayswan", "Hello")
            await client.post(url(server, "grayswan"), json=value, headers=headers("grayswan"))
            return server.calls[-1]

    assert asyncio.run(look()).messages == [{"role": "user", "content": "Hello"}]


def test_a_refused_call_is_an_error() -> None:
    _, call = ask_and_record("grayswan", {}, key="secret")

    assert (call.status, call.outcome) == (401, "error")


def test_the_record_is_bounded() -> None:
    calls = record_of_calls()

    calls.extend(Call("GET", "/") for _ in range(REMEMBERED_CALLS + 1))

    assert len(calls) == REMEMBERED_CALLS


def test_closing_ends_running_answers_at_once() -> None:
    async def close_early() -> str:
        server = await start("127.0.0.1", 0)
        async with httpx.AsyncClient() as client:
            value = body("grayswan", "/demo long", stream=True)
            async with client.stream(
                "POST", url(server, "grayswan"), json=value, headers=headers("grayswan")
            ) as response:
                async with asyncio.timeout(PATIENCE):
                    await server.close()
                with pytest.raises(httpx.TransportError):
                    await response.aread()
        return server.calls[-1].outcome

    assert asyncio.run(close_early()) == "closed"


def test_closing_twice_does_no_harm() -> None:
    async def close_twice() -> None:
        server = await start("127.0.0.1", 0)
        await server.close()
        await server.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", server.port)

    asyncio.run(close_twice())


def test_a_human_pace_takes_its_time() -> None:
    async def measure() -> tuple[float, int]:
        async with running(pace=0.2) as server, httpx.AsyncClient() as client:
            value = body("grayswan", "/demo nousage", stream=True)
            started = time.monotonic()
            response = await client.post(
                url(server, "grayswan"), json=value, headers=headers("grayswan")
            )
            return time.monotonic() - started, response.text.count('"content"')

    elapsed, pieces = asyncio.run(measure())

    expected = 0.2 * (0.3 + (pieces - 1) / 35)
    assert 0.7 * expected < elapsed < expected + PATIENCE


@pytest.mark.parametrize("path", ["/", "/openai/v1/files", "/grayswan/chat/completion"])
def test_unknown_paths_are_not_found(path: str) -> None:
    assert get(path).status_code == 404


def test_a_wrong_method_is_not_allowed() -> None:
    response = get("/openai/v1/chat/completions")

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
