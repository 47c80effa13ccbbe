"""Server-sent events from arbitrary bytes, without I/O.

Whatever is fed, nothing is raised, memory is bounded, and the frames are the same however the
bytes were cut. Bare JSON lines count as frames too, because some providers leave `data:` out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from chat.providers.json_text import InvalidJSON, parse

MAX_EVENT_BYTES = 8 * 1024 * 1024

_FIELDS = frozenset(("data", "event", "error", "id", "retry"))


@dataclass(frozen=True, slots=True)
class ErrorFrame:
    """An `event: error` or an `error:` field, which some servers send instead of data."""

    data: str


@dataclass(frozen=True, slots=True)
class Overflow:
    """An event grew over the cap; the decoder is closed."""


Frame: TypeAlias = str | ErrorFrame | Overflow


def is_done(data: str) -> bool:
    return data.strip().lower() == "[done]"


def _is_whole(data: str) -> bool:
    if is_done(data):
        return True
    try:
        parse(data)
    except InvalidJSON:
        return False
    return True


class SSEDecoder:
    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.strange_lines = 0
        self._cap = max_event_bytes
        self._tail = bytearray()
        self._fresh = True
        self._after_cr = False
        self._closed = False
        self._forget_event()

    def feed(self, data: bytes) -> list[Frame]:
        if self._closed or not data:
            return []
        # Only bytes that end in a line break are decoded, so no UTF-8 sequence is ever split
        # and a line is looked at once however many pieces it came in.
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if not end:
            self._tail += data
            return self._overflow() if len(self._tail) > self._cap else []
        block = self._take_block(data[:end])
        self._tail += data[end:]
        frames = self._lines(block)
        if len(self._tail) > self._cap and not self._closed:
            frames += self._overflow()
        return frames

    def finish(self) -> list[Frame]:
        """The end of the bytes: an unterminated last frame counts if it is whole."""
        if self._closed:
            return []
        frames = self._lines(self._take_block(b"\n")) if self._tail else []
        frames = [frame for frame in frames if not isinstance(frame, str) or _is_whole(frame)]
        if self._size and (self._error or _is_whole("\n".join(self._data))):
            self._dispatch(frames)
        self._closed = True
        return frames

    def _take_block(self, head: bytes) -> str:
        if self._after_cr and not self._tail and head.startswith(b"\n"):
            head = head[1:]
        self._after_cr = head.endswith(b"\r") if head else False
        if self._tail:
            self._tail += head
            head = bytes(self._tail)
            self._tail.clear()
        if self._fresh and head:
            self._fresh = False
            head = head.removeprefix(b"\xef\xbb\xbf")
        if b"\r" in head:
            head = head.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return head.decode("utf-8", "replace")

    def _lines(self, block: str) -> list[Frame]:
        frames: list[Frame] = []
        lines = block.split("\n")
        lines.pop()  # what follows the last break: always empty
        for line in lines:
            if line.startswith("data: "):
                self._add_data(line[6:], frames)
            elif not line:
                if self._size or self._event or self._error:
                    self._dispatch(frames)
            elif line[0] == "{":
                frames.append(line)
            elif line[0] != ":":
                self._field(line, frames)
            if self._size > self._cap:
                return frames + self._overflow()
        return frames

    def _field(self, line: str, frames: list[Frame]) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._add_data(value, frames)
        elif name == "event":
            self._event = value[:64]
        elif name == "error":
            self._error = True
            self._add_data(value, frames)
        elif name not in _FIELDS:
            self.strange_lines += 1

    def _add_data(self, value: str, frames: list[Frame]) -> None:
        if self._data and self._is_next(value):
            self._dispatch(frames)
        self._data.append(value)
        self._size += len(value) + 1

    def _is_next(self, value: str) -> bool:
        """Some servers leave the blank lines out: a second object is an event of its own."""
        first = self._data[0].strip()
        is_object = len(self._data) == 1 and first.startswith("{") and first.endswith("}")
        return is_object and (value.lstrip().startswith("{") or is_done(value))

    def _dispatch(self, frames: list[Frame]) -> None:
        data = self._data[0] if len(self._data) == 1 else "\n".join(self._data)
        if self._error or self._event == "error":
            frames.append(ErrorFrame(data))
        elif data and not data.isspace():
            frames.append(data)
        self._forget_event()

    def _forget_event(self) -> None:
        self._data: list[str] = []
        self._size = 0
        self._event = ""
        self._error = False

    def _overflow(self) -> list[Frame]:
        self._closed = True
        self._tail.clear()
        self._forget_event()
        return [Overflow()]
