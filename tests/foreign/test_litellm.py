"""The adapters against LiteLLM's proxy: answering itself, and passing on to another server."""

import asyncio
from dataclasses import replace

import pytest

from chat.providers import (
    Client,
    Endpoint,
    ErrorCategory,
    Event,
    FinishReason,
    ModelList,
    Prompt,
    PromptMessage,
    Secret,
    Timeouts,
    Usage,
    list_models,
)
from tests.providers.support import endpoint_to, error_of, run, story_of

from .conftest import ARGUMENTS, KEY, SAID
from .recorder import Recorder

pytestmark = pytest.mark.foreign


def endpoint(recorder: Recorder, key: str = KEY) -> Endpoint:
    """The first answer of all takes the proxy some seconds."""
    made = endpoint_to(f"{recorder.url}/v1", timeouts=Timeouts(first_byte=60))
    return replace(made, api_key=Secret(key))


def ask(recorder: Recorder, model: str, text: str = "say", *, stream: bool = True) -> list[Event]:
    prompt = Prompt(model, (PromptMessage("user", text),), {}, stream)
    return run(endpoint(recorder), prompt)


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_comes_with_its_usage(to_litellm: Recorder, stream: bool) -> None:
    story = story_of(ask(to_litellm, "said", stream=stream))
    assert (story.text[0], story.finish[0]) == (SAID, "stop")
    usage = story.terminal.usage
    assert isinstance(usage, Usage)
    assert usage.prompt
    assert usage.completion
    assert (usage.total, usage.mismatch) == (usage.prompt + usage.completion, False)


def test_a_streamed_answer_of_another_server_comes_through(to_litellm: Recorder) -> None:
    story = story_of(ask(to_litellm, "passed-on"))
    assert (story.text[0], story.finish[0]) == (SAID, "stop")
    assert story.terminal.usage is not None
    assert (story.terminal.usage.prompt, story.terminal.usage.completion) == (11, 12)


def test_reasoning_of_another_server_is_kept_apart(to_litellm: Recorder) -> None:
    story = story_of(ask(to_litellm, "passed-on", "think"))
    assert (story.reasoning[0], story.text[0]) == ("How far is it?", "Far.")


@pytest.mark.parametrize("stream", [True, False])
def test_a_tool_call_arrives_whole(to_litellm: Recorder, stream: bool) -> None:
    story = story_of(ask(to_litellm, "passed-on", "call", stream=stream))
    assert story.tools[0] == [{"id": "call_1", "name": "add", "arguments": ARGUMENTS}]
    assert story.finish[0] == FinishReason.TOOL_CALLS


@pytest.mark.parametrize(("model", "pause"), [("busy", None), ("passed-on", 45)])
def test_a_busy_server_is_told(to_litellm: Recorder, model: str, pause: float | None) -> None:
    error = error_of(ask(to_litellm, model, "busy"))
    assert (error.category, error.status) == (ErrorCategory.RATE_LIMITED, 429)
    assert error.retry_after in {pause, None}


def test_a_stream_that_is_cut_behind_it_is_not_taken_for_whole(to_litellm: Recorder) -> None:
    story = story_of(ask(to_litellm, "passed-on", "cut"))
    error = error_of([story.terminal])
    assert SAID.startswith(story.text[0])
    assert error.partial == bool(story.text[0])
    assert error.retryable


def test_a_key_that_it_cannot_look_up_is_a_rejected_request(to_litellm: Recorder) -> None:
    """Without a database it answers 400, not 401."""
    prompt = Prompt("said", (PromptMessage("user", "say"),))
    error = error_of(run(endpoint(to_litellm, "sk-wrong-0123456789"), prompt))
    assert (error.category, error.status) == (ErrorCategory.INVALID_REQUEST, 400)


def test_a_model_that_is_not_there_is_told(to_litellm: Recorder) -> None:
    error = error_of(ask(to_litellm, "no-such-model"))
    assert error.category in {ErrorCategory.NOT_FOUND, ErrorCategory.INVALID_REQUEST}


def test_the_models_are_listed(to_litellm: Recorder) -> None:
    async def listed() -> object:
        async with Client() as client:
            return await list_models(client, endpoint(to_litellm))

    models = asyncio.run(listed())
    assert isinstance(models, ModelList)
    assert {model.name for model in models.models} == {"said", "busy", "passed-on"}


def test_what_is_sent_has_exactly_the_documented_fields(to_litellm: Recorder) -> None:
    ask(to_litellm, "said")
    (sent,) = to_litellm.sent
    assert sent.json == {
        "model": "said",
        "messages": [{"role": "user", "content": "say"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
