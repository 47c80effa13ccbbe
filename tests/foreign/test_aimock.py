"""The adapters against `@copilotkit/aimock`, a server that plays OpenAI's API."""

import asyncio
import time
from dataclasses import replace

import pytest

from chat.providers import (
    Client,
    Completed,
    ErrorCategory,
    FinishReason,
    ModelList,
    Prompt,
    PromptMessage,
    ToolCall,
    Usage,
    list_models,
)
from tests.providers.support import KEY, Story, endpoint_to, error_of, prompt_of, run, story_of

from .conftest import ARGUMENTS, SAID
from .recorder import Recorder

pytestmark = pytest.mark.foreign

COMPLETIONS = "POST /v1/chat/completions HTTP/1.1"


def ask(recorder: Recorder, text: str, **parameters: object) -> Story:
    return story_of(run(endpoint_to(f"{recorder.url}/v1"), prompt_of(text, **parameters)))


def test_a_streamed_answer_comes_with_its_usage(to_aimock: Recorder) -> None:
    story = ask(to_aimock, "say")
    assert (story.text[0], story.finish[0]) == (SAID, "stop")
    assert story.terminal.usage == Usage(prompt=11, completion=12, total=23)
    assert isinstance(story.terminal, Completed)
    assert (story.terminal.how, story.terminal.warnings) == ("done", frozenset())
    assert story.started is not None
    assert story.started.streamed


def test_an_answer_in_one_piece_comes_with_its_usage(to_aimock: Recorder) -> None:
    events = run(endpoint_to(f"{to_aimock.url}/v1"), prompt_of("say", stream=False))
    story = story_of(events)
    assert (story.text[0], story.finish[0]) == (SAID, "stop")
    assert story.terminal.usage == Usage(prompt=11, completion=12, total=23)


def test_reasoning_is_kept_apart(to_aimock: Recorder) -> None:
    story = ask(to_aimock, "think")
    assert (story.reasoning[0], story.text[0]) == ("How far is it?", "Far.")


@pytest.mark.parametrize("stream", [True, False])
def test_a_tool_call_arrives_whole(to_aimock: Recorder, stream: bool) -> None:
    events = run(endpoint_to(f"{to_aimock.url}/v1"), prompt_of("call", stream=stream))
    story = story_of(events)
    assert story.tools[0] == [{"id": "call_1", "name": "add", "arguments": ARGUMENTS}]
    assert story.finish[0] == FinishReason.TOOL_CALLS


def test_the_result_of_a_tool_goes_back_as_documented(to_aimock: Recorder) -> None:
    call = ToolCall("call_1", "add", ARGUMENTS)
    messages = (
        PromptMessage("user", "say"),
        PromptMessage("assistant", "", tool_calls=(call,)),
        PromptMessage("tool", "3", tool_call_id="call_1"),
    )
    prompt = Prompt("m", messages)
    assert story_of(run(endpoint_to(f"{to_aimock.url}/v1"), prompt)).text[0] == SAID
    (sent,) = to_aimock.sent
    function = {"name": "add", "arguments": ARGUMENTS}
    calls = [{"id": "call_1", "type": "function", "function": function}]
    assert sent.json["messages"] == [
        {"role": "user", "content": "say"},
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "content": "3", "tool_call_id": "call_1"},
    ]


def test_a_busy_server_is_not_asked_again_when_it_wants_a_long_pause(to_aimock: Recorder) -> None:
    endpoint = replace(endpoint_to(f"{to_aimock.url}/v1"), max_retries=2)
    began = time.monotonic()
    error = error_of(run(endpoint, prompt_of("busy")))
    assert (error.category, error.status) == (ErrorCategory.RATE_LIMITED, 429)
    assert (error.retry_after, error.retryable) == (45, True)
    assert time.monotonic() - began < 5
    assert len(to_aimock.sent) == 1


def test_a_stream_that_is_cut_keeps_what_came(to_aimock: Recorder) -> None:
    story = ask(to_aimock, "cut")
    error = error_of([story.terminal])
    assert SAID.startswith(story.text[0])
    assert story.text[0]
    assert error.partial
    assert error.category in {ErrorCategory.STREAM_INTERRUPTED, ErrorCategory.STREAM_TRUNCATED}


def test_the_models_are_listed(to_aimock: Recorder) -> None:
    async def listed() -> object:
        async with Client() as client:
            return await list_models(client, endpoint_to(f"{to_aimock.url}/v1"))

    models = asyncio.run(listed())
    assert isinstance(models, ModelList)
    assert "gpt-4o" in {model.name for model in models.models}
    assert [sent.line for sent in to_aimock.sent] == ["GET /v1/models HTTP/1.1"]


def test_what_is_sent_has_exactly_the_documented_fields(to_aimock: Recorder) -> None:
    ask(to_aimock, "say", temperature=0.5, max_tokens=50, seed=7)
    (sent,) = to_aimock.sent
    assert sent.line == COMPLETIONS
    assert sent.json == {
        "model": "m",
        "messages": [{"role": "user", "content": "say"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "max_tokens": 50,
        "seed": 7,
    }
    assert sent.headers == {
        "host": f"127.0.0.1:{to_aimock.port}",
        "authorization": f"Bearer {KEY}",
        "accept": "application/json, text/event-stream",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "content-length": str(len(sent.body)),
        "user-agent": sent.headers["user-agent"],
    }


def test_gray_swan_sends_its_documented_fields_and_no_others(to_aimock: Recorder) -> None:
    endpoint = endpoint_to(f"{to_aimock.url}/v1", "grayswan")
    story = story_of(run(endpoint, prompt_of("say", moderate_before=True, n=1, top_p=0.9, seed=7)))
    assert story.text[0] == SAID
    (sent,) = to_aimock.sent
    assert sent.json == {
        "model": "m",
        "messages": [{"role": "user", "content": "say"}],
        "stream": True,
        "moderate_before": True,
        "n": 1,
        "top_p": 0.9,
    }
    assert sent.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("anonymize", [True, False])
def test_peak_privacy_sends_its_documented_fields_and_no_others(
    to_aimock: Recorder, anonymize: bool
) -> None:
    path = "/v1/chat/completions"
    endpoint = endpoint_to(to_aimock.url, "peakprivacy", completions_path=path)
    story = story_of(run(endpoint, prompt_of("say", anonymize=anonymize, seed=7, n=2)))
    assert story.text[0] == SAID
    (sent,) = to_aimock.sent
    assert sent.line == COMPLETIONS
    assert sent.json == {
        "model": "m",
        "messages": [{"role": "user", "content": "say"}],
        "anonymize": anonymize,
        "stream": not anonymize,
        "temperature": 0.7,
        "top_p": 1,
        "max_tokens": None,
        "random_seed": None,
        "safe_prompt": False,
    }
    assert (sent.headers["api-token"], sent.headers["accept"]) == (KEY, "application/json")
    assert sent.headers["x-requested-with"] == "XMLHttpRequest"
    assert "authorization" not in sent.headers
