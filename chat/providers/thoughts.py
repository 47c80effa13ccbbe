"""Thoughts that a model writes into its answer: <think>…</think> at its very beginning.

Servers that know the model send them in a field of their own; others pass them on as they come.
"""

from __future__ import annotations

from enum import Enum, auto

_NAMES = ("think", "thinking", "thought")
# More blanks than this before anything else are an answer of blanks.
_MOST_BLANKS = 64


class _Place(Enum):
    BEFORE = auto()
    INSIDE = auto()
    BEHIND = auto()


class ThoughtSplitter:
    """Takes the text of one answer in pieces. Once `over` is set, all that comes is answer."""

    __slots__ = ("_end", "_kept", "_place", "over")

    def __init__(self) -> None:
        self.over = False
        self._place = _Place.BEFORE
        self._kept = ""
        self._end = ""

    def feed(self, text: str) -> tuple[str, str]:
        """What of it is thought and what is answer; a tag that may go on is held back."""
        return ("", text) if self.over else self._split(text)

    def _split(self, text: str) -> tuple[str, str]:
        self._kept += text
        if self._place is _Place.BEFORE and not self._begins():
            return "", self.close()[1] if self.over else ""
        thought = self._thought() if self._place is _Place.INSIDE else ""
        if self._place is _Place.BEHIND:
            self._kept = self._kept.lstrip()
            self.over = bool(self._kept)
        return thought, self.close()[1] if self.over else ""

    def close(self) -> tuple[str, str]:
        """What was held back."""
        kept, self._kept = self._kept, ""
        return (kept, "") if self._place is _Place.INSIDE else ("", kept)

    def _begins(self) -> bool:
        start = self._kept.lstrip()
        few_blanks = len(self._kept) - len(start) <= _MOST_BLANKS
        for name in _NAMES if few_blanks else ():
            tag = f"<{name}>"
            if start.startswith(tag):
                self._place, self._end = _Place.INSIDE, f"</{name}>"
                self._kept = start[len(tag) :]
                return True
        may_begin = any(f"<{name}>".startswith(start) for name in _NAMES)
        self.over = not (may_begin and few_blanks)
        return False

    def _thought(self) -> str:
        thought, end, rest = self._kept.partition(self._end)
        if end:
            self._place, self._kept = _Place.BEHIND, rest
            return thought
        held = next(
            size for size in range(len(self._end) - 1, -1, -1) if thought.endswith(self._end[:size])
        )
        self._kept = thought[len(thought) - held :]
        return thought[: len(thought) - held]
