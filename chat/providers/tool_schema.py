"""JSON schemas of a tool's arguments: what an administrator may enter, and if a call fits them.

Only what every provider understands: an object of properties with types. Other keywords
(`description`, `enum`, `default`, `minimum`…) are passed on to the model as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

MOST_BYTES = 16_000
MOST_DEPTH = 8

_FITS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}


class BadToolSchema(ValueError):
    """The schema is of no use; the sentence says what is wrong, for the administrator."""


def check_tool_schema(schema: object) -> None:
    """Raises BadToolSchema."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise BadToolSchema(_('The schema must be an object with "type": "object".'))
    try:
        size = len(json.dumps(schema, allow_nan=False))
    except (ValueError, RecursionError):
        raise BadToolSchema(_("The schema cannot be written as JSON.")) from None
    if size > MOST_BYTES:
        raise BadToolSchema(_("The schema is too long."))
    _check_object(schema, 0)


def _check_object(schema: Mapping[str, Any], depth: int) -> None:
    if depth > MOST_DEPTH:
        raise BadToolSchema(_("The schema is nested too deeply."))
    properties = schema.get("properties", {})
    if not isinstance(properties, dict):
        raise BadToolSchema(_('"properties" must be an object.'))
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        raise BadToolSchema(_('"required" must be a list of names.'))
    if unknown := [name for name in required if name not in properties]:
        words = _('"required" names “{name}”, which is not among the properties.')
        raise BadToolSchema(words.format(name=unknown[0][:80]))
    for name, described in properties.items():
        _check_property(name, described, depth)


def _check_property(name: str, schema: object, depth: int) -> None:
    if not isinstance(schema, dict):
        raise BadToolSchema(_("“{name}” must be described by an object.").format(name=name[:80]))
    for kind in _types(schema):
        if not isinstance(kind, str) or kind not in _FITS:
            raise BadToolSchema(_("“{name}” has an unknown type.").format(name=name[:80]))
    if "object" in _types(schema):
        _check_object(schema, depth + 1)
    if "array" in _types(schema) and "items" in schema:
        _check_property(name, schema["items"], depth + 1)


def _types(schema: Mapping[str, Any]) -> list[Any]:
    kinds = schema.get("type", [])
    return kinds if isinstance(kinds, list) else [kinds]


def fault_in_arguments(schema: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """What is wrong with a call's arguments, in English for the model; empty: nothing."""
    properties = schema.get("properties", {})
    for name in schema.get("required", []):
        if name not in arguments:
            return f"The argument {name!r} is missing."
    for name, value in arguments.items():
        described = properties.get(name)
        if described is None:
            if schema.get("additionalProperties") is False:
                return f"There is no argument {name[:80]!r}."
            continue
        kinds = _types(described)
        if kinds and not any(_FITS[kind](value) for kind in kinds):
            return f"The argument {name!r} must be of type {' or '.join(kinds)}."
        if isinstance(described.get("enum"), list) and value not in described["enum"]:
            return f"The argument {name!r} must be one of {json.dumps(described['enum'])[:500]}."
    return ""
