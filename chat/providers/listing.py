"""A provider's list of models, in any of the shapes that are out there."""

from __future__ import annotations

import asyncio

import httpx

from chat.providers.adapter import Adapter
from chat.providers.addresses import models_url
from chat.providers.body import Body, UnreadableBody
from chat.providers.client import Client
from chat.providers.events import ErrorCategory, ProviderError
from chat.providers.failure import Failure, provider_error
from chat.providers.guard import guard_of
from chat.providers.json_text import InvalidJSON, parse
from chat.providers.kinds import adapter_for
from chat.providers.trouble import (
    NETWORK_ERRORS,
    SETUP_ERRORS,
    failure_of_network,
    failure_of_setup,
    failure_of_status,
)
from chat.providers.values import Endpoint, ListedModel, ModelList

_MAX_BYTES = 2 * 1024 * 1024
_MAX_MODELS = 2000
_MAX_NAME = 200
_SECONDS = 20.0
_WINDOW_NAMES = ("context_window", "context_length", "max_context_length", "max_model_len")


class _UnexpectedShape(ValueError):
    """The list is not one we know how to read."""


async def list_models(client: Client, endpoint: Endpoint) -> ModelList | ProviderError:
    """The models on offer; the adapter's own list where the provider has none to ask for."""
    try:
        adapter = adapter_for(endpoint.kind)
        url = models_url(endpoint, adapter)
        headers = adapter.headers(endpoint)
    except SETUP_ERRORS as exc:
        return provider_error(failure_of_setup(exc), endpoint, status=None)
    if url is None:
        return _own_models(adapter)
    try:
        status, answer, body = await _fetch(
            client, endpoint, httpx.Request("GET", url, headers=headers)
        )
    except NETWORK_ERRORS as exc:
        return provider_error(failure_of_network(exc), endpoint, status=None)
    except UnreadableBody as exc:
        return provider_error(_bad(str(exc)), endpoint, status=None)
    if status in (404, 405):
        return _own_models(adapter)
    if status != 200:
        return provider_error(failure_of_status(status, answer, body), endpoint, status=status)
    try:
        return ModelList(_read(body))
    except (_UnexpectedShape, InvalidJSON) as exc:
        return provider_error(_bad(str(exc)), endpoint, status=status)


def _own_models(adapter: Adapter) -> ModelList:
    return ModelList(tuple(ListedModel(name) for name in adapter.static_models), listed=False)


def _bad(detail: str) -> Failure:
    return Failure(ErrorCategory.BAD_RESPONSE, "body", detail)


async def _fetch(
    client: Client, endpoint: Endpoint, request: httpx.Request
) -> tuple[int, httpx.Headers, bytes]:
    async with asyncio.timeout(_SECONDS):
        limit = endpoint.timeouts.connect
        response = await client.send(request, guard_of(endpoint), connect=limit, read=_SECONDS)
    body = None
    try:
        body = Body(response)
        content = await body.read_some(_MAX_BYTES + 1, _SECONDS)
        return response.status_code, response.headers, content
    finally:
        await (response.aclose() if body is None else body.release())


def _read(body: bytes) -> tuple[ListedModel, ...]:
    if len(body) > _MAX_BYTES:
        raise _UnexpectedShape("The list is too large.")
    found: dict[str, ListedModel] = {}
    for entry in _entries(parse(body.decode("utf-8", "replace"))):
        model = _model(entry)
        if model is not None:
            found.setdefault(model.name, model)
        if len(found) >= _MAX_MODELS:
            break
    return tuple(found.values())


def _entries(body: object) -> list[object]:
    if isinstance(body, dict):
        names = [name for name in ("data", "models") if name in body]
        if not names:
            raise _UnexpectedShape("The answer holds no list of models.")
        body = body[names[0]]
    if body is None:
        return []
    if not isinstance(body, list):
        raise _UnexpectedShape("The list of models is not a list.")
    return body


def _model(entry: object) -> ListedModel | None:
    if not isinstance(entry, dict):
        return None
    name = _name(entry)
    if name is None:
        return None
    owner = entry.get("owned_by")
    return ListedModel(
        name=name,
        owned_by=owner[:_MAX_NAME] if isinstance(owner, str) and owner.isprintable() else None,
        context_window=_window(entry),
    )


def _name(entry: dict[str, object]) -> str | None:
    """Nameless models, and names that are too long or not printable, are dropped."""
    for key in ("id", "name", "model"):
        name = entry.get(key)
        if isinstance(name, str) and name.strip():
            fits = len(name) <= _MAX_NAME and name.isprintable()
            return name.strip() if fits else None
    return None


def _window(entry: dict[str, object]) -> int | None:
    for key in _WINDOW_NAMES:
        value = entry.get(key)
        if type(value) is int and 0 < value < 2**31:
            return value
    return None
