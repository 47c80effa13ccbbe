"""What the provider is to do with each call of a conversation: part of the prompt's text."""

import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

MARK = re.compile(r"Simulated (\{.*\})")


@dataclass(frozen=True, slots=True)
class Act:
    """One call. `first`: what its first attempts get, a status or one of

    blocked   a status 400 that names the content filter
    empty     a stream with usage and nothing else
    error     a stream with an error and usage, before any text

    `usage` comes last, with the finish, with each piece, or is none. `end`: stop, length, filter
    (no text), cut (the body ends early), break (the connection does), error (inside the stream) or
    hang (until the client goes away).
    """

    first: tuple[int | str, ...] = ()
    words: int = 5
    usage: str = "last"
    end: str = "stop"
    tool: bool = False
    # Seconds between the words.
    pause: float = 0.0

    @property
    def is_interim(self) -> bool:
        """What it tells is not all: it never says that the answer is at its end."""
        return self.usage == "each" and self.end in ("hang", "cut", "break", "error")


@dataclass(frozen=True, slots=True)
class Plan:
    """`conversation` is the random id by which both sides are compared; an act for each round."""

    conversation: str
    rounds: tuple[Act, ...] = (Act(),)
    title: Act = field(default_factory=Act)

    @property
    def text(self) -> str:
        return f"Simulated {json.dumps(asdict(self))}"


def plan_in(text: str) -> Plan | None:
    """Also from a question that is quoted in the call for a title."""
    found = MARK.search(text)
    if found is None:
        return None
    raw = json.loads(found.group(1))
    rounds = tuple(map(_act, raw["rounds"]))
    return Plan(raw["conversation"], rounds, _act(raw["title"]))


def _act(raw: dict[str, Any]) -> Act:
    return Act(**{**raw, "first": tuple(raw["first"])})
