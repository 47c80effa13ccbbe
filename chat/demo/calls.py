"""The record of the calls that were received, for tests; key values never enter it."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["running", "completed", "closed", "error"]

REMEMBERED_CALLS = 1000


@dataclass
class Call:
    """One request: what was asked, and how it ended.

    `parameters` is the body without the messages. The messages stay out unless the
    server was started with `keep_messages`: they are what people wrote.
    """

    method: str
    path: str
    dialect: str = ""
    header_names: tuple[str, ...] = ()
    model: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    messages: list[Any] = field(default_factory=list)
    streamed: bool = False
    status: int = 0
    outcome: Outcome = "running"

    @property
    def running(self) -> bool:
        return self.outcome == "running"

    def end(self, outcome: Outcome) -> None:
        if self.running:
            self.outcome = outcome


def record_of_calls() -> deque[Call]:
    """Bounded, because the provider may run beside the server for months."""
    return deque(maxlen=REMEMBERED_CALLS)
