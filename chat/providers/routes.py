"""Where a connection may lead, and whether it is made by the organisation's proxy.

Without a proxy every address that a name stands for is checked, and what was checked is what is
connected to. A proxy asks for the addresses of outside names itself; it is called for public ones
only, and for names that this machine does not know.
"""

from __future__ import annotations

import asyncio
import socket
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias

from chat.providers.guard import Guard, Refused

Addresses: TypeAlias = list[tuple[int, Any]]

# Behind a firewall questions about outside names may never be answered.
_SECONDS_FOR_A_NAME = 2.0


@dataclass(frozen=True, slots=True)
class Route:
    """What the connection about to be made is allowed to be."""

    guard: Guard
    tls: bool


# httpcore passes a backend only host and port. Set for the time of one `send`.
route: ContextVar[Route] = ContextVar("route")


async def found_addresses(host: str, port: int) -> Addresses:
    """Pairs of an address family and a socket's address. Raises OSError, Refused."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise Refused("The host name is not a valid one.") from None
    return [(family, address) for family, *_, address in found]


async def checked_addresses(host: str, port: int) -> Addresses:
    """All that were found, if every one of them may be called. Raises OSError, Refused."""
    addresses, allowed = await found_addresses(host, port), route.get()
    for _family, address in addresses:
        allowed.guard.check(host, port, str(address[0]), tls=allowed.tls)
    return addresses


async def leads_outside(host: str, port: int) -> bool:
    """Whether it is the proxy's to connect. Raises Refused."""
    allowed = route.get()
    if allowed.guard.names(host, port):
        return False
    try:
        async with asyncio.timeout(_SECONDS_FOR_A_NAME):
            addresses = await checked_addresses(host, port)
    except OSError:
        if not allowed.tls:
            raise Refused("A proxy is asked for https only.") from None
        return True
    return not allowed.guard.are_private(str(address[0]) for _family, address in addresses)
