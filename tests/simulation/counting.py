"""The provider's own books: one entry for each call, with what was reported for it."""

import itertools
import threading
import time
from collections import Counter as Count
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.plans import Act, plan_in

TITLE = "Write a short title"
OWN_KEY = "persons-own-key"

# Prompt, completion, total, cached and reasoning tokens.
Tokens = tuple[int, ...]


@dataclass
class Call:
    """`attempts`: what was reported, by number of attempt; one without a report is not in it.

    `along`: prompt and completion tokens as told on the way of an answer that did not end well.
    """

    conversation: str
    purpose: str
    own_key: bool
    attempts: dict[int, Tokens] = field(default_factory=dict)
    along: dict[int, int] = field(default_factory=dict)
    asked: int = 0
    done: bool = False
    # When something was last sent for it.
    at: float = 0.0

    @property
    def tokens(self) -> Tokens | None:
        """All that was reported; None: nothing was."""
        if not self.attempts:
            return None
        return tuple(map(sum, zip(*self.attempts.values(), strict=True)))


class Counter:
    """Numbers of prompt tokens are never used twice: a row of the ledger belongs to one report."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        # How many by conversation.
        self.asked: Count[str] = Count()
        self.checks: deque[Act] = deque()
        self._open: dict[tuple[str, str, int], Call] = {}
        self._serial = itertools.count(1000)
        self._lock = threading.Lock()

    def arrived(self, head: str, body: dict[str, Any]) -> tuple[Call, Act, int | str | None]:
        """The call that a request belongs to, its act, and what this attempt gets instead."""
        purpose, conversation, number, act = self._what(body["messages"])
        with self._lock:
            call = self._open.get((conversation, purpose, number))
            if call is None:
                call = Call(conversation, purpose, OWN_KEY in head)
                self.calls.append(call)
                self.asked[conversation] += 1
                self._open[conversation, purpose, number] = call
            special = act.first[call.asked] if call.asked < len(act.first) else None
            call.asked += 1
            call.at = time.monotonic()
            if special is None:
                # What comes now for the same prompt is a call of its own.
                del self._open[conversation, purpose, number]
                call.done = True
        return call, act, special

    def _what(self, messages: Sequence[dict[str, Any]]) -> tuple[str, str, int, Act]:
        asked = [(at, plan_in(it["content"])) for at, it in enumerate(messages) if _is_person(it)]
        at, plan = next((one for one in reversed(asked) if one[1]), (0, None))
        if plan is None:
            return "check", "", next(self._serial), self.checks.popleft()
        if messages[0]["content"].startswith(TITLE):
            return "title", plan.conversation, 0, plan.title
        round_number = sum(it["role"] == "tool" for it in messages[at:])
        return "answer", plan.conversation, round_number, plan.rounds[round_number]

    def usage(self, call: Call, act: Act) -> dict[str, Any]:
        """Reported from now on. Told again for the same attempt, it replaces what was told."""
        serial = next(self._serial)
        completion = act.words * 3 + serial % 7
        # Some providers cannot add up.
        total = serial + completion + (serial % 50 == 0)
        cached, reasoning = serial // 3, completion // 2
        tokens = (serial, completion, total, cached, reasoning)
        if act.is_interim:
            call.along[serial] = completion
        else:
            call.attempts[call.asked] = tokens
        return {
            "prompt_tokens": serial,
            "completion_tokens": completion,
            "total_tokens": total,
            "prompt_tokens_details": {"cached_tokens": cached},
            "completion_tokens_details": {"reasoning_tokens": reasoning},
        }


def _is_person(message: dict[str, Any]) -> bool:
    return bool(message["role"] == "user")
