"""Why a choice ended, in our words."""

from __future__ import annotations

from chat.providers.events import FinishReason

ERROR = "error"

_REASONS = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "size_limit": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
    "violation": FinishReason.CONTENT_FILTER,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "": FinishReason.UNKNOWN,
}


def finish_reason(raw: str, *, has_tools: bool) -> FinishReason:
    """An empty reason is one that never came; a `stop` after tool calls means the calls."""
    reason = _REASONS.get(raw, FinishReason.OTHER)
    if reason is FinishReason.STOP and has_tools:
        return FinishReason.TOOL_CALLS
    return reason
