"""The addresses of a provider's calls, from a base URL that an administrator typed."""

from __future__ import annotations

import re

import httpx

from chat.providers.adapter import Adapter, BadEndpoint
from chat.providers.values import Endpoint

# Some services want their version behind a question mark.
_PATH = re.compile(r"(?:/[A-Za-z0-9._~:-]+)*/?(?:\?[A-Za-z0-9._~:=&-]+)?", re.ASCII)
_UNWANTED = re.compile(r"[\x00-\x20\x7f\\@#?]")


def check_base_url(text: str) -> httpx.URL:
    """The parsed URL. Says what is wrong with it by raising BadEndpoint."""
    if len(text) > 500 or _UNWANTED.search(text):
        raise BadEndpoint("The base URL has characters that do not belong there.")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        raise BadEndpoint("The base URL cannot be read.") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise BadEndpoint("The base URL must begin with https:// or http:// and name a host.")
    return url


def check_path(text: str) -> None:
    """Raises BadEndpoint."""
    if not _PATH.fullmatch(text) or ".." in text:
        raise BadEndpoint("The path must begin with a slash and hold plain characters.")


def completions_url(endpoint: Endpoint, adapter: Adapter) -> httpx.URL:
    return _joined(endpoint.base_url, endpoint.completions_path or adapter.completions_path)


def models_url(endpoint: Endpoint, adapter: Adapter) -> httpx.URL | None:
    path = endpoint.models_path or adapter.models_path
    return _joined(endpoint.base_url, path) if path else None


def _joined(base_url: str, path: str) -> httpx.URL:
    base = check_base_url(base_url)
    check_path(path)
    path, _, query = path.partition("?")
    url = base.copy_with(path=base.path.rstrip("/") + path)
    return url.copy_with(query=query.encode()) if query else url
