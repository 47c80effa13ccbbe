"""What the tests of the providers share: a call with short limits, and its events summed up."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from chat.providers import (
    ChoiceFinished,
    Client,
    Completed,
    Endpoint,
    Event,
    Prompt,
    PromptMessage,
    ProviderError,
    ReasoningDelta,
    RefusalDelta,
    Secret,
    StreamStarted,
    TextDelta,
    Timeouts,
    ToolCallDelta,
    UsageReported,
    complete,
)

KEY = "sk-test-0123456789"
SHORT = Timeouts(
    connect=2, first_byte=2, first_byte_whole=2, idle=0.4, no_data=0.8, grace=0.2, hard=10
)


def endpoint_to(url: str, kind: str = "openai_compatible", **changes: Any) -> Endpoint:
    values: dict[str, Any] = {
        "timeouts": SHORT,
        "max_retries": 0,
        "allow_private": True,
    }
    return Endpoint(kind=kind, base_url=url, api_key=Secret(KEY), **{**values, **changes})


def prompt_of(text: str = "Hello", *, stream: bool = True, **parameters: Any) -> Prompt:
    return Prompt("m", (PromptMessage("user", text),), parameters, stream)


async def collect(
    endpoint: Endpoint,
    prompt: Prompt | None = None,
    pace: Callable[[], Awaitable[None]] | None = None,
    client: Client | None = None,
) -> list[Event]:
    if client is None:
        async with Client() as client:
            return await collect(endpoint, prompt, pace, client)
    async with aclosing(complete(client, endpoint, prompt or prompt_of(), pace=pace)) as events:
        return [event async for event in events]


def run(
    endpoint: Endpoint,
    prompt: Prompt | None = None,
    pace: Callable[[], Awaitable[None]] | None = None,
) -> list[Event]:
    return asyncio.run(collect(endpoint, prompt, pace))


def run_all(*endpoints: Endpoint) -> list[list[Event]]:
    """One completion after the other with the same client."""

    async def all_of_them() -> list[list[Event]]:
        async with Client() as client:
            return [await collect(endpoint, client=client) for endpoint in endpoints]

    return asyncio.run(all_of_them())


def error_of(events: list[Event]) -> ProviderError:
    assert isinstance(events[-1], ProviderError)
    return events[-1]


@dataclass
class Story:
    """The events of one completion, joined by choice."""

    terminal: Completed | ProviderError
    started: StreamStarted | None = None
    text: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    reasoning: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    refusal: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    finish: dict[int, str] = field(default_factory=dict)
    tools: dict[int, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    usage_reports: list[UsageReported] = field(default_factory=list)


def story_of(events: list[Event]) -> Story:
    terminal = events[-1]
    assert isinstance(terminal, Completed | ProviderError)
    story = Story(terminal)
    for event in events[:-1]:
        match event:
            case StreamStarted():
                assert story.started is None
                story.started = event
            case TextDelta(choice, text):
                story.text[choice] += text
            case ReasoningDelta(choice, text):
                story.reasoning[choice] += text
            case RefusalDelta(choice, text):
                story.refusal[choice] += text
            case ToolCallDelta():
                _add_call(story, event)
            case UsageReported():
                story.usage_reports.append(event)
            case ChoiceFinished(choice, reason, _):
                assert choice not in story.finish
                story.finish[choice] = str(reason)
            case _:
                raise AssertionError(f"{event} before the end")
    return story


def _add_call(story: Story, delta: ToolCallDelta) -> None:
    calls = story.tools[delta.choice]
    if delta.slot == len(calls):
        calls.append({"id": None, "name": "", "arguments": ""})
    call = calls[delta.slot]
    call["id"] = call["id"] or delta.id
    call["name"] += delta.name or ""
    call["arguments"] += delta.arguments
