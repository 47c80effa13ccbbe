"""The calls of tools as cards on a page: which tool, with what, what came of it, what to decide."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chat.models import Message, ToolCall
from chat.models.tool_call import Asks, CallState

from .tool_calls import parsed_arguments

MOST_SHOWN = 4000


@dataclass(frozen=True, slots=True)
class Card:
    """`open`: the round still waits for it, so the buttons do something."""

    call: ToolCall
    arguments: list[tuple[str, str]]
    open: bool

    @property
    def title(self) -> str:
        return self.call.name.replace("_", " ").replace("-", " ").strip()[:80]

    @property
    def state(self) -> str:
        return str(self.call.state)

    @property
    def result(self) -> str:
        if self.state in {CallState.DONE, CallState.FAILED}:
            return self.call.result[:MOST_SHOWN]
        return ""

    @property
    def asks_consent(self) -> bool:
        return self.open and self.state == CallState.WAITING and self.call.asks == Asks.CONSENT

    @property
    def asks_result(self) -> bool:
        return self.open and self.state == CallState.WAITING and self.call.asks == Asks.RESULT

    @property
    def may_retry(self) -> bool:
        return self.open and self.state == CallState.INTERRUPTED


def cards_for(messages: Iterable[Message]) -> dict[int, list[Card]]:
    """By message, in the order of the calls. One query at most."""
    asking = {it.id: it.calls_open for it in messages if it.may_have_calls}
    cards: dict[int, list[Card]] = {}
    if not asking:
        return cards
    for call in ToolCall.objects.filter(message__in=asking).order_by("message", "number"):
        card = Card(call, _arguments(call.arguments), asking[call.message_id])
        cards.setdefault(call.message_id, []).append(card)
    return cards


def phase(cards: list[Card]) -> str:
    """What the round waits for: "waiting" for the person, "running", or nothing any more."""
    if not any(card.open for card in cards):
        return ""
    states = {card.state for card in cards}
    if CallState.RUNNING not in states and states & {CallState.WAITING, CallState.INTERRUPTED}:
        return "waiting"
    return "running"


def _arguments(text: str) -> list[tuple[str, str]]:
    parsed = parsed_arguments(text)
    if parsed is None:
        return [("", text[:MOST_SHOWN])]
    return [(name[:80], _plain(value)[:MOST_SHOWN]) for name, value in parsed.items()]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
