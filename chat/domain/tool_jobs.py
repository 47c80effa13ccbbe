"""What a node needs to run the calls of a reply: the function or the address, and the key."""

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from chat import crypto
from chat.models import Completion, Tool, ToolCall
from chat.models.tool import Function, ToolKind
from chat.models.tool_call import Asks, CallState
from chat.providers import InvalidSecret, Target

from . import tools
from .tool_calls import fault, parsed_arguments


@dataclass(frozen=True, slots=True)
class Job:
    """One call. `problem` set: it cannot be run, and this is why, in English for the model."""

    call: int
    arguments: dict[str, Any]
    function: Function | None = None
    target: Target | None = None
    problem: str = ""

    @property
    def content(self) -> bytes:
        return json.dumps(self.arguments, ensure_ascii=False).encode("utf-8", "replace")


def jobs_of(message_id: int, node: str, number: int | None = None) -> list[Job]:
    """The calls of a reply that nobody was asked about; with a number: the one that was allowed.

    Their tools are looked up anew: rights may have changed.
    """
    completion = (
        Completion.objects.filter(replies=message_id)
        .select_related("user", "language_model__provider")
        .first()
    )
    if completion is None:
        return []
    offered = tools.offered(completion.user, completion.language_model, {})
    known = {tool.name: tool for tool in offered}
    running = ToolCall.objects.filter(message=message_id, state=CallState.RUNNING, node=node)
    unasked = running.filter(asks=Asks.NOTHING)
    chosen = unasked if number is None else running.filter(number=number)
    return [_job(call, known.get(call.name)) for call in chosen]


def _job(call: ToolCall, tool: Tool | None) -> Job:
    arguments = parsed_arguments(call.arguments) or {}
    problem = fault(tool, call.arguments)
    if tool is None or problem:
        return Job(call.id, {}, problem=problem)
    if tool.kind == ToolKind.FUNCTION:
        return Job(call.id, arguments, function=Function(tool.function))
    if tool.kind != ToolKind.HTTP:
        return Job(call.id, {}, problem="This tool is answered by a person now.")
    try:
        hosts = tuple(settings.PRIVATE_PROVIDERS)
        target = Target(tool.url, _key_header(tool), hosts, settings.PROVIDER_PROXY)
    except (crypto.SealError, InvalidSecret):
        return Job(call.id, {}, problem="The tool's key does not open.")
    return Job(call.id, arguments, target=target)


def _key_header(tool: Tool) -> dict[str, str]:
    secret = tool.reveal()
    if secret is None:
        return {}
    name = tool.key_header or "Authorization"
    key = secret.reveal()
    return {name: f"Bearer {key}" if name.lower() == "authorization" else key}
