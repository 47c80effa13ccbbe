"""The documentation of the JSON endpoints, in the form of OpenAPI 3.1."""

from typing import Any

from chat.domain import usage_api

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
MAYBE_NUMBER = {"type": ["integer", "null"], "description": "null: unknown, which is not zero"}
MAYBE_TEXT = {"type": ["string", "null"]}
MAYBE_FLAG = {"type": ["boolean", "null"], "description": "null: the provider has no such switch"}
MONEY = {
    "type": ["string", "null"],
    "description": "a decimal number; null: no price, or unknown usage",
}


def schema_for(address: str) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Chatsite usage", "version": "1"},
        "servers": [{"url": address.rstrip("/")}],
        "security": [{"token": []}],
        "paths": {
            "/api/v1/usage/sums/": {"get": _sums()},
            "/api/v1/usage/records/": {"get": _records()},
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Sum": _object(_sum_fields()), "Record": _object(_record_fields())},
        },
    }


def _sums() -> dict[str, Any]:
    names = ", ".join(usage_api.DIMENSIONS)
    parameters = [
        _parameter("first", {"type": "string", "format": "date"}, "default: the month's first"),
        _parameter("last", {"type": "string", "format": "date"}, "included; default: today"),
        _parameter("group_by", TEXT, f"with commas between: {names}"),
    ]
    answer = {
        "first": TEXT,
        "last": TEXT,
        "time_zone": TEXT,
        "group_by": {"type": "array", "items": TEXT},
        "rows": {"type": "array", "items": {"$ref": "#/components/schemas/Sum"}},
    }
    return _operation("Sums over whole days, always by currency, too", parameters, answer)


def _records() -> dict[str, Any]:
    parameters = [
        _parameter("after", NUMBER, "the `next` of the answer before; default: the beginning"),
        _parameter("limit", NUMBER, f"at most {usage_api.MOST_RECORDS}"),
    ]
    answer = {
        "records": {"type": "array", "items": {"$ref": "#/components/schemas/Record"}},
        "next": {"type": ["integer", "null"], "description": "null: that was all"},
    }
    return _operation("Single records of the ledger, oldest first", parameters, answer)


def _operation(summary: str, parameters: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": _object(answer)}}
    refused = {"400": "wrong parameters", "401": "no valid token", "403": "not in its scopes"}
    refused["429"] = "too many requests in a minute"
    responses: dict[str, Any] = {
        status: {"description": words} for status, words in refused.items()
    }
    responses["200"] = {"description": "the numbers", "content": content}
    return {"summary": summary, "parameters": parameters, "responses": responses}


def _parameter(name: str, schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": words}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _sum_fields() -> dict[str, Any]:
    counts = dict.fromkeys((*usage_api.COUNTS, "priced_calls"), NUMBER)
    tokens = dict.fromkeys(usage_api.TOKENS, MAYBE_NUMBER)
    dimensions = dict.fromkeys(usage_api.DIMENSIONS, TEXT)
    return {**dimensions, **counts, **tokens, "cost": MONEY, "currency": MAYBE_TEXT}


def _record_fields() -> dict[str, Any]:
    texts = ("completion_id", "created_at", "user_email", "user_name", "provider_name")
    more = ("model_name", "purpose", "outcome", "source", "note")
    return {
        "id": NUMBER,
        **dict.fromkeys((*texts, *more), TEXT),
        "teams": {"type": "array", "items": TEXT},
        **dict.fromkeys(usage_api.TOKENS, MAYBE_NUMBER),
        "cost": MONEY,
        "currency": MAYBE_TEXT,
        "anonymized": MAYBE_FLAG,
        "moderated": MAYBE_FLAG,
        "own_key": {"type": "boolean"},
        "corrects": {"type": ["integer", "null"], "description": "the record that it corrects"},
    }
