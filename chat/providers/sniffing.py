"""Telling a JSON body, JSON lines, a page and an event stream apart by their first bytes."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

from chat.providers.json_text import InvalidJSON, parse

MAX_BODY_BYTES = 8 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"


class Kind(Enum):
    UNDECIDED = auto()
    JSON = auto()
    STREAM = auto()
    PAGE = auto()
    TOO_LARGE = auto()


class Sniffer:
    """Keeps what it was fed until `take`. JSON is not final: more lines make it a stream."""

    def __init__(self, *, is_html: bool = False) -> None:
        self._is_html = is_html
        self._head = bytearray()
        self._kind = Kind.UNDECIDED
        self._at_start = True
        self._line_end = -1
        self._one_body = False

    def feed(self, data: bytes) -> Kind:
        searched = len(self._head)
        self._head += data
        if self._kind is Kind.UNDECIDED:
            self._kind = self._first_byte()
            searched = 0
        if self._kind is Kind.JSON:
            if len(self._head) > MAX_BODY_BYTES:
                self._head.clear()
                return Kind.TOO_LARGE
            if not self._one_body and self._has_lines(searched):
                self._kind = Kind.STREAM
        return self._kind

    def take(self) -> bytes:
        head = bytes(self._head)
        self._head.clear()
        return head

    def _first_byte(self) -> Kind:
        if self._at_start:
            if len(self._head) < len(_BOM) and _BOM.startswith(self._head):
                return Kind.UNDECIDED
            self._at_start = False
            if self._head.startswith(_BOM):
                del self._head[: len(_BOM)]
        # Blank lines keep a slow answer's connection alive; they need not be kept.
        self._head = self._head.lstrip(_BLANKS)
        if not self._head:
            return Kind.UNDECIDED
        if self._head.startswith((b"{", b"[")):
            return Kind.JSON
        return Kind.PAGE if self._is_html or self._head.startswith(b"<") else Kind.STREAM

    def _has_lines(self, searched: int) -> bool:
        """Whether the head is JSON lines: a first line that is a chunk, or has company."""
        if self._line_end < 0:
            self._line_end = self._head.find(b"\n", searched)
            if self._line_end < 0:
                return False
            try:
                first = parse(self._head[: self._line_end].decode("utf-8", "replace"))
            except InvalidJSON:
                self._one_body = True
                return False
            if is_chunk(first):
                return True
        if self._head[self._line_end :].strip(_BLANKS):
            return True
        del self._head[self._line_end + 1 :]
        return False


def is_chunk(body: Any) -> bool:
    """Whether the object is a piece of a stream rather than a whole answer."""
    if not isinstance(body, dict):
        return False
    if body.get("object") == "chat.completion.chunk":
        return True
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and "delta" in first
