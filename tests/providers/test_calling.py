"""Calls to endpoints of the organisation: exactly one request, guarded and bounded."""

import asyncio
from typing import Any

import pytest

from chat.providers import Client, EndpointProblem, Target, call_endpoint
from tests.wire import Reply, WireServer, json_reply

KEY = "sk-tool-0123456789"


def call(url: str, *hosts: str) -> str:
    async def main() -> str:
        async with Client() as client:
            target = Target(url, {"X-Key": KEY}, hosts)
            return await call_endpoint(client, target, b'{"city": "Zug"}')

    return asyncio.run(main())


def host(server: WireServer) -> str:
    return f"127.0.0.1:{server.port}"


def test_it_posts_the_arguments_with_the_key(server: WireServer) -> None:
    server.play(json_reply({"degrees": 3}))
    assert call(f"{server.url}/weather/now", host(server)) == '{"degrees": 3}'
    (request,) = server.requests
    assert (request.method, request.path, request.body) == (
        "POST",
        "/weather/now",
        b'{"city": "Zug"}',
    )
    expected = {
        "x-key": KEY,
        "content-type": "application/json",
        "accept": "application/json, text/plain",
        "accept-encoding": "identity",
        "user-agent": "chatsite",
        "host": host(server),
        "content-length": "15",
    }
    assert {name.lower(): value for name, value in request.headers} == expected


def test_a_private_address_must_be_allowed(server: WireServer) -> None:
    server.play(json_reply({}))
    with pytest.raises(EndpointProblem, match="may not be called"):
        call(f"{server.url}/weather")
    assert server.requests == []


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (json_reply({}, 302, Location="http://127.0.0.1:1/"), "status 302"),
        (json_reply({"secret": "inside"}, 500), "status 500"),
        (Reply([b"x" * 70_000], framing="length"), "longer than 65536 bytes"),
        (Reply([b"half"], close="abrupt"), "could not be reached"),
        (Reply(raw=b"nonsense\r\n\r\n"), "could not be reached"),
    ],
)
def test_what_went_wrong_is_told_without_foreign_words(
    server: WireServer, reply: Any, words: str
) -> None:
    server.play(reply)
    with pytest.raises(EndpointProblem, match=words) as caught:
        call(server.url, host(server))
    assert KEY not in str(caught.value)
    assert "inside" not in str(caught.value)
    assert len(server.requests) == 1


def test_nobody_sees_the_key_of_a_target() -> None:
    assert KEY not in repr(Target("https://example.org", {"X-Key": KEY}))
