"""The special prompts: one table of what a person can type to see a failure or a feature."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from chat.demo.answers import load
from chat.demo.endless import flood, paragraphs, steady
from chat.demo.plan import Plan, Trouble

PREFIX = "/demo"
START_OF_AN_ANSWER = (
    "This answer begins like any other. It goes on for a few words more, "
    "so that there is something to keep, and then"
)
MANY_PARAGRAPHS = 100  # about five minutes at human pace


def _goes_wrong(trouble: Trouble, text: str = "") -> Callable[[list[int]], Plan]:
    return lambda _: Plan(text=text, trouble=trouble)


def _slow(numbers: list[int]) -> Plan:
    plan = Plan(text="Here is the answer, after a long silence.", wait=15.0)
    return replace(plan, wait=float(min(numbers[0], 900)), exact=True) if numbers else plan


def _long(numbers: list[int]) -> Plan:
    return Plan(text=paragraphs(numbers[0] if numbers else MANY_PARAGRAPHS))


@dataclass(frozen=True)
class Special:
    usage: str
    effect: str
    plan: Callable[[list[int]], Plan]

    @property
    def word(self) -> str:
        return self.usage.split()[0]


SPECIALS = (
    Special("refused key", "the access key is not accepted", _goes_wrong(Trouble.REFUSED)),
    Special("exhausted", "nothing is left of the subscription", _goes_wrong(Trouble.EXHAUSTED)),
    Special("busy", "too many requests; try again in 7 seconds", _goes_wrong(Trouble.BUSY)),
    Special("error", "an internal error at the provider", _goes_wrong(Trouble.ERROR)),
    Special("unreadable", "a web page in place of an answer", _goes_wrong(Trouble.UNREADABLE)),
    Special(
        "broken stream",
        "the connection breaks in the middle",
        _goes_wrong(Trouble.BROKEN, START_OF_AN_ANSWER),
    ),
    Special(
        "truncated",
        "the answer ends without saying that it ended",
        _goes_wrong(Trouble.TRUNCATED, START_OF_AN_ANSWER),
    ),
    Special(
        "stall",
        "the answer stops in the middle and nothing more comes",
        _goes_wrong(Trouble.STALL, START_OF_AN_ANSWER),
    ),
    Special("slow", "15 seconds of silence first; `/demo slow 3`: exactly 3", _slow),
    Special("long", "about five minutes of text; `/demo long 200`: 200 paragraphs", _long),
    Special(
        "length",
        "the answer reaches its length limit",
        lambda _: Plan(text=START_OF_AN_ANSWER, finish="length"),
    ),
    Special(
        "blocked",
        "the safety filter withholds the answer",
        lambda _: Plan(finish="content_filter"),
    ),
    Special("empty", "an answer without any text", lambda _: Plan()),
    Special(
        "nousage",
        "an answer that does not say how many tokens it took",
        lambda _: Plan(text="This answer does not say what it cost.", reports_usage=False),
    ),
    Special(
        "markdown",
        "everything an answer can look like",
        lambda _: Plan(text=load("markdown", "en")),
    ),
    Special(
        "hostile",
        "text that tries to attack the page, and must not",
        lambda _: Plan(text=load("hostile", "en")),
    ),
    Special(
        "steady 50 20",
        "50 pieces a second for 20 seconds, whatever the server's pace",
        lambda numbers: steady(numbers),
    ),
    Special(
        "flood 5",
        "5 MB of text as fast as it goes",
        lambda numbers: flood(numbers),
    ),
)


def plan_for(question: str) -> Plan | None:
    """The plan of a special prompt; None for everything else, also for an unknown word."""
    words = question.strip().lower().split()
    if len(words) < 2 or words[0] != PREFIX:
        return None
    numbers = [int(number) for number in re.findall(r"\b\d{1,6}\b", " ".join(words[2:]))]
    found = next((special for special in SPECIALS if special.word == words[1]), None)
    return found.plan(numbers) if found else None


def table() -> str:
    """The special prompts as a markdown table, for the answer to “help”."""
    rows = [f"| `{PREFIX} {special.usage}` | {special.effect} |" for special in SPECIALS]
    return "\n".join(["| Type this | and you see |", "|---|---|", *rows])
