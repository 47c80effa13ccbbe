"""What browser and server say to each other over the socket, and how frames merge.

Commands (imperative, from the browser) are JSON objects with `type`, `ref` (the browser's number,
named again in the answer) and the fields of their dataclass. Events (past tense, to the browser)
are JSON objects with `type`.
"""

import json
import math
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar
from uuid import UUID

MAX_COMMAND_BYTES = 262_144
# More is no message; how many files one takes is decided in chat.domain.attachments.
MAX_IDS = 20
# Numbers that JavaScript and every column and provider take without loss.
SAFE_INTEGERS = 2**53


class BadCommand(Exception):
    """The browser sent something that is no command; the text says what, for a programmer."""


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """Shows the socket a conversation: its running replies and everything that happens in it."""

    type: ClassVar[str] = "conversation.open"
    ref: int
    conversation: UUID


@dataclass(frozen=True, slots=True)
class SeeConversation:
    """The person looks at what has come: it is not unread."""

    type: ClassVar[str] = "conversation.seen"
    ref: int
    conversation: UUID


@dataclass(frozen=True, slots=True)
class SendMessage:
    """A prompt at the end of the path that is shown. `conversation` may be a new random UUID."""

    type: ClassVar[str] = "message.send"
    ref: int
    conversation: UUID
    key: UUID
    text: str
    language_model: int
    system_prompt: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    # Files that were uploaded before.
    attachments: tuple[UUID, ...] = ()
    # Whose model, parameters and instructions a new conversation begins with; 0: none.
    preset: int = 0
    # 1: a new conversation is not kept.
    temporary: int = 0


@dataclass(frozen=True, slots=True)
class EditMessage:
    """Asks differently; the user's message gets a sibling."""

    type: ClassVar[str] = "message.edit"
    ref: int
    conversation: UUID
    key: UUID
    message: int
    text: str


@dataclass(frozen=True, slots=True)
class RegenerateReply:
    """Asks the same again; `reply` gets a sibling. No `language_model`: the one it had."""

    type: ClassVar[str] = "reply.regenerate"
    ref: int
    conversation: UUID
    key: UUID
    reply: int
    language_model: int = 0
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContinueReply:
    """Goes on where an interrupted or stopped reply ended."""

    type: ClassVar[str] = "reply.continue"
    ref: int
    conversation: UUID
    key: UUID
    reply: int


@dataclass(frozen=True, slots=True)
class StopReply:
    type: ClassVar[str] = "reply.stop"
    ref: int
    conversation: UUID
    reply: int


@dataclass(frozen=True, slots=True)
class AnswerTool:
    """What a person says to a call of a tool: `call` is its place in the reply `message`."""

    type: ClassVar[str] = "tool.answer"
    ref: int
    conversation: UUID
    key: UUID
    message: int
    call: int
    # "allow", "refuse" or "result": then `result` is what the person typed.
    decision: str
    result: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """How many bytes of frames the browser has taken in, counted since the socket opened."""

    type: ClassVar[str] = "frames.acknowledge"
    bytes: int
    ref: int = 0


@dataclass(frozen=True, slots=True)
class Ping:
    type: ClassVar[str] = "ping"
    ref: int = 0


Command = (
    OpenConversation
    | SeeConversation
    | SendMessage
    | EditMessage
    | RegenerateReply
    | ContinueReply
    | StopReply
    | AnswerTool
    | Acknowledge
    | Ping
)
COMMANDS: dict[str, type[Command]] = {
    command.type: command
    for command in (
        OpenConversation,
        SeeConversation,
        SendMessage,
        EditMessage,
        RegenerateReply,
        ContinueReply,
        StopReply,
        AnswerTool,
        Acknowledge,
        Ping,
    )
}


def parse_command(text: str) -> Command:
    """Raises BadCommand for everything that is not exactly a known command."""
    payload = _json_object(text)
    kind = payload.pop("type", None)
    command = COMMANDS.get(kind) if isinstance(kind, str) else None
    if command is None:
        raise BadCommand("unknown type")
    known = {field.name: field for field in fields(command)}
    if unknown := payload.keys() - known.keys():
        raise BadCommand(f"unknown fields: {len(unknown)}")
    try:
        return command(**{name: _read(known[name].type, value) for name, value in payload.items()})
    except TypeError:
        raise BadCommand("a field is missing") from None


def _json_object(text: str) -> dict[str, Any]:
    if len(text) > MAX_COMMAND_BYTES:
        raise BadCommand("too long")
    try:
        payload = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise BadCommand("not JSON") from None
    if not isinstance(payload, dict):
        raise BadCommand("not an object")
    return payload


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _read(kind: Any, value: Any) -> Any:
    if kind is UUID:
        return _uuid(value)
    if kind is int:
        return _integer(value)
    if kind is str:
        return _text(value)
    if kind == tuple[UUID, ...]:
        return _uuids(value)
    return _parameters(value)


def _uuid(value: Any) -> UUID:
    try:
        if isinstance(value, str) and len(value) == 36:
            return UUID(value)
    except ValueError:
        pass
    raise BadCommand("not a UUID")


def _uuids(value: Any) -> tuple[UUID, ...]:
    if not isinstance(value, list) or len(value) > MAX_IDS:
        raise BadCommand("not a list of UUIDs")
    return tuple(_uuid(item) for item in value)


def _integer(value: Any) -> int:
    if type(value) is int and 0 <= value < SAFE_INTEGERS:
        return value
    raise BadCommand("not a whole number")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadCommand("not a text")
    return clean_text(value)


def clean_text(text: str) -> str:
    """Without what no database or provider takes: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _parameters(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or len(value) > 50:
        raise BadCommand("not parameters")
    if not all(_is_plain(item) for item in value.values()):
        raise BadCommand("not plain parameters")
    return value


def _is_plain(item: Any) -> bool:
    if isinstance(item, int):
        # A longer one breaks whoever computes with it as a float.
        return abs(item) < SAFE_INTEGERS
    return isinstance(item, str | None) or (isinstance(item, float) and math.isfinite(item))


@dataclass(frozen=True, slots=True)
class Frame:
    """The change of a reply's visible blocks: keep the first `keep`, put `blocks` after them.

    Idempotent from any state that has at least the first `keep` blocks; `seq` is the number of
    the last stored chunk that it shows.
    """

    seq: int
    keep: int
    blocks: tuple[str, ...]


def merge(first: Frame, second: Frame) -> Frame:
    """One frame with the effect of both in a row."""
    if second.keep < first.keep:
        return second
    kept = first.blocks[: second.keep - first.keep]
    return Frame(second.seq, first.keep, kept + second.blocks)


def split(frame: Frame, most_characters: int) -> tuple[Frame, Frame | None]:
    """The frame's beginning of about that size, and the rest (None: there is none).

    At least one block goes into the beginning.
    """
    size = 0
    for count, block in enumerate(frame.blocks):
        size += len(block)
        if size > most_characters and count:
            head = Frame(frame.seq, frame.keep, frame.blocks[:count])
            return head, Frame(frame.seq, frame.keep + count, frame.blocks[count:])
    return frame, None
