"""Choices as OpenAI writes them, which Gray Swan follows: deltas, messages, tool calls."""

from typing import Any

from chat.demo.deltas import Delta
from chat.demo.plan import Plan, ToolCall


def delta_value(delta: Delta) -> dict[str, Any]:
    """The `delta` of one chunk; only the fields that this step brings."""
    if delta.opens:
        return {"role": "assistant", "content": ""}
    if delta.reasoning:
        return {"reasoning_content": delta.reasoning}
    if delta.text:
        return {"content": delta.text}
    if delta.tool_call:
        opening = {"index": 0, **_tool_call(delta.tool_call, arguments="")}
        return {"tool_calls": [opening]}
    if delta.arguments:
        return {"tool_calls": [{"index": 0, "function": {"arguments": delta.arguments}}]}
    return {}


def message_value(plan: Plan) -> dict[str, Any]:
    """The `message` of one choice of a one-piece answer."""
    if plan.tool_call:
        calls = [_tool_call(plan.tool_call, plan.tool_call.arguments)]
        return {"role": "assistant", "content": None, "tool_calls": calls}
    return {"role": "assistant", "content": plan.text}


def _tool_call(call: ToolCall, arguments: str) -> dict[str, Any]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments},
    }
