"""A conversation as plain values, between the tables and the files.

Numbers are local to one thread: they count from 1, in the order in which things were written.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from chat.models.completion import State


@dataclass(frozen=True, slots=True)
class Call:
    """One call to a provider. `error` is a category of chat.providers, or empty."""

    number: int
    model: str
    state: str = State.COMPLETED
    parameters: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    kept_choice: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToolUse:
    number: int
    call_id: str
    name: str
    arguments: str
    state: str
    asks: str = ""
    result: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class File:
    """`text` is what went into the prompt. The file itself is `data`, or still sealed in `row`."""

    name: str
    kind: str
    size: int
    text: str
    pages: int | None = None
    cut: bool = False
    data: bytes | None = None
    row: UUID | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    author: str
    text: str
    created_at: datetime
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `parent` and `call` are numbers; `author` is a name, empty for answers."""

    number: int
    parent: int | None
    role: str
    text: str
    created_at: datetime
    author: str = ""
    reasoning: str = ""
    call: int | None = None
    choice: int = 0
    finish_reason: str = ""
    tools: tuple[ToolUse, ...] = ()
    files: tuple[File, ...] = ()
    comments: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """`shown` is the number of the last message of the shown path; parents come before children.

    `owner` is the name by which the owner signs; `left_out` says what a reader could not take.
    """

    title: str
    created_at: datetime
    updated_at: datetime
    messages: tuple[Said, ...]
    owner: str = ""
    titled: bool = True
    model: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    system_prompt: str = ""
    shown: int | None = None
    archived: bool = False
    calls: tuple[Call, ...] = ()
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def branches(self) -> int:
        """How many ends the tree has."""
        parents = {said.parent for said in self.messages}
        return sum(said.number not in parents for said in self.messages)

    def path(self) -> list[Said]:
        """The shown messages, the first one first."""
        by_number = {said.number: said for said in self.messages}
        found: list[Said] = []
        number = self.shown
        while number is not None:
            found.append(by_number[number])
            number = by_number[number].parent
        return found[::-1]
