"""A real HTTP server on the loopback that replays exact bytes and exact ways of closing.

It runs in a thread of its own, so that a test and the server never share an event loop.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

from tests.patience import PATIENCE

Close = Literal["clean", "abrupt", "reset", "stall"]


@dataclass(frozen=True)
class Reply:
    """`raw` replaces status, headers and framing; `pause` seconds lie between the pieces."""

    pieces: list[bytes] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    close: Close = "clean"
    framing: Literal["chunked", "length", "eof"] = "chunked"
    pause: float = 0.0
    wait: float = 0.0
    raw: bytes | None = None
    repeat: int = 1


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes
    at: float

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def json_reply(body: object, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        [json.dumps(body).encode()],
        status,
        {"Content-Type": "application/json", **named},
        framing="length",
    )


def sse(*chunks: object) -> list[bytes]:
    """One piece per chunk; a string is sent as it is."""
    return [
        f"data: {chunk if isinstance(chunk, str) else json.dumps(chunk)}\n\n".encode()
        for chunk in chunks
    ]


def text_chunk(text: str, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


class WireServer:
    """Answers the n-th request with the n-th reply, and with the last one ever after."""

    def __init__(self, *replies: Reply, ssl_context: ssl.SSLContext | None = None) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []
        self.connections = 0
        self.closed_at: list[float] = []
        self.bytes_sent = 0
        self.port = 0
        self._ssl_context = ssl_context
        self._served = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        scheme = "https" if self._ssl_context else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    def play(self, *replies: Reply) -> None:
        """Start anew with these replies."""
        self.replies = list(replies)
        self.requests.clear()
        self.closed_at.clear()
        self.connections = self._served = self.bytes_sent = 0

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(PATIENCE)
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._ssl_context)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in self._tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.closed_at.append(time.monotonic())
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is over."""
        self.requests.append(await _read_request(reader))
        reply = self.replies[min(self._served, len(self.replies) - 1)]
        self._served += 1
        gone = asyncio.ensure_future(reader.read(1))
        sending = asyncio.ensure_future(self._send(reply, writer))
        try:
            await asyncio.wait({gone, sending}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return False
            await sending
            if reply.close == "stall":
                await gone
            return reply.close == "clean" and reply.framing != "eof" and reply.raw is None
        finally:
            gone.cancel()
            sending.cancel()
            await asyncio.gather(gone, sending, return_exceptions=True)

    async def _send(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(reply.wait)
        if reply.raw is not None:
            writer.write(reply.raw)
        else:
            has_body = reply.status != 204
            writer.write(_head(reply, has_body=has_body))
            if has_body:
                await self._send_body(reply, writer)
        await writer.drain()
        if reply.close == "reset":
            await asyncio.sleep(0.05)
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    async def _send_body(self, reply: Reply, writer: asyncio.StreamWriter) -> None:
        for _ in range(reply.repeat):
            for piece in reply.pieces:
                framed = b"%x\r\n%b\r\n" % (len(piece), piece)
                writer.write(framed if reply.framing == "chunked" else piece)
                self.bytes_sent += len(piece)
                if reply.pause or self.bytes_sent > 65536:
                    await writer.drain()
                    await asyncio.sleep(reply.pause)
        if reply.framing == "chunked" and reply.close == "clean":
            writer.write(b"0\r\n\r\n")


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return Request(method, path, headers, await reader.readexactly(length), time.monotonic())


def _head(reply: Reply, *, has_body: bool) -> bytes:
    headers = dict(reply.headers)
    if has_body and reply.framing == "chunked":
        headers["Transfer-Encoding"] = "chunked"
    elif has_body and reply.framing == "length":
        total = reply.repeat * sum(map(len, reply.pieces))
        headers.setdefault("Content-Length", str(total))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {reply.status} Reply\r\n{lines}\r\n".encode()
