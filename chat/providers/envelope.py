"""Finding the error in whatever shape a provider wrapped it.

The shapes are tried in a fixed order, because several providers' keys overlap: an `error`
object (OpenAI), an `error` string (Peak Privacy), `error: true` (Gray Swan), a body that says
it is an error, Laravel's `message` with `errors`, FastAPI's `detail`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chat.providers.json_text import one_line

_MAX_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Envelope:
    message: str = ""
    code: str = ""
    type: str = ""
    fields: tuple[str, ...] = ()


def read_envelope(body: object) -> Envelope | None:
    """The error in the body, or None where it holds none."""
    if not isinstance(body, dict):
        return None
    error = body.get("error")
    if error:
        return _from_error(error, body)
    if body.get("object") == "error" or body.get("type") == "error":
        return _plain(body)
    if "message" in body and isinstance(body.get("errors"), dict | list):
        fields = body["errors"] if isinstance(body["errors"], dict) else {}
        return Envelope(_words(body["message"]), fields=_names(fields))
    if isinstance(body.get("detail"), str | list):
        return _from_detail(body["detail"])
    return None


def read_message(body: object) -> Envelope:
    """What can be said of a body that is known to be an error."""
    found = read_envelope(body)
    if found is not None:
        return found
    return _plain(body) if isinstance(body, dict) else Envelope(_words(body))


def _from_error(error: object, body: Mapping[str, Any]) -> Envelope:
    if isinstance(error, dict):
        return _plain(error)
    if error is True:
        message = body.get("message") or body.get("detail")
        return Envelope(_words(message), _words(body.get("error_code")))
    text = _words(error)
    return Envelope(_words(body.get("message")) or text, code=text, type=_words(body.get("type")))


def _plain(fields: Mapping[str, Any]) -> Envelope:
    param = fields.get("param")
    return Envelope(
        _words(fields.get("message")),
        _words(fields.get("code")),
        _words(fields.get("type")),
        _names({param: None}) if param and isinstance(param, str) else (),
    )


def _from_detail(detail: str | list[object]) -> Envelope:
    if isinstance(detail, str):
        return Envelope(_words(detail))
    entries = [entry for entry in detail if isinstance(entry, dict)]
    message = "; ".join(_words(entry.get("msg")) for entry in entries[:_MAX_FIELDS])
    places = [entry.get("loc") for entry in entries]
    names = {str(place[-1]): None for place in places if isinstance(place, list) and place}
    return Envelope(one_line(message) or _words(detail), fields=_names(names))


def _names(fields: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(one_line(name) for name in list(fields)[:_MAX_FIELDS])


def _words(value: object) -> str:
    return "" if value is None or value is False else one_line(value)
