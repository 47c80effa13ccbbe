"""Sockets for httpcore, which are read at the caller's pace.

A paced read finds its bytes waiting in the kernel, so `recv` is tried before the loop is asked:
one system call then brings many deltas. That is why this is not asyncio's stream layer.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeAlias

import httpcore

from chat.providers.clock import Clock
from chat.providers.routes import Addresses
from chat.providers.tls import TLSLayer

SocketOption: TypeAlias = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)

_READS_BEFORE_YIELDING = 4
_SECONDS_PER_ADDRESS = 3.0


class SocketStream(httpcore.AsyncNetworkStream):
    """While a head is expected, reads end where it ends, so the parser never holds body bytes."""

    def __init__(self, sock: socket.socket) -> None:
        self.clock: Clock | None = None
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        self._tls: TLSLayer | None = None
        self._kept = b""
        self._in_head = True
        self._head_tail = b""
        self._eager_reads = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._kept:
            data, self._kept = self._kept, b""
            if self.clock is not None:
                self.clock.got_bytes()
        elif self.clock is None:
            data = await self._read_within(max_bytes, timeout)
        else:
            await self.clock.hold()
            data = await self._receive(max_bytes)
            self.clock.got_bytes()
        return self._cut_head(data) if self._in_head else data

    def read_now(self, max_bytes: int) -> bytes:
        """What has come already, without waiting."""
        try:
            return self._try_receive(max_bytes) or b""
        except OSError:
            return b""

    def leave_head(self) -> None:
        """What comes now is body: reads return all there is."""
        self._in_head = False

    def put_back(self, data: bytes) -> None:
        self._kept = data + self._kept

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._in_head = True
        self._head_tail = b""
        data = self._tls.encrypt(buffer) if self._tls else buffer
        try:
            async with asyncio.timeout(timeout):
                await self._loop.sock_sendall(self._socket, data)
        except TimeoutError:
            raise httpcore.WriteTimeout from None
        except OSError:
            raise httpcore.WriteError from None

    async def aclose(self) -> None:
        if self.clock is not None:
            self.clock.stop()
        self._socket.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        layer = TLSLayer(ssl_context, server_hostname)
        try:
            async with asyncio.timeout(timeout):
                while not layer.handshake():
                    await self._loop.sock_sendall(self._socket, layer.outgoing())
                    layer.incoming(await self._loop.sock_recv(self._socket, 65536))
                await self._loop.sock_sendall(self._socket, layer.outgoing())
        except BaseException as exc:
            self._socket.close()
            if isinstance(exc, TimeoutError):
                raise httpcore.ConnectTimeout from None
            if isinstance(exc, OSError) and not isinstance(exc, ssl.SSLError):
                raise httpcore.ConnectError from None
            raise
        self._tls = layer
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object":
            return self._tls.ssl_object if self._tls else None
        if info == "is_readable":
            return self._is_readable()
        return self._socket if info == "socket" else None

    async def _read_within(self, max_bytes: int, timeout: float | None) -> bytes:
        try:
            async with asyncio.timeout(timeout):
                return await self._receive(max_bytes)
        except TimeoutError:
            raise httpcore.ReadTimeout from None

    async def _receive(self, max_bytes: int) -> bytes:
        if self._eager_reads >= _READS_BEFORE_YIELDING:
            # A provider faster than we are must not keep the loop from everybody else.
            self._eager_reads = 0
            await asyncio.sleep(0)
        while True:
            try:
                data = self._try_receive(max_bytes)
            except (BlockingIOError, InterruptedError):
                self._eager_reads = 0
                await self._readable()
                continue
            except OSError:
                raise httpcore.ReadError from None
            if data is not None:
                self._eager_reads += 1
                return data

    def _try_receive(self, max_bytes: int) -> bytes | None:
        """Bytes, b"" at the end, or None when TLS took bytes in but has no plain ones yet."""
        if self._tls is None:
            return self._socket.recv(max_bytes)
        data = self._tls.decrypt(max_bytes)
        if data is None:
            self._tls.incoming(self._socket.recv(max_bytes))
            data = self._tls.decrypt(max_bytes)
        return data

    async def _readable(self) -> None:
        waiter = self._loop.create_future()
        fd = self._socket.fileno()
        self._loop.add_reader(fd, _wake, waiter)
        try:
            if self.clock is None:
                await waiter
            else:
                await self.clock.wait(waiter)
        finally:
            self._loop.remove_reader(fd)

    def _cut_head(self, data: bytes) -> bytes:
        seen = self._head_tail + data
        end = _blank_line_end(seen)
        if end < 0:
            self._head_tail = seen[-2:]
            return data
        end -= len(self._head_tail)
        self._head_tail = b""
        self.put_back(data[end:])
        return data[:end]

    def _is_readable(self) -> bool:
        """Whether an idle connection has been closed or written to by the other side."""
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return bool(self._kept)
        except OSError:
            return True
        return True


class Backend(httpcore.AsyncNetworkBackend):
    """`addresses(host, port)` tells what may be connected to; raises OSError, Refused."""

    def __init__(self, addresses: Callable[[str, int], Awaitable[Addresses]]) -> None:
        self._addresses = addresses

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._addresses(host, port)
                sock = await _connect(addresses, local_address)
        except TimeoutError:
            raise httpcore.ConnectTimeout from None
        except OSError as exc:
            raise httpcore.ConnectError(type(exc).__name__) from None
        for option in socket_options or ():
            sock.setsockopt(*option)
        return SocketStream(sock)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _connect(addresses: Addresses, local_address: str | None) -> socket.socket:
    failure: OSError = OSError("no address")
    loop = asyncio.get_running_loop()
    for position, (family, address) in enumerate(addresses, start=1):
        limit = _SECONDS_PER_ADDRESS if position < len(addresses) else None
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if local_address is not None:
                sock.bind((local_address, 0))
            async with asyncio.timeout(limit):
                await loop.sock_connect(sock, address)
        except OSError as exc:
            sock.close()
            failure = exc
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failure


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _blank_line_end(data: bytes) -> int:
    """Where the first blank line ends, written as CR LF or as LF; -1 if there is none."""
    ends = [data.find(mark) + len(mark) for mark in (b"\n\r\n", b"\n\n") if mark in data]
    return min(ends, default=-1)
