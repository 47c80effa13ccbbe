"""One POST of JSON to an endpoint of the organisation, under the same guard as a provider."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from chat.providers.adapter import BadEndpoint
from chat.providers.addresses import check_base_url
from chat.providers.body import Body, UnreadableBody
from chat.providers.client import Client
from chat.providers.guard import Guard, Refused
from chat.providers.json_text import storable
from chat.providers.trouble import NETWORK_ERRORS, SETUP_ERRORS

MOST_BYTES = 64 * 1024
SECONDS = 20.0


class EndpointProblem(Exception):
    """No usable answer came; the English sentence holds neither the key nor foreign text."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to call. `headers` may hold a key, so they are never shown."""

    url: str
    headers: Mapping[str, str]
    allowed_hosts: tuple[str, ...] = ()
    proxy: str = ""

    def __repr__(self) -> str:
        return f"Target({self.url!r})"


async def call_endpoint(client: Client, target: Target, content: bytes) -> str:
    """The text of a 2xx answer. Never follows a redirect, never sends anything twice.

    Raises EndpointProblem.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return await _call(client, target, content)
    except TimeoutError:
        raise EndpointProblem(f"The tool did not answer within {SECONDS:.0f} seconds.") from None
    except (Refused, BadEndpoint):
        raise EndpointProblem("The address of the tool may not be called.") from None
    except (UnreadableBody, *NETWORK_ERRORS):
        raise EndpointProblem("The tool could not be reached.") from None
    except SETUP_ERRORS:
        raise EndpointProblem("The call of the tool cannot be written.") from None


async def _call(client: Client, target: Target, content: bytes) -> str:
    hosts = frozenset(host.lower() for host in target.allowed_hosts)
    url = check_base_url(target.url)
    request = httpx.Request("POST", url, headers=_headers(target), content=content)
    guard = Guard(False, hosts, target.proxy)
    response = await client.send(request, guard, connect=10.0, read=SECONDS)
    body = None
    try:
        body = Body(response)
        found = bytearray()
        while len(found) <= MOST_BYTES and (data := await body.read()):
            found += data
    finally:
        await (response.aclose() if body is None else body.release())
    if not response.is_success:
        raise EndpointProblem(f"The tool answered with status {response.status_code}.")
    if len(found) > MOST_BYTES:
        raise EndpointProblem(f"The tool's answer is longer than {MOST_BYTES} bytes.")
    return storable(found.decode("utf-8", "replace"))


def _headers(target: Target) -> dict[str, str]:
    return {
        **target.headers,
        "Content-Type": "application/json",
        "Accept": "application/json, text/plain",
        "Accept-Encoding": "identity",
        "User-Agent": "chatsite",
    }
