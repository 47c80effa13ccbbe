"""When a tool is called, and with which arguments."""

import json
from typing import Any

import pytest

from chat.demo.prompt import Message, Prompt, Tool
from chat.demo.tools import plan_for

WEATHER = Tool(
    "get_weather",
    "The weather in a city.",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            "days": {"type": "integer"},
        },
        "required": ["city", "unit", "days"],
    },
)
CALCULATOR = Tool(
    "calculator", "Does math.", {"type": "object", "properties": {"expression": {"type": "string"}}}
)
LOOKUP = Tool("lookup", "Finds a customer.", {})


def called(question: str, *tools: Tool, choice: Any = None) -> tuple[str, Any] | None:
    prompt = Prompt("m", (Message("user", question),), tools=tools, tool_choice=choice)
    plan = plan_for(prompt)
    if plan is None or plan.tool_call is None:
        return None
    return plan.tool_call.name, json.loads(plan.tool_call.arguments)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "How is the weather in New York for 3 days?",
            ("get_weather", {"city": "New York", "unit": "celsius", "days": 3}),
        ),
        ("Please calculate 12 * (3 + 4) for me", ("calculator", {"expression": "12 * (3 + 4"})),
        ("Use lookup, please", ("lookup", {})),
        ("Tell me a story", None),
    ],
)
def test_a_tool_is_called_when_the_question_asks_for_it(question: str, expected: object) -> None:
    assert called(question, WEATHER, CALCULATOR, LOOKUP) == expected


def test_none_forbids_tools() -> None:
    assert called("How is the weather?", WEATHER, choice="none") is None


def test_required_takes_the_first_when_none_suits() -> None:
    assert called("Tell me a story", LOOKUP, WEATHER, choice="required") == ("lookup", {})


def test_a_named_tool_is_called_whatever_the_question() -> None:
    choice = {"type": "function", "function": {"name": "lookup"}}

    assert called("How is the weather?", WEATHER, LOOKUP, choice=choice) == ("lookup", {})


def test_a_result_ends_the_turn_even_when_tools_are_required() -> None:
    messages = (Message("user", "lookup"), Message("tool", "*nobody*"))

    plan = plan_for(Prompt("m", messages, tools=(LOOKUP,), tool_choice="required"))

    assert plan is not None
    assert plan.tool_call is None
    assert plan.text == "The tool answered:\n\n> \\*nobody\\*\n\nThat is all it said."
