"""Addresses behind reverse proxies are what our proxies noted, never what came with the request."""

from typing import Any

import pytest
from daphne.utils import parse_x_forwarded_for
from twisted.web.http_headers import Headers

from chat.management.forwarded import nearest_address
from chat.management.serving import LimitedRequest


@pytest.mark.parametrize(
    ("values", "proxies", "address"),
    [
        ([b"192.0.2.7"], 1, b"192.0.2.7"),
        ([b"203.0.113.9, 192.0.2.7"], 1, b"192.0.2.7"),
        ([b"203.0.113.9", b"192.0.2.7"], 1, b"192.0.2.7"),
        ([b"203.0.113.9, 192.0.2.7, 10.0.0.1"], 2, b"192.0.2.7"),
        # Somebody asked the inner proxy directly.
        ([b"10.0.0.5"], 2, b"10.0.0.5"),
        ([b"192.0.2.7:50123"], 1, b"192.0.2.7"),
        ([b"[2001:DB8::1]:443"], 1, b"2001:db8::1"),
        ([b"2001:db8::1"], 1, b"2001:db8::1"),
        ([b"::ffff:192.0.2.7"], 1, b"192.0.2.7"),
    ],
)
def test_the_address_that_our_proxies_noted_counts(
    values: list[bytes], proxies: int, address: bytes
) -> None:
    assert nearest_address(values, proxies) == address


@pytest.mark.parametrize("value", [b"", b"unknown", b"\xff\xfe", b"192.0.2.7, ", b"a" * 9000, b":"])
def test_what_is_no_address_is_left_out(value: bytes) -> None:
    assert nearest_address([value], 1) is None


@pytest.mark.parametrize(
    ("listed", "address"),
    [(b"203.0.113.9, 192.0.2.7", "192.0.2.7"), (b"\xff", "10.0.0.1"), (None, "10.0.0.1")],
)
def test_the_server_believes_our_proxy_alone(
    settings: Any, listed: bytes | None, address: str
) -> None:
    settings.BEHIND_PROXY = 1
    request = LimitedRequest.__new__(LimitedRequest)
    request.requestHeaders = Headers({b"X-Forwarded-For": [listed]} if listed else {})
    request._trust_our_proxies()
    found, _scheme = parse_x_forwarded_for(request.requestHeaders, original_addr=["10.0.0.1", 1])
    assert found[0] == address
