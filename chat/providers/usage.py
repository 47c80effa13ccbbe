"""Reading and merging what providers report about tokens, the least reliable of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, overload

from chat.providers.events import Usage

_LARGEST = 2**53


def merge_usage(old: Usage | None, raw: object, *, interim: bool = False) -> Usage | None:
    """Per field, what is new and known replaces. All zeros never replace something."""
    new = _read(raw)
    if new is None or (old is not None and _is_zero(new) and not _is_zero(old)):
        return old
    if old is not None:
        new = _overlay(old, new)
    return replace(new, interim=interim)


@overload
def added(usage: Usage, earlier: Usage | None) -> Usage: ...


@overload
def added(usage: Usage | None, earlier: Usage | None) -> Usage | None: ...


def added(usage: Usage | None, earlier: Usage | None) -> Usage | None:
    """What two attempts took together; a field that only one told is that one's."""
    if usage is None or earlier is None:
        return usage or earlier
    sums = _usage(
        prompt=_sum(usage.prompt, earlier.prompt),
        completion=_sum(usage.completion, earlier.completion),
        total=_sum(usage.total, earlier.total),
        cached=_sum(usage.cached, earlier.cached),
        reasoning=_sum(usage.reasoning, earlier.reasoning),
    )
    return replace(sums, interim=usage.interim or earlier.interim)


def usage_of(chunk: Mapping[str, Any]) -> object:
    """The raw usage of a chunk, wherever it lies."""
    usage = chunk.get("usage")
    if usage is None and isinstance(groq := chunk.get("x_groq"), dict):
        usage = groq.get("usage")
    return usage


def _read(raw: object) -> Usage | None:
    if not isinstance(raw, dict):
        return None
    usage = _usage(
        prompt=_count(raw.get("prompt_tokens")),
        completion=_count(raw.get("completion_tokens")),
        total=_count(raw.get("total_tokens")),
        cached=_detail(raw, "prompt_tokens_details", "cached_tokens"),
        reasoning=_detail(raw, "completion_tokens_details", "reasoning_tokens"),
    )
    return None if usage == Usage() else usage


def _usage(
    prompt: int | None,
    completion: int | None,
    total: int | None,
    cached: int | None,
    reasoning: int | None,
) -> Usage:
    known = prompt is not None and completion is not None and total is not None
    mismatch = known and (prompt or 0) + (completion or 0) != total
    return Usage(prompt, completion, total, cached, reasoning, mismatch=mismatch)


def _overlay(old: Usage, new: Usage) -> Usage:
    return _usage(
        prompt=old.prompt if new.prompt is None else new.prompt,
        completion=old.completion if new.completion is None else new.completion,
        total=old.total if new.total is None else new.total,
        cached=old.cached if new.cached is None else new.cached,
        reasoning=old.reasoning if new.reasoning is None else new.reasoning,
    )


def _sum(first: int | None, second: int | None) -> int | None:
    return second if first is None else first + (second or 0)


def _is_zero(usage: Usage) -> bool:
    return not (usage.prompt or usage.completion or usage.total)


def _detail(raw: Mapping[str, Any], group: str, name: str) -> int | None:
    details = raw.get(group)
    return _count(details.get(name)) if isinstance(details, dict) else None


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if value != value or not 0 <= value < _LARGEST or value != int(value):
        return None
    return int(value)
