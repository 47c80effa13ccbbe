"""A chat request as every dialect means it, once its own checks have passed."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    role: str
    text: str


@dataclass(frozen=True)
class Tool:
    """A function the model may call."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Prompt:
    model: str
    messages: tuple[Message, ...]
    choices: int = 1
    max_tokens: int | None = None
    tools: tuple[Tool, ...] = ()
    tool_choice: Any = None
    moderated: bool = False
    anonymized: bool = False
    reasoning: bool = False

    @property
    def question(self) -> str:
        """What the person wrote last."""
        return next((m.text for m in reversed(self.messages) if m.role == "user"), "")

    @property
    def system(self) -> str:
        return next((m.text for m in self.messages if m.role in {"system", "developer"}), "")

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]


def read_messages(raw: list[Any]) -> tuple[Message, ...]:
    return tuple(Message(str(m.get("role", "")), _text(m.get("content"))) for m in raw)


def read_tools(raw: Any) -> tuple[Tool, ...]:
    functions = [t["function"] for t in raw or () if isinstance(t.get("function"), dict)]
    return tuple(
        Tool(str(f.get("name", "")), str(f.get("description") or ""), f.get("parameters") or {})
        for f in functions
    )


def _text(content: Any) -> str:
    """A message's content is a string, nothing, or a list of parts of which some are text."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""
