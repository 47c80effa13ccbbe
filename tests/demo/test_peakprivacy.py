"""Peak Privacy's wire format, as its documentation shows it."""

import pytest

from .support import ask, frames, get, post, streamed_text

MESSAGES = [{"role": "user", "content": "Hello"}]


def validation_error(**errors: list[str]) -> dict[str, object]:
    return {"message": "Validation error", "errors": errors}


def test_it_answers_in_one_json_body_when_anonymize_is_left_out() -> None:
    response = ask("peakprivacy", "Hello")

    value = response.json()
    content = value["choices"][0]["message"]["content"]
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert content.startswith("Hello! I am the **demonstration provider**")
    tokens = -(-len(content) // 4)
    assert value == {
        "id": value["id"],
        "object": "chat.completion",
        "created": value["created"],
        "model": "gpt-4",
        "choices": [
            {
                "finish_reason": "stop",
                "index": 0,
                "message": {"content": content, "role": "assistant"},
            }
        ],
        "usage": {"completion_tokens": tokens, "prompt_tokens": 5, "total_tokens": tokens + 5},
    }


@pytest.mark.parametrize("anonymize", [True, None])
def test_anonymizing_turns_streaming_off(anonymize: bool | None) -> None:
    response = ask("peakprivacy", "Hello", anonymize=anonymize, stream=True)

    assert response.headers["content-type"] == "application/json"
    assert response.json()["object"] == "chat.completion"


def test_it_says_what_it_replaced_and_shows_what_the_model_saw() -> None:
    question = "My name is Maria Keller, maria@example.ch, what is this?"

    content = ask("peakprivacy", question).json()["choices"][0]["message"]["content"]

    assert content.startswith("**Chatsite** is your organisation's own chat")
    assert content.endswith(
        "---\n\n**Anonymised.** Before the model saw your text, 1 e-mail address, 1 name were "
        "replaced. The model saw:\n\n> My name is [NAME\\_1], [EMAIL\\_1], what is this?"
    )
    assert "Maria" not in content


def test_it_streams_message_frames_without_sentinel_and_usage() -> None:
    response = ask("peakprivacy", "Hello", stream=True, anonymize=False)

    first, *_, last = frames(response)
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert streamed_text(response).startswith("Hello! I am the **demonstration provider**")
    assert first == {
        "id": last["id"],
        "object": "chat.completion.chunk",
        "created": last["created"],
        "model": "gpt-4",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": ""},
                "finish_reason": None,
            }
        ],
    }
    assert last["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}
    ]


def test_a_stream_holds_the_same_text_as_one_piece() -> None:
    streamed = ask("peakprivacy", "What counts as usage?", stream=True, anonymize=False)
    whole = ask("peakprivacy", "What counts as usage?", anonymize=False)

    assert streamed_text(streamed) == whole.json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize("key", ["", "secret", "demo-refused"])
def test_it_refuses_other_keys(key: str) -> None:
    response = ask("peakprivacy", "Hello", key=key)

    assert (response.status_code, response.json()) == (401, {"error": "Unauthenticated"})


def test_an_exhausted_subscription_is_forbidden() -> None:
    response = ask("peakprivacy", "Hello", key="demo-exhausted")

    expected = {"error": "Subscription amount limit has been reached"}
    assert (response.status_code, response.json()) == (403, expected)


@pytest.mark.parametrize(
    ("value", "errors"),
    [
        ({"messages": MESSAGES}, {"model": ["The model field is required."]}),
        ({"model": "gpt-9", "messages": MESSAGES}, {"model": ["The selected model is invalid."]}),
        ({"model": "gpt-4"}, {"messages": ["The messages field is required."]}),
        ({"model": "gpt-4", "messages": []}, {"messages": ["The messages field is required."]}),
        (
            {"model": "gpt-4", "messages": MESSAGES, "temperature": 1.2},
            {"temperature": ["The temperature field must be between 0 and 1."]},
        ),
        (
            {"model": "gpt-4", "messages": MESSAGES, "temperature": "warm", "stream": "yes"},
            {
                "temperature": ["The temperature field must be a number."],
                "stream": ["The stream field must be true or false."],
            },
        ),
        (
            {"model": "gpt-4", "messages": [{"role": "tool", "content": ["a"]}]},
            {
                "messages.0.role": ["The selected messages.0.role is invalid."],
                "messages.0.content": ["The messages.0.content field must be a string."],
            },
        ),
        (
            ["not an object"],
            {
                "model": ["The model field is required."],
                "messages": ["The messages field is required."],
            },
        ),
    ],
)
def test_it_names_what_is_wrong(value: object, errors: dict[str, list[str]]) -> None:
    response = post("peakprivacy", value)

    assert response.status_code == 400
    assert response.json() == validation_error(**errors)


def test_nulls_are_accepted_in_every_optional_field() -> None:
    fields = ("temperature", "top_p", "max_tokens", "random_seed", "safe_prompt", "stream")

    assert ask("peakprivacy", "Hello", **dict.fromkeys(fields)).status_code == 200


@pytest.mark.parametrize("prefix", ["/peakprivacy", ""])
def test_it_lists_its_models(prefix: str) -> None:
    response = get(f"{prefix}/v1/ai/models", **{"Api-token": "demo-key"})

    value = response.json()
    assert value["object"] == "list"
    assert value["data"][0] == {
        "id": "gpt-4-1106-preview",
        "object": "model",
        "created": 0,
        "owned_by": "OpenAI",
    }
    assert len(value["data"]) == 7


def test_ping_checks_the_key() -> None:
    assert get("/peakprivacy/v1/ai/ping", **{"Api-token": "demo-key"}).status_code == 200
    assert get("/peakprivacy/v1/ai/ping").json() == {"error": "Unauthenticated"}
