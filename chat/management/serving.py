"""daphne with what it lacks: a drain before the end, and a limit on what a request may send."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server, twisted_loop
from django.conf import settings
from twisted.internet import defer, reactor

DRAIN_SECONDS = 9.5

Hook = Callable[[], Awaitable[None]]


class LimitedRequest(WebRequest):
    """Refuses large bodies while they arrive: daphne would spool them to disk, unread and unasked.

    The names of the methods are twisted's.
    """

    _received = 0
    _refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        if length is not None and length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._received += len(data)
        if self._refused:
            return
        if self._received > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            self._refuse()
        else:
            super().handleContentChunk(data)

    def _refuse(self) -> None:
        self._refused = True
        self.channel.transport.write(
            b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        )
        self.channel.transport.loseConnection()

    def process(self) -> None:
        if not self._refused:
            super().process()


class ChatServer(Server):
    """`before` runs once the loop is there, `drain` before the reactor shuts down.

    `problem` says after the run why nothing could be served.
    """

    problem = ""

    def __init__(self, application: Any, *, before: Hook, drain: Hook, **options: Any) -> None:
        super().__init__(application, **options)
        self._before, self._drain = before, drain
        self._ports: list[Any] = []

    def run(self) -> None:
        HTTPFactory.buildProtocol = _build_limited
        reactor.callWhenRunning(lambda: _as_deferred(self._before()))
        super().run()

    def listen_success(self, port: Any) -> None:
        self._ports.append(port)
        super().listen_success(port)

    def listen_error(self, failure: Any) -> None:
        self.problem = failure.getErrorMessage()
        self.stop()

    def kill_all_applications(self) -> "defer.Deferred[None]":
        """daphne's own breaks on a half-received request and would end sockets before the drain."""
        return _as_deferred(self._end())

    async def _end(self) -> None:
        for port in self._ports:
            port.stopListening()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._drain()
        for details in self.connections.values():
            application = details.get("application_instance")
            if application is not None:
                application.cancel()


def _build_limited(factory: HTTPFactory, address: Any) -> Any:
    protocol = super(HTTPFactory, factory).buildProtocol(address)
    protocol.requestFactory = LimitedRequest
    return protocol


def _as_deferred(work: Awaitable[None]) -> "defer.Deferred[None]":
    return defer.Deferred.fromFuture(asyncio.ensure_future(work, loop=twisted_loop))
