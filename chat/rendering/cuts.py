"""Where a block of a parsed stretch of text ends, and where an overlong one is cut."""

import re
from collections.abc import Iterator

from .limits import CONTAINER, PART, ROWS
from .parsing import Span, spans

_CONTAINERS = {"List", "BlockQuote", "FootnoteDefinition"}
_ENDED_BY_BLANK_LINE = {"Paragraph", "Table", "BlockQuote"}
_ENDED_BY_LINE = {"Heading", "Rule"}
_FENCE = re.compile(rb" {0,3}(`{3,}|~{3,})[ \t]*([^\s`]{0,40})")
_REPEATED_HEAD = 1_000


def text_cut(data: bytes, position: int, limit: int) -> int:
    """After the last line within the limit, else after a blank, else between two characters."""
    piece = data[position : position + limit]
    end = (piece.rfind(b"\n") + 1) or (piece.rfind(b" ") + 1)
    if not end:
        end = limit
        while data[position + end] & 0xC0 == 0x80:
            end -= 1
    return position + end


class Window:
    """Some text and its top-level blocks; all places are bytes."""

    def __init__(self, opening: str, source: str, *, final: bool) -> None:
        self._markdown = opening + source
        self._data = self._markdown.encode()
        self._final = final
        self.start = len(opening.encode())
        self.size = len(self._data)

    def text(self, start: int, end: int) -> str:
        return self._data[start:end].decode()

    def pairs(self) -> Iterator[tuple[Span | None, Span | None]]:
        """Each block with the one after it; a stretch without any block is one None."""
        nothing = True
        before: Span | None = None
        for span in spans(self._markdown):
            if before:
                yield before, span
            before, nothing = span, False
        if before or nothing:
            yield before, None

    def line_end(self, place: int) -> int:
        if place and self._data[place - 1 : place] == b"\n":
            return place
        return self._next_line(place) or self.size

    def is_finished(self, span: Span | None, following: Span | None) -> bool:
        if self._final:
            return True
        if span is None:
            return False
        if following:
            return self._has_begun(following)
        end = self.line_end(span.end)
        if self._data[end - 1 : end] != b"\n":
            return False
        if span.kind in _ENDED_BY_BLANK_LINE:
            after = self._next_line(end)
            return after is not None and not self._data[end:after].strip()
        return span.kind in _ENDED_BY_LINE or self._is_closed_fence(span, end)

    def cut(self, span: Span | None, following: Span | None, position: int) -> int | None:
        """A place to cut a block that has grown too long, from `position` on."""
        if span is None or self._line_start(span.start) - position > PART:
            end = span.start if span else self.size
            return text_cut(self._data, position, PART) if end - position > PART else None
        limit = ROWS if span.inner else PART
        size = self._known_size(span, following, position, limit)
        if size <= limit:
            return None
        starts = (self._line_start(place) for place in span.inner)
        places = [place for place in starts if position < place < position + size]
        if early := [place for place in places if place <= position + limit]:
            return early[-1]
        if span.kind in _CONTAINERS and self._data.find(b"\n", position, position + PART) > 0:
            limit = CONTAINER
            if places:
                return places[0]
        return text_cut(self._data, position, limit) if size > limit else None

    def opening_after(self, span: Span, cut: int) -> str:
        """What the rest of a cut block needs in front of it."""
        start = self._line_start(span.start)
        if span.kind == "CodeBlock" and (fence := _FENCE.match(self._data, start)):
            return f"{fence[1].decode()}{fence[2].decode(errors='ignore')}\n"
        if span.kind == "Table" and span.inner:
            head = self.text(start, self._line_start(span.inner[0]))
            rows = (self._line_start(place) for place in span.inner)
            return head if len(head) <= _REPEATED_HEAD and cut in rows else ""
        return ""

    def _known_size(self, span: Span, following: Span | None, position: int, limit: int) -> int:
        """A half-written last line does not count, unless it is overlong by itself."""
        size = span.end - position
        if following or self._final or size > 2 * limit:
            return size
        return self._data.rfind(b"\n", 0, span.end) + 1 - position

    def _has_begun(self, span: Span) -> bool:
        """A table is only known for one when the line under its head is complete."""
        line = self._next_line(span.start)
        if span.kind == "Table" and line is not None:
            line = self._next_line(line)
        return line is not None

    def _is_closed_fence(self, span: Span, end: int) -> bool:
        start = self._line_start(span.start)
        fence = _FENCE.match(self._data, start)
        if span.kind != "CodeBlock" or not fence or end <= self.start:
            return False
        last = self._line_start(end - 1)
        mark = self._data[last:end].rstrip()
        bare = mark.lstrip(b" ")
        return (
            last > start
            and len(mark) - len(bare) <= 3
            and len(bare) >= len(fence[1])
            and set(bare) == set(fence[1])
        )

    def _line_start(self, place: int) -> int:
        return self._data.rfind(b"\n", 0, place) + 1

    def _next_line(self, place: int) -> int | None:
        found = self._data.find(b"\n", place) + 1
        return found or None
