"""Reading a response's body in as few steps as possible.

A streamed reply comes as one HTTP chunk per token. Taken through httpx, each of them costs a
pass through seven generators; here all that one read brought are joined at once. Bodies framed
in other ways go through httpx. Compressed ones, which were not asked for, are unpacked with a
bound.
"""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator

import httpcore
import httpx

from chat.providers.network import SocketStream

_READ_BYTES = 64 * 1024
_MAX_LINE = 8 * 1024
_HEX = b"0123456789abcdefABCDEF"
_LAST_CHUNK = b"0\r\n\r\n"


# What httpcore or a socket raises when a body breaks off.
BROKEN_BODY_ERRORS = (
    OSError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
)


class UnreadableBody(Exception):
    """The body's encoding cannot be undone; the message is for logs."""


class ChunkedJoiner:
    """The payload of HTTP chunks, joined per read."""

    def __init__(self) -> None:
        self.done = False
        self._rest = b""  # an incomplete chunk head, or what followed the last chunk
        self._missing = 0
        self._in_trailer = False

    @property
    def clean(self) -> bool:
        """Whether the body is over and nothing came after it."""
        return self.done and not self._rest

    def feed(self, data: bytes) -> bytes:
        data = self._rest + data if self._rest else data
        parts: list[bytes] = []
        position = 0
        while position < len(data) and not self.done:
            if self._missing > 2:
                part = data[position : position + self._missing - 2]
                parts.append(part)
                position += len(part)
                self._missing -= len(part)
            elif self._missing:
                position = self._skip_break(data, position)
            else:
                end = data.find(b"\n", position)
                if end < 0:
                    break
                self._line(data[position:end].rstrip(b"\r"))
                position = end + 1
        self._rest = data[position:]
        if len(self._rest) > _MAX_LINE:
            raise httpcore.RemoteProtocolError("a chunk's head is too long")
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _skip_break(self, data: bytes, position: int) -> int:
        found = data[position : position + self._missing]
        if found != b"\r\n"[2 - self._missing :][: len(found)]:
            raise httpcore.RemoteProtocolError("a chunk does not end where it should")
        self._missing -= len(found)
        return position + len(found)

    def _line(self, line: bytes) -> None:
        if self._in_trailer:
            self.done = not line
            return
        size = line.partition(b";")[0].strip()
        if not size or len(size) > 16 or size.strip(_HEX):
            raise httpcore.RemoteProtocolError("a chunk has no size")
        length = int(size, 16)
        self._in_trailer = length == 0
        self._missing = length + 2 if length else 0


class Inflater:
    """gzip and deflate in bounded steps; what expands like a bomb is refused."""

    _MAX_RATIO = 50
    _FREE_BYTES = 256 * 1024

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._stream = zlib.decompressobj(31 if encoding.endswith("gzip") else zlib.MAX_WBITS)
        self._taken = 0
        self._given = 0

    def feed(self, data: bytes) -> bytes:
        if not self._taken and self._encoding == "deflate" and data[:1] and data[0] & 15 != 8:
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        self._taken += len(data)
        allowed = self._FREE_BYTES + self._taken * self._MAX_RATIO - self._given
        try:
            plain = self._stream.decompress(data, max(allowed, 1))
        except zlib.error:
            raise UnreadableBody(f"The body is not what {self._encoding} makes.") from None
        self._given += len(plain)
        if self._stream.unconsumed_tail:
            raise UnreadableBody("The compressed body expands beyond reason.")
        return plain


class Body:
    """`read` gives the next bytes, b"" at the end, and raises what httpcore raises."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.stream: SocketStream = response.extensions["network_stream"]
        self.stream.leave_head()
        self._inflater = _inflater(response.headers.get("content-encoding", ""))
        self._joiner = _joiner(response)
        self._raw: AsyncIterator[bytes] = response.aiter_raw()

    async def read(self) -> bytes:
        while data := await self._read_raw():
            if self._inflater is not None:
                data = self._inflater.feed(data)
            if data:
                return data
        return b""

    async def read_some(self, limit: int, seconds: float) -> bytes:
        """As much as comes, without complaint: for bodies that only explain something."""
        found = bytearray()
        with contextlib.suppress(UnreadableBody, *BROKEN_BODY_ERRORS):
            async with asyncio.timeout(seconds):
                while len(found) < limit and (data := await self.read()):
                    found += data
        return bytes(found[:limit])

    async def release(self) -> None:
        """Let the connection be used again if its body is over, else close it."""
        if self.stream.clock is not None:
            self.stream.clock.stop()
            self.stream.clock = None
        if self._joiner is not None and self._is_over(self._joiner):
            # The parser never saw the chunks: for it, this body was empty.
            self.stream.put_back(_LAST_CHUNK)
            async for _ in self._raw:
                pass
        await self.response.aclose()

    def _is_over(self, joiner: ChunkedJoiner) -> bool:
        if not joiner.done:
            # The end of the chunks comes right behind the end of the answer.
            with contextlib.suppress(httpcore.RemoteProtocolError):
                joiner.feed(self.stream.read_now(_READ_BYTES))
        return joiner.clean

    async def _read_raw(self) -> bytes:
        if self._joiner is None:
            return await anext(self._raw, b"")
        while not self._joiner.done:
            data = await self.stream.read(_READ_BYTES)
            if not data:
                raise httpcore.RemoteProtocolError("the body ended inside a chunk")
            payload = self._joiner.feed(data)
            if payload:
                return payload
        return b""


def _joiner(response: httpx.Response) -> ChunkedJoiner | None:
    coding = str(response.headers.get("transfer-encoding", "")).strip().lower()
    has_body = response.status_code not in (204, 304)
    return ChunkedJoiner() if coding == "chunked" and has_body else None


def _inflater(encoding: str) -> Inflater | None:
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise UnreadableBody("The body is compressed in a way that was not asked for.")
    return Inflater(encoding)
