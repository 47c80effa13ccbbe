"""WebSockets by hand, for clients that do what no library lets them do."""

import contextlib
import socket
import struct
from collections.abc import Iterator

from tests.processes import Person, Site

TEXT, CLOSE = 0x81, 0x88


@contextlib.contextmanager
def raw_socket(site: Site, person: Person, *, receive_buffer: int = 0) -> Iterator[socket.socket]:
    """After the handshake; blocking, so in an event loop it belongs into a thread."""
    with socket.socket() as client:
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(15)
        client.connect(("127.0.0.1", site.port))
        client.sendall(_handshake(site, person))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        assert head.startswith(b"HTTP/1.1 101"), head
        yield client


def _handshake(site: Site, person: Person) -> bytes:
    lines = [
        "GET /live/ HTTP/1.1",
        f"Host: 127.0.0.1:{site.port}",
        f"Origin: {site.origin}",
        f"Cookie: sessionid={person.session}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def text_frame(payload: bytes) -> bytes:
    """Masked with zeros, so that the payload stays readable."""
    size = len(payload)
    if size < 126:
        head = bytes([TEXT, 0x80 | size])
    elif size < 2**16:
        head = struct.pack("!BBH", TEXT, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", TEXT, 0x80 | 127, size)
    return head + bytes(4) + payload


def close_code(client: socket.socket) -> int | None:
    """Reads to the end of the connection; None: it was dropped without a word."""
    received = b""
    with contextlib.suppress(ConnectionError):
        while data := client.recv(65_536):
            received += data
            if (code := _close_code_in(received)) is not None:
                return code
    return None


def _close_code_in(received: bytes) -> int | None:
    place = 0
    while place + 4 <= len(received):
        kind, size = received[place], received[place + 1]
        head = 2
        if size == 126:
            head, size = 4, int.from_bytes(received[place + 2 : place + 4], "big")
        if kind == CLOSE:
            return int.from_bytes(received[place + head : place + head + 2], "big")
        place += head + size
    return None
