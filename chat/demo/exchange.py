"""What goes in and out of a dialect: one request, one response made of timed frames."""

import enum
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

EVENT_STREAM = "text/event-stream; charset=utf-8"


class Ending(enum.Enum):
    """How the connection behaves after the last frame."""

    CLEAN = "clean"
    ABRUPT = "abrupt"
    SILENT = "silent"


@dataclass(frozen=True)
class Request:
    """One whole HTTP request; header names keep the case they were sent in."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True)
class Frame:
    """Bytes that go out together, after a wait in seconds at human pace."""

    data: bytes
    wait: float = 0.0


@dataclass(frozen=True)
class Response:
    """What the server sends. A streamed body has no length and goes out chunked."""

    status: int
    frames: Iterable[Frame]
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    wait: float = 0.0
    exact: bool = False  # the waits are true seconds, whatever the server's pace
    ending: Ending = Ending.CLEAN
    failed: bool = False  # counted as an error in the record of calls


def whole(
    status: int, value: Any, *, wait: float = 0.0, headers: Mapping[str, str] | None = None
) -> Response:
    """A response that is one JSON body."""
    data = encode(value)
    return Response(
        status,
        [Frame(data)],
        headers=headers or {},
        length=len(data),
        wait=wait,
        failed=status >= 400,
    )


def event(value: Any, wait: float = 0.0) -> Frame:
    return Frame(b"data: " + encode(value) + b"\n\n", wait)


def done() -> Iterator[Frame]:
    yield Frame(b"data: [DONE]\n\n")


def encode(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # A lone surrogate in somebody's question must not break the answer.
    return text.encode("utf-8", errors="replace")
