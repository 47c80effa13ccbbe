"""A proxy of the organisation's: asked for what is outside, and for nothing that is inside."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chat.providers import Completed, client
from tests.providers.certificates import make_certificate
from tests.providers.proxy import Proxy
from tests.providers.support import endpoint_to, error_of, run, run_all, story_of
from tests.wire import Reply, WireServer, sse, text_chunk

# A public address, which nothing here can reach.
OUTSIDE = "8.8.8.8"
BODY = b"".join(sse(text_chunk("Hi"), text_chunk("", "stop"), "[DONE]"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"), OUTSIDE)


@pytest.fixture
def outside(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WireServer]:
    """What the proxy reaches under that address, on a machine that trusts its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(client, "_ssl_context", lambda: trusting)
    with WireServer(Reply([BODY]), ssl_context=context) as server:
        yield server


@contextmanager
def proxy_to(server: WireServer, answer: str = "200 OK") -> Iterator[Proxy]:
    with Proxy(server.port, answer) as proxy:
        yield proxy


def test_public_providers_are_called_by_the_proxy_over_tls_from_end_to_end(
    outside: WireServer,
) -> None:
    with proxy_to(outside) as proxy:
        endpoint = endpoint_to(
            f"https://{OUTSIDE}", allow_private=False, proxy=f"http://ann:s%40cret@{proxy.address}"
        )
        for events in run_all(endpoint, endpoint, endpoint):
            assert story_of(events).text == {0: "Hi"}
        assert "s%40cret" not in repr(endpoint)
    assert {head[0] for head in proxy.heads} == {f"CONNECT {OUTSIDE}:443 HTTP/1.1"}
    name = base64.b64encode(b"ann:s@cret").decode()
    assert all(f"Proxy-Authorization: Basic {name}" in head for head in proxy.heads)
    assert "ann" not in str(outside.requests)


def test_what_is_inside_is_called_without_it(server: WireServer, outside: WireServer) -> None:
    with proxy_to(outside) as proxy:
        named = endpoint_to(
            server.url,
            allow_private=False,
            allowed_hosts=(f"127.0.0.1:{server.port}",),
            proxy=f"http://{proxy.address}",
        )
        allowed = endpoint_to(server.url, proxy=f"http://{proxy.address}")
        for events in run_all(named, allowed):
            assert isinstance(events[-1], Completed)
    assert proxy.heads == []


@pytest.mark.parametrize(
    "url", ["https://169.254.169.254", "https://10.0.0.1", f"http://{OUTSIDE}", "https://[::1]"]
)
def test_a_proxy_opens_no_way_to_what_may_not_be_called(outside: WireServer, url: str) -> None:
    with proxy_to(outside) as proxy:
        endpoint = endpoint_to(url, allow_private=False, proxy=f"http://{proxy.address}")
        assert error_of(run(endpoint)).category == "misconfigured"
    assert proxy.heads == []


def test_a_proxy_that_refuses_is_a_connection_that_failed(outside: WireServer) -> None:
    with proxy_to(outside, "407 Proxy Authentication Required") as proxy:
        endpoint = endpoint_to(f"https://{OUTSIDE}", proxy=f"http://{proxy.address}")
        error = error_of(run(endpoint))
    assert (error.category, error.detail) == ("connect_failed", "The proxy made no connection.")
    assert outside.requests == []
