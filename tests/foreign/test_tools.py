"""A round of tools with servers of others: what is offered, what is asked for, what goes back."""

from dataclasses import replace
from typing import Any

import pytest

from chat.providers import (
    FinishReason,
    OfferedTool,
    Prompt,
    PromptMessage,
    Secret,
    Timeouts,
    ToolCall,
)
from tests.providers.support import Story, endpoint_to, run, story_of

from .conftest import ARGUMENTS, KEY, SAID
from .recorder import Recorder

pytestmark = pytest.mark.foreign

SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "required": ["a", "b"],
}
ADD = OfferedTool("add", "Adds two numbers.", SCHEMA)
FUNCTION = {"name": "add", "description": "Adds two numbers.", "parameters": SCHEMA}
CALL = {"id": "call_1", "type": "function", "function": {"name": "add", "arguments": ARGUMENTS}}
QUESTION = {"role": "user", "content": "call"}

# What each kind of provider documents, and what we send besides the tools.
EXTRA: dict[str, dict[str, Any]] = {
    "openai_compatible": {"stream_options": {"include_usage": True}},
    "grayswan": {},
}


def two_rounds(recorder: Recorder, kind: str, model: str) -> tuple[Story, Story]:
    """The model asks for a call, is told the result, and answers."""
    slow_to_begin = Timeouts(first_byte=60)
    endpoint = endpoint_to(f"{recorder.url}/v1", kind, timeouts=slow_to_begin)
    endpoint = replace(endpoint, api_key=Secret(KEY))
    question = PromptMessage("user", "call")
    first = story_of(run(endpoint, Prompt(model, (question,), tools=(ADD,))))
    [wanted] = first.tools[0]
    call = ToolCall(wanted["id"], wanted["name"], wanted["arguments"])
    asked = PromptMessage("assistant", "", tool_calls=(call,))
    told = PromptMessage("tool", "3", tool_call_id=call.id)
    second = story_of(run(endpoint, Prompt(model, (question, asked, told), tools=(ADD,))))
    return first, second


def check(recorder: Recorder, kind: str, model: str) -> None:
    first, second = two_rounds(recorder, kind, model)
    assert first.finish[0] == FinishReason.TOOL_CALLS
    assert first.tools[0] == [{"id": "call_1", "name": "add", "arguments": ARGUMENTS}]
    assert (second.text[0], second.finish[0]) == (SAID, "stop")
    offering = {
        "model": model,
        "messages": [QUESTION],
        "stream": True,
        "tools": [{"type": "function", "function": FUNCTION}],
        "tool_choice": "auto",
        **EXTRA[kind],
    }
    telling = [
        QUESTION,
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "content": "3", "tool_call_id": "call_1"},
    ]
    assert [sent.json for sent in recorder.sent] == [offering, offering | {"messages": telling}]
    assert {sent.headers["authorization"] for sent in recorder.sent} == {f"Bearer {KEY}"}


@pytest.mark.parametrize("kind", EXTRA)
def test_aimock_is_offered_a_tool_and_told_its_result(to_aimock: Recorder, kind: str) -> None:
    check(to_aimock, kind, "m")


@pytest.mark.parametrize("kind", EXTRA)
def test_litellm_passes_a_round_of_tools_on(to_litellm: Recorder, kind: str) -> None:
    check(to_litellm, kind, "passed-on")
