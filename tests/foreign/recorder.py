"""A relay between an adapter and a foreign server that keeps what the adapter sent."""

import contextlib
import json
import socket
import threading
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Sent:
    """One request: its first line, its headers in lower case, its body."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


class Recorder:
    """Listens on `port` while it is open. Pieces and closings go through as they come."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._streams: list[bytearray] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sent(self) -> list[Sent]:
        return [request for stream in self._streams for request in _requests(bytes(stream))]

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                kept = bytearray()
                self._streams.append(kept)
                for pair in ((near, far, kept), (far, near, bytearray())):
                    threading.Thread(target=_pass_on, args=pair, daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, kept: bytearray) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            kept += data
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def _requests(stream: bytes) -> list[Sent]:
    """Those of one connection, one after the other."""
    found = []
    while stream:
        head, _, rest = stream.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        pairs = (field.split(": ", 1) for field in fields)
        headers = {name.lower(): value for name, value in pairs}
        length = int(headers.get("content-length", 0))
        found.append(Sent(line, headers, rest[:length]))
        stream = rest[length:]
    return found
