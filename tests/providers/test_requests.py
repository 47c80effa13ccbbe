"""What goes over the wire to the provider, and what is stopped before it does."""

from __future__ import annotations

from typing import Any

import pytest

from chat.providers import Prompt, PromptMessage, ToolCall
from tests.providers.support import KEY, endpoint_to, error_of, prompt_of, run, story_of
from tests.wire import Reply, WireServer, json_reply, sse, text_chunk

HI = Reply(sse(text_chunk("Hi"), text_chunk("", "stop"), "[DONE]"))


def test_the_wish_for_usage_is_given_up_where_it_is_refused(server: WireServer) -> None:
    refusal = {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"]}]}
    server.play(json_reply(refusal, 422), HI)
    story = story_of(run(endpoint_to(server.url)))
    first, second = (request.json for request in server.requests)
    assert first.pop("stream_options") == {"include_usage": True}
    assert second == first
    assert story.terminal.warnings == {"stream_options_refused"}


def test_the_wish_for_usage_can_be_switched_off(server: WireServer) -> None:
    run(endpoint_to(server.url, include_usage=False))
    assert "stream_options" not in server.requests[0].json


def test_a_prompt_that_cannot_be_written_is_cleaned_first(server: WireServer) -> None:
    run(endpoint_to(server.url), prompt_of("a\ud83d\x00b"))
    assert server.requests[0].json["messages"] == [{"role": "user", "content": "a\ufffdb"}]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "hot", True])
def test_a_parameter_that_makes_no_sense_is_never_sent(server: WireServer, value: Any) -> None:
    error = error_of(run(endpoint_to(server.url), prompt_of(temperature=value)))
    assert (error.category, server.requests) == ("invalid_request", [])


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "ftp://127.0.0.1"},
        {"base_url": "http://user:secret@127.0.0.1"},
        {"base_url": "http://127.0.0.1/?x=1"},
        {"base_url": "http://127.0.0.1\\@example.org"},
        {"base_url": "http://[::1"},
        {"base_url": "nonsense"},
        {"completions_path": "no-slash"},
        {"completions_path": "/../x"},
        {"completions_path": "/x?a=b?c"},
        {"auth_header": "Bad: header"},
    ],
)
def test_an_endpoint_that_makes_no_sense_is_misconfigured(changes: dict[str, Any]) -> None:
    values = {"base_url": "http://127.0.0.1:1", **changes}
    error = error_of(run(endpoint_to(values.pop("base_url"), **values)))
    assert (error.category, error.phase) == ("misconfigured", "connect")


def test_a_version_may_stand_behind_the_path(server: WireServer) -> None:
    server.play(HI)
    path = "/chat/completions?api-version=2024-10-21"
    run(endpoint_to(f"{server.url}/openai", completions_path=path, auth_header="api-key"))
    (request,) = server.requests
    assert (request.path, request.header("api-key")) == (f"/openai{path}", KEY)
    assert request.header("Authorization") is None


def test_calls_of_tools_and_their_results_are_sent(server: WireServer) -> None:
    prompt = Prompt(
        "m",
        (
            PromptMessage("assistant", "", (ToolCall("call_1", "get_time", "{}"),)),
            PromptMessage("tool", "noon", tool_call_id="call_1"),
        ),
    )
    run(endpoint_to(server.url, tool_role="data"), prompt)
    function = {"name": "get_time", "arguments": "{}"}
    assert server.requests[0].json["messages"] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        },
        {"role": "data", "content": "noon", "tool_call_id": "call_1"},
    ]


def test_the_request_names_what_the_model_needs_and_no_more(server: WireServer) -> None:
    server.play(HI)
    run(endpoint_to(server.url), prompt_of("Grüezi", temperature=5, nonsense=1))
    request = server.requests[0]
    assert (request.method, request.path) == ("POST", "/chat/completions")
    assert request.json == {
        "model": "m",
        "messages": [{"role": "user", "content": "Grüezi"}],
        "temperature": 2,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert "Grüezi".encode() in request.body
    assert dict(request.headers) == {
        "Host": server.url.removeprefix("http://"),
        "Authorization": f"Bearer {KEY}",
        "Accept": "application/json, text/event-stream",
        "Accept-Encoding": "identity",
        "User-Agent": "chatsite",
        "Content-Type": "application/json",
        "Content-Length": str(len(request.body)),
    }
