"""The values a caller hands to a provider, and the ones it gets from a model list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from chat.providers.secret import Secret

JSONValue: TypeAlias = (
    str | int | float | bool | Sequence["JSONValue"] | Mapping[str, "JSONValue"] | None
)


@dataclass(frozen=True, slots=True)
class ToolCall:
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class PromptMessage:
    role: str
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A function that the model may ask for; `parameters` is the JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, JSONValue]


@dataclass(frozen=True, slots=True)
class Prompt:
    """`parameters` holds names the adapter declares; privacy flags are parameters too."""

    model_name: str
    messages: tuple[PromptMessage, ...]
    parameters: Mapping[str, JSONValue] = field(default_factory=dict)
    stream: bool = True
    tools: tuple[OfferedTool, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `first_byte_whole` is for answers that come in one piece; `grace` is how long
    a stream may still send its usage after it has finished."""

    connect: float = 10.0
    first_byte: float = 60.0
    first_byte_whole: float = 180.0
    idle: float = 30.0
    no_data: float = 90.0
    grace: float = 5.0
    hard: float = 600.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how to call one provider. Empty paths and header mean the adapter's own.

    `allowed_hosts` names private targets exactly, as "host:port"; `allow_private` allows all
    of them. Link-local and metadata addresses are refused whatever these say. `proxy` is an
    http address, perhaps with a user's name and password, by which public ones are called.
    """

    kind: str
    base_url: str
    api_key: Secret
    completions_path: str = ""
    models_path: str = ""
    auth_header: str = ""
    timeouts: Timeouts = Timeouts()
    include_usage: bool = True
    max_reply_bytes: int = 1_000_000
    max_retries: int = 2
    allow_private: bool = False
    allowed_hosts: tuple[str, ...] = ()
    tool_role: str = "tool"
    proxy: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ListedModel:
    name: str
    owned_by: str | None = None
    context_window: int | None = None


@dataclass(frozen=True, slots=True)
class ModelList:
    """`listed` is False where the provider has no list: the models are the adapter's own."""

    models: tuple[ListedModel, ...]
    listed: bool = True
