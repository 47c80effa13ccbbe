"""Which fields of a body are missing or out of range, without any dialect's wording."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

Fault = Literal["required", "string", "number", "integer", "boolean", "array", "object", "choice"]


@dataclass(frozen=True)
class Limits:
    """One optional number of a body and where it may lie."""

    field: str
    low: float
    high: float
    whole: bool = False


@dataclass(frozen=True)
class Problem:
    """One thing wrong; `limits` is set when a number lies outside them."""

    where: tuple[str | int, ...]
    fault: Fault | None = None
    limits: Limits | None = None


def check_model(body: dict[str, Any], models: tuple[str, ...]) -> Iterator[Problem]:
    model = body.get("model")
    if model is None or model == "":
        yield Problem(("model",), "required")
    elif not isinstance(model, str):
        yield Problem(("model",), "string")
    elif model not in models:
        yield Problem(("model",), "choice")


def check_messages(
    body: dict[str, Any], roles: frozenset[str], *, parts: bool
) -> Iterator[Problem]:
    messages = body.get("messages")
    if messages is None or messages == []:
        yield Problem(("messages",), "required")
    elif not isinstance(messages, list):
        yield Problem(("messages",), "array")
    else:
        for index, message in enumerate(messages):
            yield from _check_message(index, message, roles, parts=parts)


def _check_message(
    index: int, message: Any, roles: frozenset[str], *, parts: bool
) -> Iterator[Problem]:
    if not isinstance(message, dict):
        yield Problem(("messages", index), "object")
        return
    role, content = message.get("role"), message.get("content")
    if role is None:
        yield Problem(("messages", index, "role"), "required")
    elif role not in roles:
        yield Problem(("messages", index, "role"), "choice")
    if content is None and "content" not in message and not message.get("tool_calls"):
        yield Problem(("messages", index, "content"), "required")
    elif not isinstance(content, (str, list) if parts else str) and content is not None:
        yield Problem(("messages", index, "content"), "string")


def check_numbers(body: dict[str, Any], fields: tuple[Limits, ...]) -> Iterator[Problem]:
    for limits in fields:
        value = body.get(limits.field)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int if limits.whole else (int, float)):
            yield Problem((limits.field,), "integer" if limits.whole else "number")
        elif not limits.low <= value <= limits.high:
            yield Problem((limits.field,), limits=limits)


def check_types(body: dict[str, Any], fields: tuple[str, ...], fault: Fault) -> Iterator[Problem]:
    expected: type = {"boolean": bool, "array": list, "object": dict}[fault]
    for field in fields:
        if body.get(field) is not None and not isinstance(body[field], expected):
            yield Problem((field,), fault)
