"""Bytes over a TCP connection to a real server, as no browser would send them."""

import base64
import os
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

ANSWERS_WITHIN = 30.0


def exchange(port: int, *pieces: bytes) -> bytes:
    """Sends the pieces, and gives everything that comes back until the server is silent."""
    with connected(port) as wire:
        try:
            for piece in pieces:
                wire.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return read(wire, 0.5)[0]


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=ANSWERS_WITHIN) as wire:
        yield wire


def read(wire: socket.socket, seconds: float) -> tuple[bytes, bool]:
    """What comes until the other side closes (True) or is silent for so long (False)."""
    data = b""
    try:
        while piece := wire.recv(65_536):
            data += piece
            wire.settimeout(seconds)
    except TimeoutError:
        return data, False
    except ConnectionResetError:
        pass
    return data, True


def request(
    path: str, *headers: bytes, host: str, method: str = "GET", closing: bool = True
) -> bytes:
    if closing:
        headers += (b"Connection: close",)
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: " + host.encode(), *headers]
    return b"\r\n".join([*lines, b"", b""])


def status(answer: bytes) -> int:
    """0: the server closed without a word."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def upgrade(host: str, *headers: bytes, path: str = "/live/") -> bytes:
    key = base64.b64encode(os.urandom(16))
    return request(
        path,
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: " + key,
        *headers,
        host=host,
        closing=False,
    )


def frame(
    payload: bytes,
    *,
    code: int = 1,
    first: int = 0x80,
    length: int | None = None,
    mask: bool = True,
) -> bytes:
    """A client's frame; `length` may lie, `first` holds the bits FIN and RSV1 to RSV3."""
    size = len(payload) if length is None else length
    bit = 0x80 if mask else 0
    head = bytes([first | code])
    if size < 126:
        head += bytes([bit | size])
    elif size < 65_536:
        head += bytes([bit | 126]) + struct.pack(">H", size)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", size)
    # A mask of zeros leaves the payload as it is.
    return head + (b"\0\0\0\0" if mask else b"") + payload


def close_code(data: bytes) -> int | None:
    """The code of the close frame in what a server sent."""
    while len(data) >= 2:
        code, size, start = data[0] & 0x0F, data[1] & 0x7F, 2
        if size == 126:
            size, start = struct.unpack(">H", data[2:4])[0], 4
        elif size == 127:
            size, start = struct.unpack(">Q", data[2:10])[0], 10
        payload = data[start : start + size]
        if code == 8:
            return int(struct.unpack(">H", payload[:2])[0])
        data = data[start + size :]
    return None


def read_head(wire: socket.socket) -> tuple[bytes, bytes]:
    """(head, what came after it)."""
    data, deadline = b"", time.monotonic() + ANSWERS_WITHIN
    while b"\r\n\r\n" not in data and time.monotonic() < deadline:
        piece = wire.recv(4096)
        if not piece:
            break
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest
