"""Which addresses may be called: decided on the resolved address, not on how it was written.

Link-local, metadata and other never-useful addresses are refused always; private ones unless
the endpoint allows them; public ones only over TLS.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import chain
from typing import TypeAlias

from chat.providers.values import Endpoint

Address: TypeAlias = IPv4Address | IPv6Address

_NEVER = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "100.100.100.200/32",  # metadata of Alibaba Cloud
        "168.63.129.16/32",  # metadata of Azure, a public address by its number
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
        "100::/64",
        "2001::/32",  # Teredo
        "2001:db8::/32",
        "3fff::/20",
        "fd00:ec2::/32",  # metadata of Amazon
        "fd20:ce::254/128",  # metadata of Google
    )
)
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")
_ISATAP_MARKS = (0x00005EFE, 0x02005EFE)


class Refused(Exception):
    """The guard does not let this address be called; the message is for logs."""


@dataclass(frozen=True, slots=True)
class Guard:
    """`proxy` is the address of the one that connects to the outside; it may hold a password."""

    allow_private: bool = False
    allowed_hosts: frozenset[str] = frozenset()
    proxy: str = field(default="", repr=False)

    def names(self, host: str, port: int) -> bool:
        return f"{host}:{port}".lower() in self.allowed_hosts

    def are_private(self, found: Iterable[str]) -> bool:
        """Whether one of the addresses is."""
        views = chain.from_iterable(map(_views, map(_address, found)))
        return any(not view.is_global for view in views)

    def check(self, host: str, port: int, found: str, *, tls: bool) -> None:
        """Raise Refused unless the address that `host` resolved to may be connected to."""
        for view in _views(_address(found)):
            if any(view in network for network in _NEVER if network.version == view.version):
                raise Refused("The address is link-local, metadata or reserved.")
        private = self.are_private([found])
        if private and not (self.allow_private or self.names(host, port)):
            raise Refused("The address is private and not on the list of allowed hosts.")
        if not private and not tls:
            raise Refused("A public address is called over https only.")


def guard_of(endpoint: Endpoint) -> Guard:
    hosts = frozenset(host.lower() for host in endpoint.allowed_hosts)
    return Guard(endpoint.allow_private, hosts, endpoint.proxy)


def _address(found: str) -> Address:
    return ip_address(found.partition("%")[0])


def _views(address: Address) -> list[Address]:
    """The address and every IPv4 address that hides in it."""
    views: list[Address] = [address]
    if isinstance(address, IPv6Address):
        views += _embedded(address)
        if address.ipv4_mapped is not None:
            views.remove(address)
    return views


def _embedded(address: IPv6Address) -> list[Address]:
    number = int(address)
    found: list[Address] = []
    if address.ipv4_mapped is not None:
        found.append(address.ipv4_mapped)
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    is_compatible = address in _COMPATIBLE and number > 1
    is_isatap = (number >> 32) & 0xFFFFFFFF in _ISATAP_MARKS
    if is_compatible or is_isatap or any(address in network for network in _NAT64):
        found.append(IPv4Address(number & 0xFFFFFFFF))
    return found
