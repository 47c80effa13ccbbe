"""Tool calls arrive in pieces, with ids and indexes that providers use in their own ways.

A piece belongs to the call with its id; else to the one with its index, unless that index
already holds another id; else to the last call. Where that cannot be it, a new one begins.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat.providers.events import ToolCallDelta
from chat.providers.json_text import storable

_MAX_SLOTS = 128


@dataclass(slots=True)
class _Slot:
    number: int
    index: int | None
    id: str | None
    name: str = ""
    has_arguments: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """`is_whole`: it stands in a list of whole calls, and `index` may be its place there."""

    id: str | None
    index: int | None
    name: str
    arguments: str
    is_whole: bool

    @property
    def is_loose(self) -> bool:
        return self.id is None and self.index is None


class ToolSlots:
    """The tool calls of one choice, numbered in the order they came."""

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._slots: list[_Slot] = []
        self._named: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._slots)

    def add_all(self, calls: Sequence[object], *, whole: bool = False) -> list[ToolCallDelta]:
        """`whole`: each of them is a call of its own, as in an answer that came in one piece."""
        self._named.clear()
        found = (self._add(raw, at if whole else None) for at, raw in enumerate(calls))
        return [delta for delta in found if delta is not None]

    def _add(self, raw: object, position: int | None) -> ToolCallDelta | None:
        piece = _piece(raw, position)
        if piece is None:
            return None
        slot = self._slot(piece.id, piece.index)
        if slot is None or self._is_another(slot, piece):
            slot = self._new_slot(piece.index)
        if slot is None:
            return None
        if piece.name:
            self._named.add(slot.number)
        return self._delta(slot, piece)

    def _slot(self, call_id: str | None, index: int | None) -> _Slot | None:
        same = [slot for slot in self._slots if slot.id == call_id] if call_id else []
        if same:
            return next((slot for slot in same if slot.index == index), same[0])
        if index is not None:
            # The newest first: Ollama puts all parallel calls at index 0.
            for slot in reversed(self._slots):
                if slot.index == index and (call_id is None or slot.id is None):
                    return slot
        elif call_id is None and self._slots:
            return self._slots[-1]
        return None

    def _is_another(self, slot: _Slot, piece: _Piece) -> bool:
        """Whether the piece names a call that cannot be the one that was found for it.

        Some servers give all calls the same id, or neither id nor index.
        """
        if not piece.name:
            return False
        if slot.number in self._named:
            return piece.is_whole or piece.is_loose
        elsewhere = piece.is_loose or piece.index != slot.index
        return elsewhere and slot.has_arguments and piece.name != slot.name

    def _new_slot(self, index: int | None) -> _Slot | None:
        if len(self._slots) >= _MAX_SLOTS:
            return None
        slot = _Slot(len(self._slots), index, None)
        self._slots.append(slot)
        return slot

    def _delta(self, slot: _Slot, piece: _Piece) -> ToolCallDelta | None:
        new_id = piece.id if slot.id is None else None
        slot.id = slot.id or piece.id
        name = "" if piece.name == slot.name else piece.name
        slot.name += name
        slot.has_arguments = slot.has_arguments or bool(piece.arguments)
        if not (new_id or name or piece.arguments):
            return None
        return ToolCallDelta(self._choice, slot.number, new_id, name or None, piece.arguments)


def _piece(raw: object, position: int | None) -> _Piece | None:
    if not isinstance(raw, dict):
        return None
    function = raw.get("function")
    fields: Mapping[str, Any] = function if isinstance(function, dict) else {}
    index = index_of(raw.get("index"))
    return _Piece(
        _text(raw.get("id")) or None,
        position if index is None else index,
        _text(fields.get("name")),
        _arguments(fields.get("arguments")),
        is_whole=position is not None,
    )


def index_of(value: object) -> int | None:
    """As a number, or as digits in a string; None: there is none."""
    if isinstance(value, str) and value.isdecimal():
        return int(value[:9])
    return value if type(value) is int else None


def _text(value: object) -> str:
    return storable(value)[:256] if isinstance(value, str) else ""


def _arguments(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    return storable(value) if isinstance(value, str) else ""
