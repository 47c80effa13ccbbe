"""The pieces of one or several choices, in the order in which they go out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from chat.demo.plan import Plan, ToolCall


@dataclass(frozen=True)
class Delta:
    """One step of one choice; `opens` is its first, which carries the role."""

    choice: int
    text: str = ""
    reasoning: str = ""
    tool_call: ToolCall | None = None
    arguments: str = ""
    opens: bool = False
    finish: str | None = None
    wait: float = 0.0


def interleave(plans: list[Plan]) -> Iterator[Delta]:
    """Every choice advances by one step in turn, as a provider that samples them together."""
    steps = [_steps(index, plan) for index, plan in enumerate(plans)]
    for row in zip_longest(*steps):
        yield from (delta for delta in row if delta is not None)


def _steps(choice: int, plan: Plan) -> Iterator[Delta]:
    # Choices advance together, so only the first one's waits are waited.
    waits = iter(plan.waits())
    pause = waits.__next__ if choice == 0 else lambda: 0.0
    yield Delta(choice, opens=True)
    for piece in plan.split(plan.reasoning):
        yield Delta(choice, reasoning=piece, wait=pause())
    for piece in plan.split(plan.text):
        yield Delta(choice, text=piece, wait=pause())
    if plan.tool_call:
        yield Delta(choice, tool_call=plan.tool_call, wait=pause())
        for piece in plan.split(plan.tool_call.arguments):
            yield Delta(choice, arguments=piece, wait=pause())
    if plan.trouble is None:
        yield Delta(choice, finish=plan.finish)
