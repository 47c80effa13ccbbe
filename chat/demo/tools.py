"""Chooses a tool that the question asks for, invents its arguments, and answers with its result."""

import json
import re
import uuid
from typing import Any

from chat.demo.answers import quoted
from chat.demo.plan import Plan, ToolCall
from chat.demo.prompt import Prompt, Tool

# A word in the question on the left asks for a tool that mentions one on the right.
TOPICS = {
    ("date", "time", "today", "datum", "uhr", "heure", "ora", "oggi"): ("date", "time", "clock"),
    ("weather", "wetter", "météo", "tempo", "rain", "regen"): ("weather", "forecast"),
    ("calculate", "rechne", "calcul", "how much is", "sum"): ("calc", "math", "sum", "expression"),
}
EXPRESSION = re.compile(r"\d[\d\s.+*/()^-]*\d")
PLACE = re.compile(r"\b(?:in|à|a)\s+([A-ZÀ-Ý][\w-]+(?: [A-ZÀ-Ý][\w-]+)*)")
TOOL_ROLES = {"tool", "data", "function"}


def plan_for(prompt: Prompt) -> Plan | None:
    """A call, the answer made of a tool's result, or None when tools play no part."""
    last = prompt.messages[-1]
    if last.role in TOOL_ROLES:
        return Plan(text=f"The tool answered:\n\n> {quoted(last.text)}\n\nThat is all it said.")
    tool = _choose(prompt)
    if tool is None:
        return None
    arguments = json.dumps(_arguments(tool, prompt.question), ensure_ascii=False)
    call = ToolCall(f"call_{uuid.uuid4().hex[:24]}", tool.name, arguments)
    return Plan(tool_call=call, finish="tool_calls")


def _choose(prompt: Prompt) -> Tool | None:
    choice = prompt.tool_choice
    if not prompt.tools or choice == "none":
        return None
    if isinstance(choice, dict):
        function = choice.get("function")
        wanted = function.get("name") if isinstance(function, dict) else None
        return next((tool for tool in prompt.tools if tool.name == wanted), None)
    suitable = next((tool for tool in prompt.tools if _suits(tool, prompt.question)), None)
    return suitable or (prompt.tools[0] if choice == "required" else None)


def _suits(tool: Tool, question: str) -> bool:
    asked = question.lower()
    if tool.name.lower() in asked or tool.name.lower().replace("_", " ") in asked:
        return True
    about = f"{tool.name} {tool.description}".lower()
    return any(
        any(re.search(rf"\b{word}", asked) for word in asked_for)
        and any(word in about for word in mentioned)
        for asked_for, mentioned in TOPICS.items()
    )


def _arguments(tool: Tool, question: str) -> dict[str, Any]:
    properties = tool.parameters.get("properties")
    if not isinstance(properties, dict):
        return {}
    required = tool.parameters.get("required")
    names = required if isinstance(required, list) and required else list(properties)
    return {name: _value(name, properties.get(name), question) for name in map(str, names)}


def _value(name: str, schema: Any, question: str) -> Any:
    schema = schema if isinstance(schema, dict) else {}
    if "default" in schema:
        return schema["default"]
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return schema["enum"][0]
    number = re.search(r"-?\d+(?:\.\d+)?", question)
    by_type: dict[str, Any] = {
        "integer": int(float(number.group())) if number else 1,
        "number": float(number.group()) if number else 1.0,
        "boolean": True,
        "array": [],
        "object": {},
    }
    kind = schema.get("type")
    if isinstance(kind, str) and kind in by_type:
        return by_type[kind]
    return _words(name, question)


def _words(name: str, question: str) -> str:
    """The part of the question that a text argument of this name probably wants."""
    place = PLACE.search(question)
    if place and name in {"city", "location", "place", "town", "where"}:
        return place.group(1)
    expression = EXPRESSION.search(question)
    if expression and name in {"expression", "formula", "calculation", "query"}:
        return expression.group().strip()
    return question.strip()[:200]
