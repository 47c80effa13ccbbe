"""What the adapters have in common: a provider is a declaration, and this base calls it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from chat.providers.json_text import storable
from chat.providers.parameters import Parameter, clean_parameters
from chat.providers.values import Endpoint, JSONValue, OfferedTool, Prompt, PromptMessage

_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)


class BadEndpoint(ValueError):
    """The endpoint cannot be called as it is set up. The message never holds the key."""


def check_header_name(name: str) -> None:
    """Raises BadEndpoint."""
    if not _HEADER_NAME.fullmatch(name):
        raise BadEndpoint("The name of the key's header is not a header name.")


class Adapter:
    kind: ClassVar[str]
    label: ClassVar[str]
    default_base_url: ClassVar[str] = ""
    # The default is where it is, and not only an example of where such a server may be.
    is_one_service: ClassVar[bool] = False
    completions_path: ClassVar[str] = "/chat/completions"
    models_path: ClassVar[str] = ""
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    static_models: ClassVar[tuple[str, ...]] = ()
    supports_stream_usage: ClassVar[bool] = False
    supports_tools: ClassVar[bool] = False
    own_headers: ClassVar[Mapping[str, str]] = {"Accept": "application/json, text/event-stream"}

    def streams(self, prompt: Prompt) -> bool:
        """Whether to ask for a stream. What arrives is read as what it is, either way."""
        return prompt.stream and prompt.parameters.get("stream") is not False

    def body(self, prompt: Prompt, endpoint: Endpoint) -> dict[str, JSONValue]:
        given = clean_parameters(self.parameters, prompt.parameters)
        body: dict[str, JSONValue] = {
            "model": storable(prompt.model_name),
            "messages": [self.message(message) for message in _with_tool_role(prompt, endpoint)],
        }
        body |= {name: value for name, value in given.items() if value is not None}
        if self.supports_tools and prompt.tools:
            body |= {"tools": [_function(tool) for tool in prompt.tools], "tool_choice": "auto"}
        body["stream"] = self.streams(prompt)
        return body

    def message(self, message: PromptMessage) -> dict[str, JSONValue]:
        content: JSONValue = storable(message.content)
        fields: dict[str, JSONValue] = {"role": message.role, "content": content}
        if message.tool_calls:
            fields["content"] = content or None
            fields["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": storable(call.arguments)},
                }
                for call in message.tool_calls
            ]
        if message.tool_call_id is not None:
            fields["tool_call_id"] = message.tool_call_id
        if message.name is not None:
            fields["name"] = storable(message.name)
        return fields

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        """Everything but Content-Type, which only a request with a body carries."""
        return {
            **self.key_header(endpoint),
            **self.own_headers,
            "Accept-Encoding": "identity",  # compression would hold deltas back
            "User-Agent": "chatsite",
        }

    def key_header(self, endpoint: Endpoint) -> dict[str, str]:
        name = endpoint.auth_header or "Authorization"
        check_header_name(name)
        key = endpoint.api_key.reveal()
        return {name: f"Bearer {key}" if name.lower() == "authorization" else key}

    def requested_usage(
        self, body: Mapping[str, JSONValue], *, include_usage: bool
    ) -> dict[str, JSONValue]:
        """What to add to the body to be told the usage of a stream."""
        if self.supports_stream_usage and include_usage and body["stream"]:
            return {"stream_options": {"include_usage": True}}
        return {}


def _function(tool: OfferedTool) -> JSONValue:
    """All three fields: some providers insist on what others leave open."""
    fields: dict[str, JSONValue] = {
        "name": tool.name,
        "description": storable(tool.description),
        "parameters": tool.parameters,
    }
    return {"type": "function", "function": fields}


def _with_tool_role(prompt: Prompt, endpoint: Endpoint) -> list[PromptMessage]:
    """Tool results under the role that this provider knows."""
    return [
        replace(message, role=endpoint.tool_role) if message.role == "tool" else message
        for message in prompt.messages
    ]
