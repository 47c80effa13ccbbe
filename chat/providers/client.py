"""The HTTP client of a provider: one httpx client per set of allowed addresses.

Connections made where private addresses are allowed are never reused where they are not.
"""

from __future__ import annotations

import functools
import ssl
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

import httpcore
import httpx

from chat.providers.guard import Guard
from chat.providers.network import Backend
from chat.providers.routes import (
    Route,
    checked_addresses,
    found_addresses,
    leads_outside,
    route,
)

_MAX_CONNECTIONS = 500
_MAX_IDLE_CONNECTIONS = 50
_IDLE_SECONDS = 30.0
_POOL_SECONDS = 5.0
_WRITE_SECONDS = 30.0


class Client:
    """May be made outside a running loop, but is used and closed in one."""

    def __init__(self) -> None:
        # By guard, and by proxy or not.
        self._clients: dict[tuple[Guard, str], httpx.AsyncClient] = {}

    async def send(
        self, request: httpx.Request, guard: Guard, *, connect: float, read: float
    ) -> httpx.Response:
        """Send and return once the head has come. Redirects come back as what they are."""
        request.extensions["timeout"] = {
            "connect": connect,
            "read": read,
            "write": _WRITE_SECONDS,
            "pool": _POOL_SECONDS,
        }
        token = route.set(Route(guard, tls=request.url.scheme == "https"))
        try:
            client = self._client(guard, await _proxy_for(request.url, guard))
            return await client.send(request, stream=True, follow_redirects=False)
        finally:
            route.reset(token)

    async def aclose(self) -> None:
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _client(self, guard: Guard, proxy: str) -> httpx.AsyncClient:
        client = self._clients.get((guard, proxy))
        if client is None:
            client = httpx.AsyncClient(transport=_Transport(proxy), trust_env=False)
            self._clients[guard, proxy] = client
        return client


async def _proxy_for(url: httpx.URL, guard: Guard) -> str:
    """Empty: the connection is made from here."""
    port = url.port or (443 if url.scheme == "https" else 80)
    return guard.proxy if guard.proxy and await leads_outside(url.host, port) else ""


class _Transport(httpx.AsyncBaseTransport):
    """httpx's own transport takes no network backend. httpcore's exceptions pass as they are."""

    def __init__(self, proxy: str) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_ssl_context(),
            proxy=_proxy(proxy) if proxy else None,
            max_connections=_MAX_CONNECTIONS,
            max_keepalive_connections=_MAX_IDLE_CONNECTIONS,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=Backend(found_addresses if proxy else checked_addresses),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Stream(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._response.aiter_stream()

    async def aclose(self) -> None:
        await self._response.aclose()


def _proxy(address: str) -> httpcore.Proxy:
    url = httpx.URL(address)
    auth = (url.username, url.password) if url.userinfo else None
    return httpcore.Proxy(str(url.copy_with(userinfo=b"")), auth=auth)


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(verify=True, trust_env=False)
