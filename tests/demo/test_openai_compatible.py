"""The generic dialect: OpenAI's shapes, and usage in the stream only when asked for."""

import pytest

from .support import ask, frames, get, post, streamed_text

MESSAGES = [{"role": "user", "content": "Hello"}]


def error(message: str, **fields: str | None) -> dict[str, object]:
    fixed = {"type": "invalid_request_error", "param": None, "code": None}
    return {"error": {"message": message, **fixed, **fields}}


def test_a_stream_ends_with_usage_when_asked_for() -> None:
    response = ask(
        "openai_compatible", "Hello", stream=True, stream_options={"include_usage": True}
    )

    *chunks, usage, sentinel = frames(response)
    text = streamed_text(response)
    tokens = -(-len(text) // 4)
    assert sentinel == "[DONE]"
    assert all(chunk["usage"] is None for chunk in chunks)
    assert usage == {
        "id": chunks[0]["id"],
        "object": "chat.completion.chunk",
        "created": chunks[0]["created"],
        "model": "demo-chat",
        "system_fingerprint": "fp_demo",
        "choices": [],
        "usage": {"completion_tokens": tokens, "prompt_tokens": 5, "total_tokens": tokens + 5},
    }


def test_a_stream_says_nothing_of_usage_when_not_asked() -> None:
    response = ask("openai_compatible", "Hello", stream=True)

    assert all("usage" not in frame for frame in frames(response)[:-1])


def test_one_piece_has_the_usage_that_the_stream_reports() -> None:
    streamed = ask(
        "openai_compatible", "Hello", stream=True, stream_options={"include_usage": True}
    )

    assert ask("openai_compatible", "Hello").json()["usage"] == frames(streamed)[-2]["usage"]


def test_the_reasoning_model_thinks_before_it_answers() -> None:
    value = {"model": "demo-reasoning", "messages": MESSAGES, "stream": True}

    deltas = [f["choices"][0]["delta"] for f in frames(post("openai_compatible", value))[1:-2]]

    kinds = ["reasoning" if "reasoning_content" in delta else "text" for delta in deltas]
    assert kinds == sorted(kinds)
    assert {"reasoning", "text"} == set(kinds)


def test_reasoning_is_counted_within_the_completion() -> None:
    value = post("openai_compatible", {"model": "demo-reasoning", "messages": MESSAGES}).json()

    message, usage = value["choices"][0]["message"], value["usage"]
    reasoning = -(-len(message["reasoning_content"]) // 4)
    assert usage["completion_tokens_details"] == {"reasoning_tokens": reasoning}
    assert usage["completion_tokens"] == reasoning + -(-len(message["content"]) // 4)


def test_parts_of_a_message_are_read_as_text() -> None:
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {}}]

    value = {"model": "demo-chat", "messages": [{"role": "user", "content": parts}]}

    content = post("openai_compatible", value).json()["choices"][0]["message"]["content"]
    assert content.startswith("**Chatsite** is your organisation's own chat")


def test_max_tokens_cuts_the_answer() -> None:
    choice = ask("openai_compatible", "Hello", max_tokens=3).json()["choices"][0]

    assert choice["message"]["content"] == "Hello! I am "
    assert choice["finish_reason"] == "length"


def test_it_lists_its_models() -> None:
    value = get("/openai/v1/models", Authorization="Bearer demo-key").json()

    assert [model["id"] for model in value["data"]] == ["demo-chat", "demo-reasoning"]


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        ("secret", 401, "invalid_api_key"),
        ("demo-refused", 401, "invalid_api_key"),
        ("demo-exhausted", 429, "insufficient_quota"),
    ],
)
def test_it_refuses_keys_with_a_code(key: str, status: int, code: str) -> None:
    response = ask("openai_compatible", "Hello", key=key)

    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("value", "status", "expected"),
    [
        (
            {"messages": MESSAGES},
            400,
            error("Missing required parameter: 'model'.", param="model"),
        ),
        (
            {"model": "gpt-9", "messages": MESSAGES},
            404,
            error("The model `gpt-9` does not exist.", code="model_not_found"),
        ),
        (
            {"model": "demo-chat", "messages": MESSAGES, "temperature": 3},
            400,
            error("Invalid 'temperature': expected a value between 0 and 2.", param="temperature"),
        ),
        (
            {"model": "demo-chat", "messages": MESSAGES, "stream": 1},
            400,
            error("Invalid type or value for 'stream'.", param="stream"),
        ),
        ([], 400, error("We could not parse the JSON body of your request.")),
    ],
)
def test_it_names_what_is_wrong(value: object, status: int, expected: dict[str, object]) -> None:
    response = post("openai_compatible", value)

    assert (response.status_code, response.json()) == (status, expected)
