"""What exceptions of the network and error statuses of a provider mean."""

from __future__ import annotations

import ssl
from collections.abc import Mapping

import httpcore

from chat.providers.adapter import BadEndpoint
from chat.providers.envelope import read_message
from chat.providers.events import ErrorCategory, Phase
from chat.providers.failure import Failure
from chat.providers.guard import Refused
from chat.providers.json_text import InvalidJSON, parse
from chat.providers.parameters import InvalidParameter
from chat.providers.retry_after import retry_after
from chat.providers.taxonomy import categorise

Category = ErrorCategory

# Only these are caught around a call; anything else is a mistake of ours.
SETUP_ERRORS = (BadEndpoint, InvalidParameter, ValueError, TypeError, RecursionError)
NETWORK_ERRORS = (
    Refused,
    OSError,  # TimeoutError and ssl.SSLError are among them
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
_BY_EXCEPTION: tuple[tuple[type[Exception], Category, Phase, str], ...] = (
    (httpcore.PoolTimeout, Category.CONNECT_FAILED, "connect", "No free connection."),
    (httpcore.ConnectTimeout, Category.UPSTREAM_TIMEOUT, "connect", "Connecting took too long."),
    (httpcore.ConnectError, Category.CONNECT_FAILED, "connect", "No connection could be made."),
    (httpcore.TimeoutException, Category.UPSTREAM_TIMEOUT, "headers", "No answer came in time."),
    (TimeoutError, Category.UPSTREAM_TIMEOUT, "headers", "No answer came in time."),
    (ssl.SSLEOFError, Category.CONNECT_FAILED, "connect", "The connection was closed."),
    (ssl.SSLError, Category.MISCONFIGURED, "connect", "The TLS connection was not accepted."),
    (httpcore.NetworkError, Category.CONNECT_FAILED, "headers", "The connection broke."),
    (httpcore.ProxyError, Category.CONNECT_FAILED, "connect", "The proxy made no connection."),
    (httpcore.UnsupportedProtocol, Category.MISCONFIGURED, "connect", "Not an http address."),
    (httpcore.LocalProtocolError, Category.MISCONFIGURED, "connect", "The request is not valid."),
    (OSError, Category.CONNECT_FAILED, "connect", "No connection could be made."),
)


def failure_of_setup(exc: Exception) -> Failure:
    """The request could not even be made. Foreign messages may hold the key: not repeated."""
    if isinstance(exc, BadEndpoint):
        return Failure(Category.MISCONFIGURED, "connect", str(exc))
    detail = str(exc) if isinstance(exc, InvalidParameter) else "The request cannot be written."
    return Failure(Category.INVALID_REQUEST, "connect", detail)


def failure_of_network(exc: Exception) -> Failure:
    if isinstance(exc, Refused):
        return Failure(Category.MISCONFIGURED, "connect", str(exc))
    if isinstance(exc, httpcore.RemoteProtocolError):
        if "without sending" in str(exc):
            # The request may have been taken in, so it is sent once more and no oftener.
            detail = "The connection was closed without an answer."
            return Failure(Category.CONNECT_FAILED, "headers", detail, max_repeats=1)
        return Failure(Category.BAD_RESPONSE, "headers", "The answer is not HTTP.")
    for kind, category, phase, detail in _BY_EXCEPTION:
        if isinstance(exc, kind):
            # Having waited in full for an answer, nobody waits as long again, nor pays twice.
            repeats = 0 if phase == "headers" and category is Category.UPSTREAM_TIMEOUT else 2
            return Failure(category, phase, detail, max_repeats=repeats)
    raise exc


def failure_of_status(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    text = body.decode("utf-8", "replace")
    try:
        envelope = read_message(parse(text))
    except InvalidJSON:
        envelope = read_message(text)
    return Failure.from_envelope(
        categorise(status, envelope),
        "headers",
        envelope,
        retry_after=retry_after(headers),
        max_repeats=0 if headers.get("x-should-retry") == "false" else 2,
    )
