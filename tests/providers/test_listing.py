"""The list of models: shapes seen in the wild."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from chat.providers import Client, Endpoint, ListedModel, ModelList, ProviderError, list_models
from tests.providers.support import KEY, endpoint_to
from tests.wire import Reply, WireServer, json_reply


def listed(endpoint: Endpoint) -> ModelList | ProviderError:
    async def ask() -> ModelList | ProviderError:
        async with Client() as client:
            return await list_models(client, endpoint)

    return asyncio.run(ask())


def answer(server: WireServer, body: Any) -> ModelList | ProviderError:
    server.play(json_reply(body))
    return listed(endpoint_to(server.url))


def names(models: ModelList | ProviderError) -> list[str]:
    assert isinstance(models, ModelList)
    return [model.name for model in models.models]


def test_the_list_of_peak_privacy_is_asked_for_as_documented(server: WireServer) -> None:
    entry = {"id": "gpt-4-1106-preview", "object": "model", "created": 0, "owned_by": "OpenAI"}
    server.play(json_reply({"object": "list", "data": [entry]}))
    assert listed(endpoint_to(server.url, "peakprivacy")) == ModelList(
        (ListedModel("gpt-4-1106-preview", "OpenAI"),)
    )
    request = server.requests[0]
    assert (request.method, request.path, request.body) == ("GET", "/v1/ai/models", b"")
    assert request.header("Api-token") == KEY
    assert request.header("Content-Type") is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([{"id": "a"}, {"id": "b"}], ["a", "b"]),
        ({"models": [{"name": "llama3:8b"}]}, ["llama3:8b"]),
        ({"data": [{"id": "a"}], "models": [{"name": "b"}]}, ["a"]),
        ({"models": [{"model": "m"}]}, ["m"]),
        ({"object": "list", "data": []}, []),
        ({"data": None}, []),
        ([{"id": ""}, {"id": 5}, {}, None, {"id": "a"}, {"id": "a"}], ["a"]),
        ([{"id": "x" * 201}, {"id": "a\x1b[0m"}, {"id": " ok "}], ["ok"]),
        ([{"id": "a", "permission": {}, "created": "x", "owned_by": {"x": 1}}], ["a"]),
    ],
)
def test_it_reads_the_shapes_there_are(server: WireServer, body: Any, expected: list[str]) -> None:
    assert names(answer(server, body)) == expected


@pytest.mark.parametrize("key", ["context_window", "context_length", "max_model_len"])
def test_the_context_window_is_taken_where_it_is_told(server: WireServer, key: str) -> None:
    models = answer(server, [{"id": "a", key: 8192}, {"id": "b", key: "x"}])
    assert models == ModelList((ListedModel("a", None, 8192), ListedModel("b")))


@pytest.mark.parametrize("status", [404, 405])
def test_a_provider_without_a_list_is_no_error(server: WireServer, status: int) -> None:
    server.play(json_reply({}, status))
    assert listed(endpoint_to(server.url)) == ModelList((), listed=False)


def test_gray_swan_has_no_list_to_ask_for(server: WireServer) -> None:
    models = listed(endpoint_to(server.url, "grayswan"))
    assert models == ModelList((ListedModel("cygnet"), ListedModel("cygnet-v0.2")), listed=False)
    assert server.requests == []


@pytest.mark.parametrize(
    "body", [b"<html>", b"", b"{", b"...", b'{"data":{"gpt":{}}}', b'"x"', b'{"other":1}']
)
def test_what_is_no_list_is_a_bad_response(server: WireServer, body: bytes) -> None:
    server.play(Reply([body] if body else []))
    error = listed(endpoint_to(server.url))
    assert isinstance(error, ProviderError)
    assert error.category == "bad_response"


def test_a_refused_key_is_named(server: WireServer) -> None:
    server.play(json_reply({"error": "Unauthenticated"}, 401))
    error = listed(endpoint_to(server.url))
    assert isinstance(error, ProviderError)
    assert error.category == "auth"


def test_a_long_list_is_cut(server: WireServer) -> None:
    models = answer(server, {"data": [{"id": f"m{number}"} for number in range(5000)]})
    assert len(names(models)) == 2000


def test_a_huge_list_is_not_read(server: WireServer) -> None:
    entry = json.dumps({"id": "x", "padding": "y" * 60_000}).encode() + b","
    server.play(Reply([b'{"data":[', *[entry] * 400]))
    error = listed(endpoint_to(server.url))
    assert isinstance(error, ProviderError)
    assert error.category == "bad_response"
    assert server.bytes_sent < 20_000_000


@pytest.mark.parametrize(
    ("url", "category"),
    [("http://127.0.0.1:1", "connect_failed"), ("nonsense", "misconfigured")],
)
def test_what_cannot_be_reached_is_an_error(url: str, category: str) -> None:
    error = listed(endpoint_to(url))
    assert isinstance(error, ProviderError)
    assert error.category == category
