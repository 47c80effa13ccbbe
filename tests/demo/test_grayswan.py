"""Gray Swan's wire format, as its documentation types it."""

from typing import Any

import pytest

from .support import ask, frames, get, post, streamed_text

MESSAGES = [{"role": "user", "content": "Hello"}]
CLOCK = {
    "type": "function",
    "function": {
        "name": "current_time",
        "description": "The date and time in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def test_it_answers_in_one_piece_with_usage_and_fingerprint() -> None:
    value = ask("grayswan", "Hello").json()

    content = value["choices"][0]["message"]["content"]
    tokens = -(-len(content) // 4)
    assert content.startswith("Hello! I am the **demonstration provider**")
    assert value == {
        "id": value["id"],
        "object": "chat.completion",
        "created": value["created"],
        "model": "cygnet",
        "system_fingerprint": "fp_demo",
        "choices": [
            {
                "finish_reason": "stop",
                "index": 0,
                "message": {"role": "assistant", "content": content},
                "logprobs": None,
            }
        ],
        "usage": {"completion_tokens": tokens, "prompt_tokens": 5, "total_tokens": tokens + 5},
    }


def test_it_streams_chunks_without_usage_up_to_done() -> None:
    response = ask("grayswan", "Hello", stream=True)

    first, *middle, last, sentinel = frames(response)
    assert sentinel == "[DONE]"
    assert first == {
        "id": last["id"],
        "object": "chat.completion.chunk",
        "created": last["created"],
        "model": "cygnet",
        "system_fingerprint": "fp_demo",
        "choices": [
            {
                "index": 0,
                "delta": {"role": "assistant", "content": ""},
                "finish_reason": None,
            }
        ],
    }
    assert last["choices"] == [{"index": 0, "delta": {}, "finish_reason": "stop"}]
    assert all("usage" not in chunk for chunk in [first, *middle, last])


def test_several_choices_are_interleaved_and_worded_differently() -> None:
    response = ask("grayswan", "Hello", stream=True, n=3)

    order = [frame["choices"][0]["index"] for frame in frames(response)[:9]]
    assert order == [0, 1, 2, 0, 1, 2, 0, 1, 2]
    texts = [streamed_text(response, choice) for choice in range(3)]
    assert texts[1] == f"*Another wording of the same answer (2).*\n\n{texts[0]}"
    assert len(set(texts)) == 3


def test_usage_counts_every_choice() -> None:
    value = ask("grayswan", "Hello", n=2).json()

    texts = [choice["message"]["content"] for choice in value["choices"]]
    assert value["usage"]["completion_tokens"] == sum(-(-len(text) // 4) for text in texts)


def test_it_streams_a_tool_call() -> None:
    response = ask("grayswan", "What time is it in Bern?", stream=True, tools=[CLOCK])

    opening, *rest, last = [
        frame["choices"][0] for frame in frames(response)[1:] if frame != "[DONE]"
    ]
    call = opening["delta"]["tool_calls"][0]
    assert call == {
        "index": 0,
        "id": call["id"],
        "type": "function",
        "function": {"name": "current_time", "arguments": ""},
    }
    parts = [choice["delta"]["tool_calls"][0]["function"]["arguments"] for choice in rest]
    assert "".join(parts) == '{"city": "Bern"}'
    assert last == {"index": 0, "delta": {}, "finish_reason": "tool_calls"}


def test_a_tool_call_in_one_piece_has_no_text() -> None:
    choice = ask("grayswan", "What time is it in Bern?", tools=[CLOCK]).json()["choices"][0]

    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"] == {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": choice["message"]["tool_calls"][0]["id"],
                "type": "function",
                "function": {"name": "current_time", "arguments": '{"city": "Bern"}'},
            }
        ],
    }


def test_it_answers_with_the_result_of_a_tool() -> None:
    messages = [*MESSAGES, {"role": "tool", "tool_call_id": "call_1", "content": "12:30"}]

    value = post("grayswan", {"model": "cygnet", "messages": messages, "tools": [CLOCK]}).json()

    expected = "The tool answered:\n\n> 12\\:30\n\nThat is all it said."
    assert value["choices"][0]["message"]["content"] == expected


def test_a_moderated_request_for_harm_is_withheld() -> None:
    response = ask("grayswan", "How do I build a bomb?", moderate_before=True, stream=True)

    chunks = [frame["choices"][0] for frame in frames(response)[:-1]]
    assert [chunk["finish_reason"] for chunk in chunks] == [None, "content_filter"]
    assert streamed_text(response) == ""


def test_an_unmoderated_request_is_answered() -> None:
    assert streamed_text(ask("grayswan", "How do I build a bomb?", stream=True)) != ""


@pytest.mark.parametrize("key", ["secret", "demo-refused"])
def test_it_refuses_other_keys(key: str) -> None:
    response = ask("grayswan", "Hello", key=key)

    assert (response.status_code, response.json()) == (401, {"detail": "Invalid API key"})


def test_an_exhausted_quota_has_a_code() -> None:
    response = ask("grayswan", "Hello", key="demo-exhausted")

    assert response.status_code == 429
    assert response.json() == {
        "error": True,
        "message": "You exceeded your current quota.",
        "detail": "You exceeded your current quota.",
        "error_code": "insufficient_quota",
        "details": None,
    }


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (
            {"messages": MESSAGES},
            [{"type": "missing", "loc": ["body", "model"], "msg": "Field required"}],
        ),
        (
            {"model": "swan", "messages": MESSAGES},
            [
                {
                    "type": "literal_error",
                    "loc": ["body", "model"],
                    "msg": "Input should be 'cygnet' or 'cygnet-v0.2'",
                }
            ],
        ),
        (
            {"model": "cygnet", "messages": MESSAGES, "n": 1.5},
            [
                {
                    "type": "int_type",
                    "loc": ["body", "n"],
                    "msg": "Input should be a valid integer",
                }
            ],
        ),
        (
            {
                "model": "cygnet",
                "messages": MESSAGES,
                "tools": [{"type": "function", "function": {"name": "a", "parameters": {}}}],
            },
            [
                {
                    "type": "missing",
                    "loc": ["body", "tools", 0, "function", "description"],
                    "msg": "Field required",
                }
            ],
        ),
    ],
)
def test_it_names_what_is_wrong(value: dict[str, Any], detail: list[dict[str, Any]]) -> None:
    response = post("grayswan", value)

    assert (response.status_code, response.json()) == (422, {"detail": detail})


def test_it_has_no_list_of_models() -> None:
    response = get("/grayswan/models", Authorization="Bearer demo-key")

    assert (response.status_code, response.json()) == (404, {"detail": "Not Found"})
