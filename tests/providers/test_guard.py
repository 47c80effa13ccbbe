"""Addresses that a base URL must not reach, in all the ways of writing them."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from chat.providers import ProviderError
from chat.providers.guard import Guard, Refused
from tests.providers.support import endpoint_to, run, run_all
from tests.wire import WireServer

NEVER = [
    "169.254.169.254",
    "169.254.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.0.192",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "ff02::1",
    "::",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "fe80::5efe:7f00:1",
    "::169.254.169.254",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]
PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::1",
    "::127.0.0.1",
]
PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_refused_whatever_is_allowed(address: str) -> None:
    guard = Guard(allow_private=True, allowed_hosts=frozenset({"host:443"}))
    with pytest.raises(Refused):
        guard.check("host", 443, address, tls=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_unless_allowed(address: str) -> None:
    with pytest.raises(Refused):
        Guard().check("host", 443, address, tls=True)
    Guard(allow_private=True).check("host", 443, address, tls=False)


def test_a_private_host_may_be_allowed_by_name_and_port() -> None:
    guard = Guard(allowed_hosts=frozenset({"ollama.lan:11434"}))
    guard.check("Ollama.lan", 11434, "10.0.0.1", tls=False)
    with pytest.raises(Refused):
        guard.check("ollama.lan", 22, "10.0.0.1", tls=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_called_over_tls_only(address: str) -> None:
    Guard().check("host", 443, address, tls=True)
    with pytest.raises(Refused):
        Guard(allow_private=True).check("host", 80, address, tls=False)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "127。0。0。1",
        "１２７.0.0.1",
    ],
)
def test_no_way_of_writing_a_private_address_reaches_it(server: WireServer, host: str) -> None:
    url = f"http://{host}:{server.port}"
    (event,) = run(endpoint_to(url, allow_private=False))
    assert isinstance(event, ProviderError)
    assert event.category == "misconfigured"
    assert server.requests == []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name server of our own: the network's edge."""
    table: dict[str, list[str]] = {}
    asked: list[str] = table.setdefault("asked", [])

    async def resolve(_loop: Any, host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        kind = socket.AF_INET, socket.SOCK_STREAM, 6, ""
        return [(*kind, (address, port)) for address in table[host]]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", resolve)
    return table


def test_one_private_address_among_several_is_enough_to_refuse(
    server: WireServer, names: dict[str, list[str]]
) -> None:
    names["rebind.example"] = ["93.184.215.14", "127.0.0.1"]
    url = f"https://rebind.example:{server.port}"
    (event,) = run(endpoint_to(url, allow_private=False))
    assert isinstance(event, ProviderError)
    assert (event.category, server.connections) == ("misconfigured", 0)


def test_a_name_is_resolved_once_so_it_cannot_change_after_the_check(
    server: WireServer, names: dict[str, list[str]]
) -> None:
    names["house.example"] = ["127.0.0.1"]
    run(endpoint_to(f"http://house.example:{server.port}"))
    assert names["asked"] == ["house.example"]
    assert len(server.requests) == 1


def test_the_allowed_host_is_reached_where_private_ones_are_not(server: WireServer) -> None:
    hosts = (f"127.0.0.1:{server.port}",)
    run(endpoint_to(server.url, allow_private=False, allowed_hosts=hosts))
    assert len(server.requests) == 1


def test_a_connection_made_where_allowed_is_not_used_where_it_is_not(server: WireServer) -> None:
    allowed = endpoint_to(server.url)
    refused = endpoint_to(server.url, allow_private=False)
    first, second = run_all(allowed, refused)
    assert len(first) > 1
    assert [type(event) for event in second] == [ProviderError]
    assert len(server.requests) == 1
