"""What the demonstration says to a prompt, before any dialect puts it on the wire."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from chat.demo import pieces


class Trouble(enum.Enum):
    """What a key or a special prompt can make go wrong."""

    REFUSED = "the key is not accepted"
    EXHAUSTED = "nothing is left of the subscription"
    BUSY = "too many requests"
    ERROR = "an internal error"
    UNREADABLE = "a web page in place of an answer"
    BROKEN = "the connection breaks after some text"
    TRUNCATED = "the answer ends without an end"
    STALL = "the answer stops without an end"


BEFORE_ANSWER = {
    Trouble.REFUSED,
    Trouble.EXHAUSTED,
    Trouble.BUSY,
    Trouble.ERROR,
    Trouble.UNREADABLE,
}


@dataclass(frozen=True)
class ToolCall:
    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Plan:
    """One choice of an answer."""

    text: str = ""
    reasoning: str = ""
    tool_call: ToolCall | None = None
    finish: str = "stop"
    trouble: Trouble | None = None
    reports_usage: bool = True
    wait: float = 0.3  # before the first byte
    rate: float = pieces.TOKENS_PER_SECOND
    exact: bool = False  # rate and wait are true seconds, whatever the pace
    block: int = 0  # characters in each piece; 0: small pieces of words

    @property
    def completion_tokens(self) -> int:
        arguments = self.tool_call.arguments if self.tool_call else ""
        return pieces.count_tokens(self.reasoning) + pieces.count_tokens(self.text + arguments)

    def split(self, text: str) -> Iterator[str]:
        return pieces.blocks(text, self.block) if self.block else pieces.split(text)

    def waits(self) -> Iterator[float]:
        return pieces.waits(self.rate, steady=self.exact)
