"""Which schemas an administrator may enter, and which arguments fit them."""

from typing import Any

import pytest

from chat.providers import BadToolSchema, check_tool_schema, fault_in_arguments

GOOD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Where", "enum": ["Zug", "Bern"]},
        "days": {"type": ["integer", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "more": {"type": "object", "properties": {"x": {"type": "number"}}},
    },
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("schema", [GOOD, {"type": "object"}, {"type": "object", "properties": {}}])
def test_it_accepts_objects(schema: dict[str, Any]) -> None:
    check_tool_schema(schema)


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "object"}
    for _ in range(depth):
        inner = {"type": "object", "properties": {"x": inner}}
    return inner


@pytest.mark.parametrize(
    "schema",
    [
        None,
        [],
        {},
        {"type": "string"},
        {"type": "object", "properties": []},
        {"type": "object", "required": "city"},
        {"type": "object", "required": ["city"]},
        {"type": "object", "properties": {"x": "string"}},
        {"type": "object", "properties": {"x": {"type": "text"}}},
        {"type": "object", "properties": {"x": {"type": [1]}}},
        {"type": "object", "properties": {"x": {"type": "array", "items": {"type": "y"}}}},
        {"type": "object", "description": "x" * 20_000},
        nested(20),
    ],
)
def test_it_refuses_what_providers_would_not_understand(schema: Any) -> None:
    with pytest.raises(BadToolSchema):
        check_tool_schema(schema)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"city": "Zug"}, ""),
        ({"city": "Zug", "days": None, "tags": []}, ""),
        ({}, "The argument 'city' is missing."),
        ({"city": 7}, "The argument 'city' must be of type string."),
        ({"city": "Zug", "days": True}, "The argument 'days' must be of type integer or null."),
        ({"city": "Genf"}, 'The argument \'city\' must be one of ["Zug", "Bern"].'),
        ({"city": "Zug", "rm": 1}, "There is no argument 'rm'."),
    ],
)
def test_it_tells_the_model_what_does_not_fit(arguments: dict[str, Any], fault: str) -> None:
    assert fault_in_arguments(GOOD, arguments) == fault
