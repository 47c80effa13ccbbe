"""The text of a delta or message, which some providers send as parts or under several names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_REASONING_NAMES = ("reasoning_content", "reasoning", "thinking")


class TextParts(NamedTuple):
    text: str
    reasoning: str
    refusal: str


def text_parts(delta: Mapping[str, Any]) -> TextParts:
    text, thought = _content(delta.get("content"))
    refusal = delta.get("refusal")
    refusal = refusal if isinstance(refusal, str) else ""
    if refusal and text == refusal:
        text = ""
    return TextParts(text, _reasoning(delta) or thought, refusal)


def _reasoning(delta: Mapping[str, Any]) -> str:
    """The first name that holds text: servers in transition send the same text twice."""
    for name in _REASONING_NAMES:
        value = delta.get(name)
        if value and isinstance(value, str):
            return value
    details = delta.get("reasoning_details")
    return "".join(_details(details)) if isinstance(details, list) else ""


def _details(parts: list[object]) -> Iterator[str]:
    """OpenRouter's list of them, where that is all there is; some entries are sealed."""
    for part in parts:
        for name in ("text", "summary"):
            text = part.get(name) if isinstance(part, dict) else None
            if isinstance(text, str):
                yield text


def _content(content: object) -> tuple[str, str]:
    if isinstance(content, str):
        return content, ""
    if not isinstance(content, list):
        return "", ""
    texts: list[str] = []
    thoughts: list[str] = []
    for part in content:
        if isinstance(part, dict) and part.get("type") == "thinking":
            thoughts += _texts(part.get("thinking"))
        else:
            texts += _texts([part])
    return "".join(texts), "".join(thoughts)


def _texts(parts: object) -> Iterator[str]:
    if isinstance(parts, str):
        yield parts
    for part in parts if isinstance(parts, list) else ():
        text = part.get("text") if isinstance(part, dict) else part
        if isinstance(text, str):
            yield text
