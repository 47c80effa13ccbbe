"""Finds the dialect and the endpoint that a path belongs to."""

import json
from collections.abc import Callable
from typing import Any

from chat.demo.calls import Call
from chat.demo.dialects.base import Dialect
from chat.demo.dialects.grayswan import GraySwan
from chat.demo.dialects.openai_compatible import OpenAICompatible
from chat.demo.dialects.peakprivacy import PeakPrivacy
from chat.demo.exchange import Request, Response, whole

PREFIXES = {
    "peakprivacy": "/peakprivacy",
    "grayswan": "/grayswan",
    "openai_compatible": "/openai/v1",
}

Endpoint = Callable[[Request, Call], Response]


class Router:
    def __init__(self, *, keep_messages: bool = False) -> None:
        self._keep_messages = keep_messages
        peak, swan, generic = PeakPrivacy(), GraySwan(), OpenAICompatible()
        self._dialects: dict[str, Dialect] = {
            "/peakprivacy/": peak,
            "/grayswan/": swan,
            "/openai/v1/": generic,
            "/v1/ai/": peak,
            "/chat/": swan,
            "/v1/": generic,
        }
        self._endpoints: dict[str, dict[str, Endpoint]] = {}
        # Also where the services have them, for software that is told a host and nothing else.
        for peak_at, swan_at, generic_at in (tuple(PREFIXES.values()), ("", "", "/v1")):
            self._endpoints |= {
                f"{peak_at}/v1/ai/completions": {"POST": peak.complete},
                f"{peak_at}/v1/ai/models": {"GET": peak.list_models},
                f"{peak_at}/v1/ai/ping": {"GET": peak.ping},
                f"{swan_at}/chat/completions": {"POST": swan.complete},
                f"{generic_at}/chat/completions": {"POST": generic.complete},
                f"{generic_at}/models": {"GET": generic.list_models},
            }

    def answer(self, request: Request, call: Call) -> Response:
        self._describe(request, call)
        dialect = self._dialect_of(request.path)
        call.dialect = dialect.name if dialect else ""
        endpoints = self._endpoints.get(request.path)
        if endpoints is None:
            return dialect.no_such_path() if dialect else whole(404, {"error": "Not Found"})
        endpoint = endpoints.get(request.method)
        if endpoint is None:
            allowed = {"Allow": ", ".join(endpoints)}
            return whole(405, {"detail": "Method Not Allowed"}, headers=allowed)
        return endpoint(request, call)

    def _dialect_of(self, path: str) -> Dialect | None:
        return next(
            (dialect for start, dialect in self._dialects.items() if path.startswith(start)), None
        )

    def _describe(self, request: Request, call: Call) -> None:
        call.header_names = tuple(name for name, _ in request.headers)
        body = _json_object(request.body)
        messages = body.pop("messages", None)
        call.parameters = body
        call.model = str(body.get("model", ""))
        if self._keep_messages and isinstance(messages, list):
            call.messages = messages


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
