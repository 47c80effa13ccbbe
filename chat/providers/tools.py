"""Tool calls arrive in pieces, with ids and indexes that providers use in their own ways.

A piece belongs to the call with its id; else to the one with its index, unless that index
already holds another id; else to the last call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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


class ToolSlots:
    """The tool calls of one choice, numbered in the order they came."""

    def __init__(self, choice: int) -> None:
        self._choice = choice
        self._slots: list[_Slot] = []

    def __bool__(self) -> bool:
        return bool(self._slots)

    def add(self, raw: object, position: int | None = None) -> ToolCallDelta | None:
        """`position` stands in for a missing index where the calls came whole, in a list."""
        if not isinstance(raw, dict):
            return None
        call_id = _text(raw.get("id")) or None
        index = raw.get("index")
        if isinstance(index, bool) or not isinstance(index, int):
            index = position
        slot = self._slot(call_id, index)
        if slot is None:
            return None
        return self._delta(slot, call_id, raw.get("function"))

    def _slot(self, call_id: str | None, index: int | None) -> _Slot | None:
        if call_id is not None:
            for slot in self._slots:
                if slot.id == call_id:
                    return slot
        if index is not None:
            # The newest first: Ollama puts all parallel calls at index 0.
            for slot in reversed(self._slots):
                if slot.index == index and (call_id is None or slot.id is None):
                    return slot
        elif call_id is None and self._slots:
            return self._slots[-1]
        return self._new_slot(index)

    def _new_slot(self, index: int | None) -> _Slot | None:
        if len(self._slots) >= _MAX_SLOTS:
            return None
        slot = _Slot(len(self._slots), index, None)
        self._slots.append(slot)
        return slot

    def _delta(self, slot: _Slot, call_id: str | None, function: object) -> ToolCallDelta | None:
        fields: Mapping[str, Any] = function if isinstance(function, dict) else {}
        new_id = call_id if slot.id is None else None
        slot.id = slot.id or call_id
        name = _text(fields.get("name"))
        name = "" if name == slot.name else name
        slot.name += name
        arguments = _arguments(fields.get("arguments"))
        if not (new_id or name or arguments):
            return None
        return ToolCallDelta(self._choice, slot.number, new_id, name or None, arguments)


def _text(value: object) -> str:
    return storable(value)[:256] if isinstance(value, str) else ""


def _arguments(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value)
    return storable(value) if isinstance(value, str) else ""
