"""From parsed chunks to events: the same reader serves streamed chunks and whole answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from chat.providers.content import text_parts
from chat.providers.envelope import Envelope, read_envelope
from chat.providers.events import (
    ChoiceFinished,
    Event,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    Usage,
    UsageReported,
)
from chat.providers.finish import ERROR, finish_reason
from chat.providers.json_text import storable
from chat.providers.thoughts import ThoughtSplitter
from chat.providers.tools import ToolSlots, index_of
from chat.providers.usage import merge_usage, usage_of

_MAX_CHOICES = 128

Speech: TypeAlias = type[TextDelta] | type[ReasoningDelta] | type[RefusalDelta]


class _Choice:
    __slots__ = ("held", "index", "raw_finish", "thoughts", "tools")

    def __init__(self, index: int) -> None:
        self.index = index
        self.raw_finish = ""
        self.tools = ToolSlots(index)
        self.thoughts = ThoughtSplitter()
        # A delta may end in the first half of a surrogate pair whose second half comes next.
        self.held: dict[Speech, str] = {}


class ChunkReader:
    """Collects events in `out`. `error` is set once a chunk says that the answer failed."""

    def __init__(self, max_reply_bytes: int) -> None:
        self.out: list[Event] = []
        self.error: Envelope | None = None
        self.usage: Usage | None = None
        self.finished = False
        self.full = False
        self.delivered = False
        self.about: dict[str, str] = {}
        self._choices: dict[int, _Choice] = {}
        self._room = max_reply_bytes

    @property
    def has_choices(self) -> bool:
        return bool(self._choices)

    def read(self, chunk: dict[str, Any]) -> None:
        """Take in one chunk; a shape that cannot be one raises TypeError or AttributeError."""
        choices = chunk.get("choices")
        if not choices or chunk.get("error"):
            self.error = read_envelope(chunk)
            if self.error is not None:
                self._report_usage(chunk)
                return
        if not self.delivered:
            self._remember(chunk)
        for place, choice in enumerate(choices or ()):
            self._read_choice(choice, place)
        if "usage" in chunk or "x_groq" in chunk:
            self._report_usage(chunk)

    def close(self) -> None:
        """The end of the answer: what was held back, and why each choice ended."""
        for choice in self._choices.values():
            self._say_split(choice, choice.thoughts.close())
            for kind in choice.held:
                self.out.append(kind(choice.index, "\ufffd"))
                self.delivered = True
        for index in sorted(self._choices):
            choice = self._choices[index]
            raw = "size_limit" if self.full else choice.raw_finish
            reason = finish_reason(raw, has_tools=bool(choice.tools))
            self.out.append(ChoiceFinished(index, reason, raw))

    def _read_choice(self, raw: Mapping[str, Any], place: int) -> None:
        index = raw.get("index")
        choice = self._choices.get(index) if type(index) is int else None
        if choice is None:
            choice = self._choice_at(index, place)
        delta = raw.get("delta") or raw.get("message")
        if delta:
            content = delta.get("content")
            if len(delta) == 1 and type(content) is str:
                self._say_answer(choice, content)
            else:
                self._read_delta(choice, delta, whole="delta" not in raw)
        finish = raw.get("finish_reason")
        if finish and not choice.raw_finish and isinstance(finish, str):
            self._finish(choice, storable(finish)[:64])

    def _choice_at(self, raw_index: object, place: int) -> _Choice:
        """Several answers without numbers are told apart by their place."""
        index = index_of(raw_index)
        index = place if index is None else index
        if not 0 <= index < _MAX_CHOICES:
            raise TypeError("choice index out of range")
        return self._choices.setdefault(index, _Choice(index))

    def _finish(self, choice: _Choice, reason: str) -> None:
        if reason == ERROR:
            self.error = Envelope("The answer ended with finish reason “error”.", code=ERROR)
            return
        choice.raw_finish = reason
        self.finished = True

    def _read_delta(self, choice: _Choice, delta: Mapping[str, Any], *, whole: bool) -> None:
        parts = text_parts(delta)
        self._say(ReasoningDelta, choice, parts.reasoning)
        self._say_answer(choice, parts.text)
        self._say(RefusalDelta, choice, parts.refusal)
        calls = delta.get("tool_calls")
        if not calls and isinstance(old := delta.get("function_call"), dict):
            calls = [{"index": 0, "function": old}]
        if isinstance(calls, list):
            self._read_calls(choice, calls, whole=whole)

    def _read_calls(self, choice: _Choice, calls: list[object], *, whole: bool) -> None:
        for delta in choice.tools.add_all(calls, whole=whole):
            if self._fits(len(delta.arguments)):
                self.out.append(delta)
                self.delivered = True

    def _say_answer(self, choice: _Choice, text: str) -> None:
        if choice.thoughts.over:
            self._say(TextDelta, choice, text)
        else:
            self._say_split(choice, choice.thoughts.feed(text))

    def _say_split(self, choice: _Choice, split: tuple[str, str]) -> None:
        thought, answer = split
        self._say(ReasoningDelta, choice, thought)
        self._say(TextDelta, choice, answer)

    def _say(self, kind: Speech, choice: _Choice, text: str) -> None:
        if not text.isascii() or "\x00" in text or choice.held:
            text = self._clean(kind, choice, text)
            encoded = text.encode()
            if not self._fits(len(encoded)):
                text = encoded[: self._room].decode("utf-8", "ignore")
        elif not self._fits(len(text)):
            text = text[: self._room]
        if text:
            self.out.append(kind(choice.index, text))
            self.delivered = True

    def _clean(self, kind: Speech, choice: _Choice, text: str) -> str:
        if not text:
            return text
        text = choice.held.pop(kind, "") + text
        if "\ud800" <= text[-1] <= "\udbff":
            choice.held[kind] = text[-1]
            text = text[:-1]
        return storable(text)

    def _fits(self, size: int) -> bool:
        """Count the size in; when it does not fit, `_room` stays what is left and all is full."""
        if self.full:
            self._room = 0
        elif size <= self._room:
            self._room -= size
            return True
        self.full = True
        return False

    def _report_usage(self, chunk: Mapping[str, Any]) -> None:
        over = self.finished or self.error is not None
        usage = merge_usage(self.usage, usage_of(chunk), interim=not over)
        if usage is not None and usage != self.usage:
            self.usage = usage
            self.out.append(UsageReported(usage, self.finished))

    def close_usage(self) -> None:
        """The provider has ended its answer itself: what it told last is all there was."""
        if self.usage is not None:
            self.usage = replace(self.usage, interim=False)

    def _remember(self, chunk: Mapping[str, Any]) -> None:
        for name in ("id", "model", "system_fingerprint"):
            value = chunk.get(name)
            if value and isinstance(value, str) and name not in self.about:
                self.about[name] = storable(value)[:200]
