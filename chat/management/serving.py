"""daphne with what it lacks: a drain before the end, and a limit on what a request may send."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server, twisted_loop
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet import defer, reactor

from chat.domain import tickets
from chat.live.viewer import RESTART, TOO_MANY

from . import forwarded

DRAIN_SECONDS = 9.5
LEAVE_SECONDS = 1.0
MOST_UNREAD = 200

Hook = Callable[[], Awaitable[None]]


class LimitedRequest(WebRequest):
    """Refuses large bodies while they arrive: daphne would spool them to disk, unread and unasked.

    Files may be larger, but only with a ticket that was given to somebody who is signed in. The
    names of the methods are twisted's.
    """

    _received = 0
    _most = 0
    _refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        path = self.channel._path.decode("latin-1")  # noqa: SLF001 - `uri` is set after the body
        self._most = tickets.most_bytes(path, self.getHeader(tickets.HEADER) or "")
        if length is not None and length > self._most:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._received += len(data)
        if self._refused:
            return
        if self._received > self._most:
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
        # daphne would let anybody choose the beginning of every address on the page.
        self.requestHeaders.removeHeader("daphne-root-path")
        if settings.BEHIND_PROXY:
            self._trust_our_proxies()
        if not self._refused:
            super().process()

    def _trust_our_proxies(self) -> None:
        """daphne would take the first address of the list, which anybody can write."""
        listed = self.requestHeaders.getRawHeaders(forwarded.HEADER.encode(), [])
        self.requestHeaders.removeHeader(forwarded.HEADER)
        address = forwarded.nearest_address(listed, settings.BEHIND_PROXY)
        if address is not None:
            self.requestHeaders.addRawHeader(forwarded.HEADER.encode(), address)


class LiveSocket(WebSocketProtocol):
    """Can say 1012, come back soon, which autobahn refuses; and stops listening to a flood.

    The names are daphne's and autobahn's.
    """

    _flooded = False

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803
        """daphne queues without end what the consumer has not read yet."""
        if self._flooded:
            return
        if self.application_queue.qsize() < MOST_UNREAD:
            super().onMessage(payload, isBinary)
        else:
            self._flooded = True
            self.transport.pauseProducing()
            self.sendClose(TOO_MANY)

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        if code == RESTART:
            self.sendCloseFrame(code=code, isReply=False)
        else:
            super().serverClose(code)


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
        WebSocketFactory.protocol = LiveSocket
        reactor.callWhenRunning(lambda: _as_deferred(self._before()))
        super().run()
        twisted_loop.run_until_complete(_end_all_tasks())
        _leave_in_any_case()

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


def _build_limited(factory: HTTPFactory, address: Any) -> Any:
    protocol = super(HTTPFactory, factory).buildProtocol(address)
    protocol.requestFactory = LimitedRequest
    return protocol


def _as_deferred(work: Awaitable[None]) -> "defer.Deferred[None]":
    return defer.Deferred.fromFuture(asyncio.ensure_future(work, loop=twisted_loop))


async def _end_all_tasks() -> None:
    """As asyncio.run does: a task that is torn down with the interpreter can crash it."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=LEAVE_SECONDS)


def _leave_in_any_case() -> None:
    """A thread that waits for a locked database would hold up the exit for as long."""
    watch = threading.Timer(LEAVE_SECONDS, os._exit, [0])
    watch.daemon = True
    watch.start()
