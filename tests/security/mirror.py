"""A provider that repeats the key it is given in everything that can go wrong."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# The prompts and what they are answered with; {key} is the key as it came.
SAID = (
    "plain 401",
    "html 500",
    "odd 400",
    "redirect",
    "error in the stream",
    "garbage in the stream",
    "broken off",
    "busy 429",
)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        question = str(json.loads(sent)["messages"][-1]["content"])
        known = question if question in SAID else "plain 401"
        if known.endswith(("stream", "off")):
            self._stream(known)
        else:
            self._fail(known)

    def do_GET(self) -> None:
        self._fail("plain 401")

    @property
    def key(self) -> str:
        self.server.keys.add(self.headers["Authorization"])  # type: ignore[attr-defined]
        return str(self.headers["Authorization"]).removeprefix("Bearer ")

    def _fail(self, how: str) -> None:
        key = self.key
        body: Any = {
            "error": {"message": f"{how}: {key}", "type": key, "code": key, "param": key},
            "message": key,
            "detail": [{"loc": [key], "msg": key}],
        }
        kind = "text/html" if how.startswith("html") else "application/json"
        data = f"<h1>{key}</h1>" if how.startswith("html") else json.dumps(body)
        number = {"html 500": 500, "odd 400": 400, "redirect": 302, "busy 429": 429}.get(how, 401)
        self.send_response(number, f"No {key}")
        for name in ("X-Echo", "Location", "Retry-After", "WWW-Authenticate", "Set-Cookie"):
            self.send_header(name, f"/{key}")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data.encode())

    def _stream(self, how: str) -> None:
        key = self.key
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        first = {"choices": [{"index": 0, "delta": {"content": "It begins. "}}]}
        self.wfile.write(f"data: {json.dumps(first)}\n\n".encode())
        if how.startswith("error"):
            self.wfile.write(f'data: {{"error": {{"message": "{key}"}}}}\n\n'.encode())
        elif how.startswith("garbage"):
            self.wfile.write(f"data: {{{key}\n\nevent: {key}\nid: {key}\n\n".encode() * 30)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """pytest shows what is printed."""


@contextmanager
def mirror(port: int = 0) -> Iterator[ThreadingHTTPServer]:
    """`keys` holds the Authorization headers that arrived."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.keys = set()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
