"""A proxy that answers CONNECT: wherever one wants to go, it leads to one port of this machine."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

from tests.patience import PATIENCE


class Proxy:
    """`heads` are the lines of each request's head; an `answer` other than 200 is a refusal."""

    def __init__(self, port: int, answer: str) -> None:
        self._port = port
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(PATIENCE)
        self._sockets = [self._listening]
        self.heads: list[list[str]] = []

    @property
    def address(self) -> str:
        host, port = self._listening.getsockname()
        return f"{host}:{port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self._listening.accept()
                self._sockets.append(near)
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += near.recv(1)
        self.heads.append(head.decode().strip().split("\r\n"))
        near.sendall(f"HTTP/1.1 {self._answer}\r\n\r\n".encode())
        if not self._answer.startswith("200"):
            near.close()
            return
        far = socket.create_connection(("127.0.0.1", self._port))
        self._sockets.append(far)
        threading.Thread(target=_pass_on, args=(near, far), daemon=True).start()
        _pass_on(far, near)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
